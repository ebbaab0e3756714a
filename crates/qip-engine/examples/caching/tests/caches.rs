//! A module that is loaded twice is compiled once, and under other limits once more.

use std::sync::Arc;

use caching_engine::Caching;
use qip_host::wasmi::Wasmi;
use qip_host::{Host, Limits, Options};

/// `(module)` with what the contract asks of a scalar: memory, `input_ptr`, `input_bytes_cap`
/// and `run`, which gives the size of its input back.
const SIZE: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x06\x01\x60\x01\x7f\x01\x7f\
    \x03\x02\x01\x00\
    \x05\x03\x01\x00\x01\
    \x06\x0b\x02\x7f\x00\x41\x00\x0b\x7f\x00\x41\x08\x0b\
    \x07\x2e\x04\x06memory\x02\x00\x09input_ptr\x03\x00\x0finput_bytes_cap\x03\x01\x03run\x00\x00\
    \x0a\x06\x01\x04\x00\x20\x00\x0b";

#[test]
fn each_module_is_compiled_once() {
    let engine = Arc::new(Caching::new(Wasmi::new()));
    let host = |limits| Host::with_options(engine.clone(), limits, Options::default());
    for _ in 0..3 {
        host(Limits::standard()).load(SIZE).expect("sound");
    }
    assert_eq!(engine.kept(), 1);
    let small = Limits {
        memory_bytes: 1 << 16,
        ..Limits::standard()
    };
    host(small).load(SIZE).expect("sound");
    assert_eq!(engine.kept(), 2);
}
