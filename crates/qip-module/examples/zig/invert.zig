//! invert: turns each colour into its opposite; alpha is kept.
//!
//! A sample v becomes (1 - 2 amount) v + amount: with an amount of 1, 1 - v.

const std = @import("std");
const qip = @import("qip.zig");

pub const panic = qip.panic;

var uniforms: struct { amount: f32 = 1 } = .{};

comptime {
    qip.tile(.{}, invert);
    qip.uniforms(&uniforms);
}

fn invert(tile: *qip.Tile) void {
    const amount = std.math.clamp(uniforms.amount, 0, 1);
    const factor = 1 - 2 * amount;
    const scale = qip.Pixel{ factor, factor, factor, 1 };
    const offset = qip.Pixel{ amount, amount, amount, 0 };
    for (tile.pixels) |*pixel| {
        pixel.* = pixel.* * scale + offset;
    }
}
