#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qip_differential::target::check(bytes));
