//! base64-encode: writes bytes as Base64 text (RFC 4648 section 4).

const qip = @import("qip.zig");

pub const panic = qip.panic;

comptime {
    qip.content(.{
        .input = .{ .bytes = 3 << 18 },
        .output = .{ .utf8 = 4 << 18 },
        .output_type = "application/base64",
    }, encode);
}

/// The character of each 6-bit value.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encode(input: []const u8, out: *qip.Bytes) void {
    const whole = input.len / 3 * 3;
    const text = out.grow(whole / 3 * 4);
    var from: usize = 0;
    var to: usize = 0;
    while (from < whole) : ({
        from += 3;
        to += 4;
    }) {
        text[to..][0..4].* = encoded(input[from..][0..3].*);
    }
    // One or two bytes may be left: what is missing counts as zeros, and is shown by `=`.
    const rest = input[whole..];
    switch (rest.len) {
        1 => out.write(encoded(.{ rest[0], 0, 0 })[0..2] ++ "=="),
        2 => out.write(encoded(.{ rest[0], rest[1], 0 })[0..3] ++ "="),
        else => {},
    }
}

/// The four characters of three bytes.
fn encoded(group: [3]u8) [4]u8 {
    const bits = @as(u32, group[0]) << 16 | @as(u32, group[1]) << 8 | group[2];
    return .{
        alphabet[bits >> 18],
        alphabet[bits >> 12 & 63],
        alphabet[bits >> 6 & 63],
        alphabet[bits & 63],
    };
}
