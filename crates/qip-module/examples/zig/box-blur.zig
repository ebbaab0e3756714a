//! box-blur: makes each pixel the mean of the square around it.
//!
//! Means are of colour times alpha, divided by the mean of alpha. How sums are put together
//! from sums of 1, 2, 4 and so on pixels, and why not by adding at one end and taking away at
//! the other, is told in `modules-wat/tile/box-blur.wat`.

const qip = @import("qip.zig");
const Pixel = qip.Pixel;
const side = qip.tile_side;

pub const panic = qip.panic;

const max_radius = 64;
const max_span = side + 2 * max_radius;

var uniforms: struct { radius: i32 = 2 } = .{};

comptime {
    qip.tile(.{ .max_halo = max_radius, .halo = radius }, blur);
    qip.uniforms(&uniforms);
}

/// A row of the tile, colour times alpha.
var colour_row: [max_span]Pixel = @splat(@splat(0));
/// The sums along each row of the tile.
var row_sums: [max_span * side]Pixel = @splat(@splat(0));
/// The sums of squares.
var square_sums: [side * side]Pixel = @splat(@splat(0));

/// How far the square reaches in each direction.
fn radius() u32 {
    return @intCast(@max(uniforms.radius, 0));
}

fn blur(tile: *qip.Tile) void {
    // Nothing is to do, and colour under an alpha of 0 is kept.
    if (tile.halo == 0) return;
    const window = 2 * tile.halo + 1;
    for (0..tile.span) |y| {
        for (colour_row[0..tile.span], tile.pixels[y * tile.span ..][0..tile.span]) |*to, pixel| {
            to.* = pixel * Pixel{ pixel[3], pixel[3], pixel[3], 1 };
        }
        addWindows(colour_row[0..tile.span], 1, window, row_sums[y * side ..][0..side]);
    }
    // All columns at once: what is one step along a column is a row in memory.
    addWindows(row_sums[0 .. tile.span * side], side, window, &square_sums);

    const count: f32 = @floatFromInt(window * window);
    for (0..side) |y| {
        for (tile.coreRow(y), square_sums[y * side ..][0..side]) |*pixel, sum| {
            // Where the sum of alpha is 0, those of colour are too, and are divided by 1.
            const alpha = if (sum[3] == 0) 1 else sum[3];
            pixel.* = sum / Pixel{ alpha, alpha, alpha, count };
        }
    }
}

/// Writes to each of `sums` the sum of `window` of the `values` that are `step` apart, the first
/// as far from the beginning as the sum. The window is odd. What is in `values` is lost.
fn addWindows(values: []Pixel, step: usize, window: usize, sums: []Pixel) void {
    @memcpy(sums, values[0..sums.len]);
    var done: usize = 1;
    var count = values.len;
    // The values are sums of this many pixels.
    var length: usize = 1;
    while (2 * length <= window) {
        // A sum of twice the length is this and the one that begins where it ends. The last
        // ones have none behind them. Of those no more are needed.
        count -= length * step;
        for (values[0..count], values[length * step ..][0..count]) |*sum, value| sum.* += value;
        length *= 2;
        if (window & length != 0) {
            for (sums, values[done * step ..][0..sums.len]) |*sum, value| sum.* += value;
            done += length;
        }
    }
}
