//! {{name}}: makes pictures darker.

const std = @import("std");
const qip = @import("qip.zig");

pub const panic = qip.panic;

/// What the caller may set: `'?amount=0.3'` on the command line.
var uniforms: struct { amount: f32 = 0.5 } = .{};

// A filter that looks at neighbours asks for `.{ .max_halo = 2 }`: so many pixels are then
// around each tile.
comptime {
    qip.tile(.{}, dim);
    qip.uniforms(&uniforms);
}

fn dim(tile: *qip.Tile) void {
    const amount = uniforms.amount;
    const factor = qip.Pixel{ amount, amount, amount, 1 };
    for (tile.pixels) |*pixel| pixel.* *= factor;
}

test "colours are dimmed and alpha stays" {
    var pixels: [64 * 64]qip.Pixel = @splat(.{ 1, 0.5, 0, 0.25 });
    var tile = qip.Tile{ .pixels = &pixels, .span = 64, .halo = 0, .x = 0, .y = 0 };
    uniforms.amount = 0.5;
    dim(&tile);
    for (pixels) |pixel| try std.testing.expectEqual(qip.Pixel{ 0.5, 0.25, 0, 0.25 }, pixel);
}
