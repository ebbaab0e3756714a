#!/usr/bin/env python3
"""Writes the PNG files of this area: pictures that cases give and expect.

    python3 pictures.py            writes all of them, beside this file
    python3 pictures.py --check    writes nothing; status 1 if a file is missing or stale

Expected pictures are computed here from the clauses and from nothing else: each stage
reads the whole result of the one before (IMG-9), or each tile goes through all stages
(IMG-8), pixel by pixel and as plainly as can be. The filters are those of the .wat files
beside, written again in Python. Needs Python 3.11 and its standard library.
"""

import struct
import sys
import zlib
from pathlib import Path

# Floats of 32 bits.


def f32(value):
    """Rounds to f32. The sum, product or quotient of two f32 is computed in f64 and
    rounded again here, which gives what f32 arithmetic gives: f64 has more than twice
    the bits."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


def bits_of(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def float_of(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


# Bytes and floats (IMG-2).

ONE_255TH = float_of(0x3B808081)


def to_float(byte):
    return f32(byte * ONE_255TH)


def to_byte(v):
    if v <= 0:
        return 0
    if v >= 1:
        return 255
    if v != v:
        return 0
    t = f32(v * 255.0)
    u = f32(t + 0.5)
    return int(u)


# Pictures: rows of pixels, a pixel being red, green, blue and alpha.


def picture(width, height, pixel):
    return [[pixel(x, y) for x in range(width)] for y in range(height)]


def gradient(width, height):
    """The gradient that case files can ask for."""

    def pixel(x, y):
        return (x % 256, y % 256, (3 * x + 5 * y) % 256, 255 - (x + 2 * y) % 256)

    return picture(width, height, pixel)


def every_byte():
    """64 pixels with 256 samples, 0 to 255."""
    return picture(64, 1, lambda x, y: (4 * x, 4 * x + 1, 4 * x + 2, 4 * x + 3))


# Stages: a halo, and a function of a tile (rows of pixels, halo and all) and of its
# arguments that gives the tile back.


def turn(halo=0):
    return halo, lambda tile, x, y: [row[::-1] for row in tile[::-1]]


def shift(halo, dx, dy):
    def run(tile, x, y):
        after = [list(row) for row in tile]
        for row in range(halo, halo + 64):
            for column in range(halo, halo + 64):
                after[row][column] = tile[row + dy][column + dx]
        return after

    return halo, run


def outside_its_core(halo):
    def run(tile, x, y):
        after = [[(1.0, 1.0, 1.0, 1.0)] * len(tile) for _ in tile]
        for row in range(halo, halo + 64):
            after[row][halo : halo + 64] = tile[row][halo : halo + 64]
        return after

    return halo, run


def coordinates(halo, offset):
    def run(tile, x, y):
        colour = (f32((x + offset) / 255), f32((y + offset) / 255), 0.0, 1.0)
        return [[colour] * len(tile) for _ in tile]

    return halo, run


def each_sample(function):
    def run(tile, x, y):
        return [[tuple(map(function, pixel)) for pixel in row] for row in tile]

    return 0, run


def low_bits():
    return each_sample(lambda v: f32((bits_of(v) & 255) / 255))


def between_bytes(ulps):
    def middle(v):
        byte = round(f32(v * 255.0))
        return float_of(bits_of(f32((byte + 0.5) / 255)) + ulps)

    return each_sample(middle)


# A block of stages over a picture.


def apply(stages, bytes_in):
    before = [[tuple(map(to_float, pixel)) for pixel in row] for row in bytes_in]
    if any(halo > 0 for halo, _ in stages):
        after = stage_by_stage(stages, before)
    else:
        after = tile_by_tile(stages, before)
    return [[tuple(map(to_byte, pixel)) for pixel in row] for row in after]


def cores(pixels):
    """The top-left pixels of all cores, row-major."""
    height, width = len(pixels), len(pixels[0])
    return [(x, y) for y in range(0, height, 64) for x in range(0, width, 64)]


def keep(after, tile, x, y, halo):
    """What of a tile's core is inside of the picture."""
    for row in range(y, min(y + 64, len(after))):
        for column in range(x, min(x + 64, len(after[row]))):
            after[row][column] = tile[row - y + halo][column - x + halo]


def tile_by_tile(stages, pixels):
    """IMG-8: 0 outside of the picture, and what a stage leaves there the next one gets."""
    height, width = len(pixels), len(pixels[0])
    nothing = (0.0, 0.0, 0.0, 0.0)
    after = [list(row) for row in pixels]
    for x, y in cores(pixels):
        tile = [
            [
                pixels[row][column] if row < height and column < width else nothing
                for column in range(x, x + 64)
            ]
            for row in range(y, y + 64)
        ]
        for _, run in stages:
            tile = run(tile, x, y)
        keep(after, tile, x, y, 0)
    return after


