//! trim: strips ASCII white space from both ends of a text.

const std = @import("std");
const qip = @import("qip.zig");

pub const panic = qip.panic;

comptime {
    qip.content(.{ .input = .{ .utf8 = 1 << 20 }, .output = .{ .utf8 = 1 << 20 } }, trim);
}

fn trim(input: []const u8, out: *qip.Bytes) void {
    // In UTF-8 a byte below 0x80 is a character of its own, so that none is cut in two.
    out.write(std.mem.trim(u8, input, " \t\n\x0B\x0C\r"));
}
