fn main() {
    let corpus = qip_conformance::Corpus::open("conformance").unwrap();
    corpus.assemble().unwrap();
    let engine: Vec<std::sync::Arc<dyn qip_host::engine::Engine>> = vec![
        std::sync::Arc::new(qip_host::wasmi::Wasmi::new()),
        std::sync::Arc::new(qip_host::wasmtime::Wasmtime::new()),
    ];
    let t = std::time::Instant::now();
    let m = qip_coverage::Matrix::measure(&corpus, &engine);
    eprintln!("{:?} runs {} {:?}", t.elapsed(), m.runs(), m.counts());
    for f in qip_coverage::findings(&m) {
        println!("{f}");
    }
}
