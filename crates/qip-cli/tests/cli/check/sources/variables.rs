#![no_std]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

#[no_mangle]
pub static mut input_ptr: [u8; 65536] = [0; 65536];

#[no_mangle]
pub static input_utf8_cap: u32 = 65536;

#[no_mangle]
pub extern "C" fn render(size: u32) -> u32 {
    size
}
