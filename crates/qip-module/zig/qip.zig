//! qip.zig: write qip modules in Zig. Copy this file into your project; it needs nothing else.
//!
//!     const qip = @import("qip.zig");
//!     pub const panic = qip.panic;
//!
//!     comptime {
//!         qip.content(.{ .input = .{ .utf8 = 65536 }, .output = .{ .utf8 = 65536 } }, copy);
//!     }
//!
//!     fn copy(input: []const u8, out: *qip.Bytes) void {
//!         out.write(input);
//!     }
//!
//! `qip build` knows how to compile it. Natively, for `zig test`, nothing is exported.
//!
//! Text is handed over as bytes: a host validates it before (IN-6) and after (OUT-6). What is
//! written over the capacity of an output traps, and so does an input over its capacity.

const std = @import("std");
const builtin = @import("builtin");

/// What a panic does: the host reports the trap `unreachable`. There is nobody who could read
/// a message, and the code that makes one is large.
pub const panic = std.debug.no_panic;

/// A pixel: red, green, blue and alpha from 0 to 1, straight (IMG-2).
pub const Pixel = @Vector(4, f32);

/// The side of a tile without its halo, in pixels.
pub const tile_side = 64;

/// An output that never outgrows its capacity: what does not fit traps.
pub fn Out(comptime Element: type) type {
    return struct {
        buffer: []Element,
        len: usize = 0,

        const Self = @This();

        /// What was written so far.
        pub fn written(self: *const Self) []Element {
            return self.buffer[0..self.len];
        }

        /// Writes one element.
        pub inline fn push(self: *Self, element: Element) void {
            self.grow(1)[0] = element;
        }

        /// Writes several elements.
        pub inline fn write(self: *Self, elements: []const Element) void {
            @memcpy(self.grow(elements.len), elements);
        }

        /// Makes the output longer, and lends what was added.
        pub inline fn grow(self: *Self, count: usize) []Element {
            if (count > self.buffer.len - self.len) @trap();
            const start = self.len;
            self.len += count;
            return self.buffer[start..self.len];
        }
    };
}

/// An output of text or bytes.
pub const Bytes = Out(u8);

/// An output of 32-bit numbers.
pub const Numbers = Out(i32);

/// What goes into a content module and comes out. Capacities count bytes, of `i32` numbers
/// (OUT-3).
pub const Content = struct {
    input: union(enum) { utf8: u32, bytes: u32 },
    input_type: ?[]const u8 = null,
    output: union(enum) { utf8: u32, bytes: u32, i32: u32, scalar },
    output_type: ?[]const u8 = null,
};

/// Exports a content module. The function is `fn ([]const u8, *Bytes) void`, with an output of
/// `i32` takes `*Numbers` instead, and with a scalar is `fn ([]const u8) i32`.
pub fn content(comptime about: Content, comptime render: anytype) void {
    const input_capacity = switch (about.input) {
        inline else => |capacity| checkCapacity(capacity, 1),
    };
    const Input = struct {
        var buffer: [input_capacity]u8 align(16) = @splat(0);

        fn read(size: u32) []const u8 {
            if (size > input_capacity) @trap();
            return buffer[0..size];
        }
    };
    exportNumber("input_" ++ @tagName(about.input) ++ "_cap", input_capacity);
    exportAddress("input_ptr", &Input.buffer);
    if (about.input_type) |text| exportMediaType("input", text);
    if (about.output_type) |text| exportMediaType("output", text);
    switch (about.output) {
        .scalar => {
            const function: fn ([]const u8) i32 = render;
            exportFunction("render", struct {
                fn call(size: u32) callconv(.c) i32 {
                    return function(Input.read(size));
                }
            }.call);
        },
        inline else => |count, kind| {
            const Element = if (kind == .i32) i32 else u8;
            const function: fn ([]const u8, *Out(Element)) void = render;
            const capacity = checkCapacity(count, @sizeOf(Element));
            const Output = struct {
                var buffer: [capacity]Element align(16) = @splat(0);
            };
            exportNumber("output_" ++ @tagName(kind) ++ "_cap", capacity);
            exportAddress("output_ptr", &Output.buffer);
            exportFunction("render", struct {
                fn call(size: u32) callconv(.c) u32 {
                    var out = Out(Element){ .buffer = &Output.buffer };
                    function(Input.read(size), &out);
                    return @intCast(out.len);
                }
            }.call);
        },
    }
}

/// A tile of a picture: pixels in rows, with those of the halo around the core. A filter
/// changes the core; what it leaves in the halo is thrown away (IMG-9).
pub const Tile = struct {
    /// `span` rows of `span` pixels.
    pixels: []Pixel,
    /// The side in pixels, with the halo.
    span: usize,
    /// How many pixels beyond the core there are on each side.
    halo: usize,
    /// Where the first pixel is in the picture; negative where that is outside of it.
    x: f32,
    y: f32,
    /// Width and height of the whole picture; zeros unless the filter asks for them.
    picture: [2]f32 = .{ 0, 0 },

    /// A row of the core, from 0: 64 pixels.
    pub fn coreRow(self: *const Tile, row: usize) *[tile_side]Pixel {
        return self.pixels[(self.halo + row) * self.span + self.halo ..][0..tile_side];
    }
};

