//! {{name}}: writes a text in capitals, with `!` at its end.

const std = @import("std");
const qip = @import("qip.zig");

pub const panic = qip.panic;

/// What the caller may set: `'?marks=3'` on the command line.
var uniforms: struct { marks: u32 = 1 } = .{};

// What goes in and what comes out.
comptime {
    qip.content(.{ .input = .{ .utf8 = 65536 }, .output = .{ .utf8 = 131072 } }, shout);
    qip.uniforms(&uniforms);
}

fn shout(input: []const u8, out: *qip.Bytes) void {
    for (input) |byte| out.push(std.ascii.toUpper(byte));
    for (0..uniforms.marks) |_| out.push('!');
}

test "a text becomes loud" {
    var buffer: [16]u8 = undefined;
    var out = qip.Bytes{ .buffer = &buffer };
    uniforms.marks = 2;
    shout("hello", &out);
    try std.testing.expectEqualStrings("HELLO!!", out.written());
}
