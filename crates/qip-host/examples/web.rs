//! A web server that runs a module on what is posted to it. Each request has a deadline of its
//! own, and ends when its client leaves.
//!
//! ```text
//! cargo run --example web -- trim.wasm
//! curl --data-binary '  hello  ' http://127.0.0.1:8080/
//! ```

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use qip_host::engine::{Cancel, Exhausted};
use qip_host::wasmtime::Wasmtime;
use qip_host::{Error, ErrorKind, Host, Input, Limits, Metering, Module, Options, Output, Reply};
use tokio::net::TcpListener;
use tokio::task;

/// What every request of the server shares. The compiled code is in `module`, once.
#[derive(Clone)]
struct Service {
    module: Module,
    deadline: Duration,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os()
        .nth(1)
        .ok_or("name a module: web MODULE")?;
    let service = Service {
        module: load(&std::fs::read(path)?)?,
        deadline: Duration::from_secs(1),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:8080").await?;
        println!("post to http://{}/", listener.local_addr()?);
        axum::serve(listener, app(service)).await
    })?;
    Ok(())
}

/// A module whose requests can be given a deadline and be cancelled.
fn load(wasm: &[u8]) -> Result<Module, Error> {
    let options = Options {
        metering: Metering {
            clock: true,
            fuel: false,
        },
        ..Options::default()
    };
    Host::with_options(Arc::new(Wasmtime::new()), Limits::standard(), options).load(wasm)
}

fn app(service: Service) -> Router {
    Router::new().route("/", post(render)).with_state(service)
}

/// Ends the request when the future that waits for it is dropped: the server drops it when the
/// client leaves.
struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn render(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> Response {
    let cancel = Cancel::new();
    let _guard = CancelOnDrop(cancel.clone());
    // A module computes: it has no place on a thread that serves connections.
    let rendered = task::spawn_blocking(move || {
        let mut input = Input::new(&body).time(service.deadline).cancel(&cancel);
        let content_type = headers.get(header::CONTENT_TYPE);
        if let Some(Ok(content_type)) = content_type.map(|value| value.to_str()) {
            input = input.content_type(content_type);
        }
        service.module.render(input)
    });
    match rendered.await {
        Ok(Ok(reply)) => answer(reply),
        Ok(Err(error)) => (status(&error), error.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn answer(reply: Reply) -> Response {
    let (usual, body) = match reply.output {
        Output::Utf8(text) => ("text/plain; charset=utf-8", text),
        Output::Bytes(bytes) => ("application/octet-stream", bytes),
        Output::I32(elements) => {
            let bytes = elements.into_iter().flat_map(i32::to_le_bytes);
            ("application/octet-stream", bytes.collect())
        }
        Output::Scalar(number) => ("text/plain; charset=utf-8", number.to_string().into_bytes()),
    };
    let content_type = reply.content_type.unwrap_or_else(|| usual.to_owned());
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// What a client did wrong is told from what took too long and from what is the server's fault.
fn status(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::Refused(_) | ErrorKind::Trapped(_) => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Stopped(Exhausted::Time) => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::mem::ManuallyDrop;
    use std::net::{SocketAddr, TcpStream};
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::{Service, app, load};

    /// Gives its input back; of input that begins with `!` it never returns.
    const MODULE: &str = r#"(module
      (memory (export "memory") 1 1)
      (global (export "input_ptr") i32 (i32.const 0))
      (global (export "input_utf8_cap") i32 (i32.const 64))
      (global (export "output_ptr") i32 (i32.const 0))
      (global (export "output_utf8_cap") i32 (i32.const 64))
      (func (export "run") (param $size i32) (result i32)
        (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 33)) (then (loop $again (br $again))))
        (local.get $size)))"#;

    /// A server with one thread for modules, for as long as the test runs.
    fn serve(deadline: Duration, test: impl FnOnce(SocketAddr)) {
        let service = Service {
            module: load(&wat::parse_str(MODULE).expect("text")).expect("sound"),
            deadline,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(1)
            .enable_io()
            .build()
            .expect("a runtime");
        // To drop it would be to wait for a module that never returns, where a test fails.
        let runtime = ManuallyDrop::new(runtime);
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        runtime.spawn(async { axum::serve(listener, app(service)).await });
        test(address);
    }

    fn post(address: SocketAddr, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let length = body.len();
        write!(
            stream,
            "POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .expect("it reads");
        stream
    }

    fn answer(mut stream: TcpStream) -> String {
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).expect("a duration");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    #[test]
    fn what_is_posted_is_rendered() {
        serve(Duration::MAX, |address| {
            let answer = answer(post(address, "hello"));
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            assert!(answer.contains("content-type: text/plain"), "{answer}");
            assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
        });
    }

    #[test]
    fn what_is_too_large_is_the_clients_fault() {
        serve(Duration::MAX, |address| {
            let answer = answer(post(address, &"a".repeat(65)));
            assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
            assert!(answer.contains("Input is too large"), "{answer}");
        });
    }

    #[test]
    fn what_never_ends_meets_its_deadline() {
        serve(Duration::from_millis(50), |address| {
            let answer = answer(post(address, "!"));
            assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
            assert!(answer.contains("(50ms)"), "{answer}");
        });
    }

    /// The only thread for modules is free again once the client of an endless request has left.
    #[test]
    fn a_client_that_leaves_ends_its_request() {
        serve(Duration::MAX, |address| {
            let endless = post(address, "!");
            // It runs once nobody else is answered.
            let waiting = loop {
                let other = post(address, "hello");
                let moment = Some(Duration::from_millis(200));
                other.set_read_timeout(moment).expect("a duration");
                if other.peek(&mut [0]).is_err() {
                    break other;
                }
            };
            drop(endless);
            let answer = answer(waiting);
            assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
        });
    }
}