/// What a tile filter sees.
pub const Filter = struct {
    /// The most pixels that are seen around a tile. There is memory for as many.
    max_halo: u32 = 0,
    /// How many of them, by the uniforms; else `max_halo`.
    halo: ?fn () u32 = null,
    /// Whether the host says how large the picture is.
    picture_size: bool = false,
};

/// Exports a tile filter.
pub fn tile(comptime about: Filter, comptime render: fn (*Tile) void) void {
    const max_span = tile_side + 2 * @as(u64, about.max_halo);
    const bytes = checkCapacity(max_span * max_span, @sizeOf(Pixel)) * @sizeOf(Pixel);
    const State = struct {
        var buffer: [max_span * max_span]Pixel align(16) = @splat(@splat(0));
        var picture: [2]f32 = .{ 0, 0 };

        fn halo() callconv(.c) u32 {
            return if (about.halo) |function| function() else about.max_halo;
        }

        fn setPicture(width: f32, height: f32) callconv(.c) void {
            picture = .{ width, height };
        }

        fn call(x: f32, y: f32) callconv(.c) void {
            const pixels = halo();
            // No host comes here with a larger one (IMG-4).
            if (pixels > about.max_halo) @trap();
            const span: usize = tile_side + 2 * pixels;
            var one = Tile{
                .pixels = buffer[0 .. span * span],
                .span = span,
                .halo = pixels,
                .x = x,
                .y = y,
                .picture = picture,
            };
            render(&one);
        }
    };
    exportAddress("input_ptr", &State.buffer);
    exportNumber("input_bytes_cap", bytes);
    if (about.max_halo > 0) exportFunction("calculate_halo_px", State.halo);
    if (about.picture_size) exportFunction("uniform_set_width_and_height", State.setPicture);
    exportFunction("tile_rgba32float_64x64", State.call);
}

/// Exports a setter for each field of a struct: `var uniforms: struct { width: u32 = 80 } = .{};`
/// and `qip.uniforms(&uniforms);`. Fields are `i32`, `u32`, `i64`, `u64`, `f32` or `f64`.
pub fn uniforms(comptime settings: anytype) void {
    for (@typeInfo(@typeInfo(@TypeOf(settings)).pointer.child).@"struct".fields) |field| {
        switch (field.type) {
            i32, u32, i64, u64, f32, f64 => {},
            else => @compileError("qip: the uniform `" ++ field.name ++ "` is no `" ++
                @typeName(field.type) ++ "`, expected i32, u32, i64, u64, f32 or f64"),
        }
        if (std.mem.eql(u8, field.name, "width_and_height")) {
            @compileError("qip: the host sets `width_and_height` (UNI-4): ask for `picture_size`");
        }
        exportFunction("uniform_set_" ++ field.name, struct {
            fn set(value: field.type) callconv(.c) void {
                @field(settings, field.name) = value;
            }
        }.set);
    }
}

/// A host allows a module 1 GiB of memory unless it is told otherwise (LIM-1).
fn checkCapacity(comptime count: u64, comptime element_bytes: u64) u32 {
    if (count * element_bytes > 1 << 30) {
        @compileError("qip: a capacity is more than 1 GiB, the memory that hosts allow a module");
    }
    return count;
}

/// Exports a media type that hosts take (MIME-1) and that says something (MIME-5).
fn exportMediaType(comptime side: []const u8, comptime text: []const u8) void {
    if (text.len == 0 or text.len > 255) {
        @compileError("qip: a content type has 1 to 255 characters");
    }
    for (text) |character| switch (character) {
        'A'...'Z' => @compileError("qip: a content type is in lower case"),
        ';', '*' => @compileError("qip: a content type has no parameters and is no range"),
        0...' ', 0x7F...0xFF => @compileError("qip: a content type is ASCII without spaces"),
        else => {},
    };
    exportAddress(side ++ "_content_type_ptr", text.ptr);
    exportNumber(side ++ "_content_type_size", text.len);
}

/// A size or a pointer is a function that returns it: an exported variable would be the address
/// of its number (MOD-9).
fn exportNumber(comptime name: []const u8, comptime number: u32) void {
    exportFunction(name, struct {
        fn get() callconv(.c) u32 {
            return number;
        }
    }.get);
}

fn exportAddress(comptime name: []const u8, comptime address: anytype) void {
    exportFunction(name, struct {
        fn get() callconv(.c) *const anyopaque {
            return @ptrCast(address);
        }
    }.get);
}

/// Natively nothing is exported: tests call the functions themselves.
fn exportFunction(comptime name: []const u8, comptime function: anytype) void {
    if (builtin.cpu.arch.isWasm()) @export(&function, .{ .name = name });
}

test "an output takes what fits" {
    var buffer: [3]u8 = undefined;
    var out = Bytes{ .buffer = &buffer };
    out.write("ab");
    out.push('c');
    try std.testing.expectEqualStrings("abc", out.written());
}

test "a row of the core lies inside of the halo" {
    var pixels: [66 * 66]Pixel = undefined;
    const one = Tile{ .pixels = &pixels, .span = 66, .halo = 1, .x = -1, .y = -1 };
    try std.testing.expectEqual(&pixels[66 + 1], &one.coreRow(0)[0]);
    try std.testing.expectEqual(&pixels[64 * 66 + 64], &one.coreRow(63)[63]);
}
