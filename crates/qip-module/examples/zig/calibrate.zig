//! calibrate: turns the raw samples of an instrument into readings.
//!
//! A reading is (sample - zero) * gain, without its fraction, + offset. One of every few
//! samples is read. `modules-wat/content/calibrate.wat` has the rest.

const std = @import("std");
const qip = @import("qip.zig");

pub const panic = qip.panic;

var uniforms: struct {
    zero: f32 = 0,
    gain: f64 = 1,
    offset: i64 = 0,
    every: i32 = 1,
} = .{};

comptime {
    qip.content(.{ .input = .{ .bytes = 1 << 16 }, .output = .{ .i32 = 1 << 16 } }, calibrate);
    qip.uniforms(&uniforms);
}

fn calibrate(input: []const u8, out: *qip.Numbers) void {
    const zero: f64 = uniforms.zero;
    // What is further away comes out the same.
    const offset = std.math.clamp(uniforms.offset, -1 << 32, 1 << 32);
    const every: usize = @intCast(@max(uniforms.every, 1));
    var i: usize = 0;
    while (i < input.len) : (i += every) {
        const sample: f64 = @floatFromInt(input[i]);
        // What is outside of i32 is taken for the nearest number inside.
        const product: i64 = std.math.lossyCast(i32, (sample - zero) * uniforms.gain);
        out.push(std.math.lossyCast(i32, product + offset));
    }
}
