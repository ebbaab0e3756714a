export var input_ptr: [65536]u8 = undefined;
export const input_utf8_cap: u32 = 65536;

export fn render(size: u32) u32 {
    return size;
}
