//! The WebAssembly that modules are written in (MOD-8).

use wasmparser::WasmFeatures;

/// The feature set that every module is validated under, whatever the engine:
/// WebAssembly 2.0 with fixed-width SIMD, plus tail calls and extended constant
/// expressions (MOD-8). An engine may lack the last two, and says so in what it is.
pub fn features() -> WasmFeatures {
    WasmFeatures::WASM2 | WasmFeatures::TAIL_CALL | WasmFeatures::EXTENDED_CONST
}