def stage_by_stage(stages, pixels):
    """IMG-9: the nearest pixel outside of the picture, for every stage."""
    height, width = len(pixels), len(pixels[0])
    for halo, run in stages:
        after = [list(row) for row in pixels]
        for x, y in cores(pixels):
            tile = [
                [
                    pixels[min(max(row, 0), height - 1)][min(max(column, 0), width - 1)]
                    for column in range(x - halo, x + 64 + halo)
                ]
                for row in range(y - halo, y + 64 + halo)
            ]
            keep(after, run(tile, x - halo, y - halo), x, y, halo)
        pixels = after
    return pixels


# PNG: 8 bits of RGBA, every row as its difference to the one above (filter 2) or, where
# that packs better, to the pixel on the left (filter 1).


def png(pixels):
    height, width = len(pixels), len(pixels[0])
    rows = [bytes(sample for pixel in row for sample in pixel) for row in pixels]

    def filtered(kind):
        above = bytes(width * 4)
        for row in rows:
            other = above if kind == 2 else bytes(4) + row[:-4]
            yield bytes([kind]) + bytes((a - b) % 256 for a, b in zip(row, other))
            above = row

    packed = min((zlib.compress(b"".join(filtered(kind)), 9) for kind in (1, 2)), key=len)

    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def unpacked(data):
    """What of a PNG does not depend on how a zlib packs: that differs with its version."""
    start = data.find(b"IDAT")
    if start < 0:
        return data
    length = struct.unpack(">I", data[start - 4 : start])[0]
    packed = data[start + 4 : start + 4 + length]
    return data[: start - 4], zlib.decompress(packed), data[start + 8 + length :]


# The files.

SIZES = [(1, 1), (1, 64), (64, 64), (65, 64), (63, 65), (128, 128), (200, 130)]


def files():
    yield "every-byte", every_byte()
    yield "every-byte-low-bits", apply([low_bits()], every_byte())
    for ulps in range(-2, 3):
        name = f"between-bytes-{'minus' if ulps < 0 else 'plus'}-{abs(ulps)}"
        yield name, apply([between_bytes(ulps)], every_byte())
    for width, height in SIZES:
        size = f"{width}x{height}"
        yield f"turned-{size}", apply([turn()], gradient(width, height))
        yield f"shifted-{size}", apply([shift(6, 5, -6)], gradient(width, height))
    for width, height in [(1, 1), (1, 64), (64, 64), (65, 64), (63, 65)]:
        size = f"{width}x{height}"
        yield f"turned-with-halo-{size}", apply([turn(6)], gradient(width, height))
    for width, height in [(1, 1), (1, 64), (65, 64), (63, 65)]:
        twice = apply([turn(), turn(6)], gradient(width, height))
        yield f"turned-twice-with-halo-{width}x{height}", twice
    yield "shifted-by-64", apply([shift(64, -64, 64)], gradient(3, 130))
    yield "shifted-by-65", apply([shift(65, 65, -65)], gradient(130, 3))
    wide, high, both = gradient(70, 5), gradient(5, 70), gradient(70, 67)
    yield "halo-first", apply([shift(1, 1, 1), turn(), turn()], wide)
    yield "halo-in-the-middle", apply([turn(), shift(2, 2, -1), turn()], high)
    yield "halo-last", apply([turn(), turn(), shift(3, -3, 2)], wide)
    yield "two-halos", apply([shift(6, 6, -5), shift(1, -1, 1)], both)
    yield "two-halos-the-other-way-round", apply([turn(1), shift(6, 6, -5)], high)
    yield "three-halos", apply([shift(2, 2, 0), turn(3), shift(5, -1, -5)], wide)
    spilt = [outside_its_core(4), shift(5, 5, 5)]
    yield "outside-its-core-then-shift", apply(spilt, both)
    painted = [coordinates(6, 20), shift(2, 2, 2)]
    yield "coordinates-then-shift", apply(painted, wide)


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit("usage: python3 pictures.py [--check]")
    here = Path(__file__).resolve().parent
    wanted = {f"{name}.png": png(pixels) for name, pixels in files()}
    stale = []
    for name, data in wanted.items():
        found = (here / name).read_bytes() if (here / name).exists() else b""
        if unpacked(found) == unpacked(data):
            continue
        stale.append(name)
        if not check:
            (here / name).write_bytes(data)
            print(f"wrote {name}")
    extra = sorted(path.name for path in here.glob("*.png") if path.name not in wanted)
    if extra:
        sys.exit(f"not written by this script: {', '.join(extra)}")
    if check and stale:
        sys.exit(f"missing or stale: {', '.join(stale)}; run python3 {Path(__file__).name}")


if __name__ == "__main__":
    main()
