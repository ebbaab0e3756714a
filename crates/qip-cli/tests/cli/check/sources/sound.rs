#![no_std]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

static mut INPUT: [u8; 65536] = [0; 65536];

#[no_mangle]
pub extern "C" fn input_ptr() -> *mut u8 {
    core::ptr::addr_of_mut!(INPUT) as *mut u8
}

#[no_mangle]
pub extern "C" fn input_utf8_cap() -> u32 {
    65536
}

#[no_mangle]
pub extern "C" fn render(size: u32) -> u32 {
    size
}
