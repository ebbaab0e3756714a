var input: [65536]u8 = undefined;

export fn input_ptr() [*]u8 {
    return &input;
}

export fn input_utf8_cap() u32 {
    return input.len;
}

export fn render(size: u32) u64 {
    return size;
}
