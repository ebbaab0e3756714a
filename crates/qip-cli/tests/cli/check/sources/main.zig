const std = @import("std");

var input: [65536]u8 = undefined;

export fn input_ptr() [*]u8 {
    return &input;
}

export fn input_utf8_cap() u32 {
    return input.len;
}

export fn render(size: u32) u32 {
    return size;
}

pub fn main() void {
    std.debug.print("hello\n", .{});
}
