"""Makes the pictures of the cases beside it: one input, and what each filter must make
of it.

    python3 pictures.py            writes them, as PNG of 8-bit RGBA
    python3 pictures.py --check    fails where one of them holds other pixels

It knows nothing of tiles and WebAssembly. Each filter is worked out over the whole
picture from what the comment at the head of the module says, in double precision, or in
whole numbers where that is possible. Only Python 3.11 and its standard library are
needed.
"""

import math
import struct
import sys
import zlib
from itertools import accumulate
from pathlib import Path

HERE = Path(__file__).parent

WIDTH, HEIGHT = 130, 70


# Samples and bytes.


def f32(value):
    """The 32-bit float nearest to a number."""
    return struct.unpack("<f", struct.pack("<f", value))[0]


ONE_255TH = f32(1 / 255)


def sample(byte):
    return f32(byte * ONE_255TH)


def byte(value):
    value = f32(value)
    if value <= 0:
        return 0
    if value >= 1:
        return 255
    return int(f32(f32(value * 255) + 0.5))


# A picture is a list of rows, a row a list of pixels, a pixel four numbers.


def samples(picture):
    return [[tuple(map(sample, pixel)) for pixel in row] for row in picture]


def bytes_of(picture):
    return [[tuple(map(byte, pixel)) for pixel in row] for row in picture]


def each_colour(picture, change):
    """Changes red, green and blue alone."""
    return [[(*map(change, pixel[:3]), pixel[3]) for pixel in row] for row in picture]


def each_pixel(picture, change):
    """Changes the three together, by the pixel and where it is."""
    return [
        [(*change(pixel, x, y), pixel[3]) for x, pixel in enumerate(row)]
        for y, row in enumerate(picture)
    ]


def near(picture, x, y):
    """The pixel there, or the nearest that there is."""
    row = picture[min(max(y, 0), len(picture) - 1)]
    return row[min(max(x, 0), len(row) - 1)]


def cut(value):
    return min(max(value, 0), 1)


def luma(pixel):
    return 0.2126 * pixel[0] + 0.7152 * pixel[1] + 0.0722 * pixel[2]


# The filters. They take samples and give samples.


def invert(picture, amount=1):
    return each_colour(picture, lambda v: (1 - 2 * amount) * v + amount)


def brightness(picture, amount=1.25):
    return each_colour(picture, lambda v: amount * v)


def contrast(picture, amount=1.25):
    return each_colour(picture, lambda v: amount * (v - 0.5) + 0.5)


def saturation(picture, amount=1.5):
    def change(pixel, _x, _y):
        grey = luma(pixel)
        return [grey + amount * (v - grey) for v in pixel[:3]]

    return each_pixel(picture, change)


def grayscale(picture, amount=1):
    return saturation(picture, 1 - amount)


def hue(picture, angle=90):
    """The matrix as the SVG recommendation writes it: three, added up."""
    always = [[0.213, 0.715, 0.072]] * 3
    by_cos = [[0.787, -0.715, -0.072], [-0.213, 0.285, -0.072], [-0.213, -0.715, 0.928]]
    by_sin = [[-0.213, -0.715, 0.928], [0.143, 0.140, -0.283], [-0.787, 0.715, 0.072]]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def change(pixel, _x, _y):
        return [
            sum(
                (always[to][of] + cos * by_cos[to][of] + sin * by_sin[to][of]) * pixel[of]
                for of in range(3)
            )
            for to in range(3)
        ]

    return each_pixel(picture, change)


def posterize(picture, levels=4):
    highest = levels - 1
    return each_colour(picture, lambda v: math.floor(cut(v) * highest + 0.5) / highest)


def threshold(picture, level=0.5):
    def change(pixel, _x, _y):
        return [1 if luma(pixel) >= level else 0] * 3

    return each_pixel(picture, change)


def channel_swap(picture, red=2, green=1, blue=0):
    return [[(p[red], p[green], p[blue], p[3]) for p in row] for row in picture]


def vignette(picture, amount=0.6, radius=0.4):
    centre_x, centre_y = len(picture[0]) / 2, len(picture) / 2
    corner = math.hypot(centre_x, centre_y)

    def change(pixel, x, y):
        d = math.hypot(x + 0.5 - centre_x, y + 0.5 - centre_y) / corner
        t = cut((d - radius) / (1 - radius))
        return [v * (1 - amount * t * t * (3 - 2 * t)) for v in pixel[:3]]

    return each_pixel(picture, change)


def mean(pixels):
    """The mean of bytes as samples, weighted by alpha: by whole numbers, so exact."""
    alpha = sum(pixel[3] for pixel in pixels)
    if alpha == 0:
        return (0, 0, 0, 0)
    colours = (sum(pixel[c] * pixel[3] for pixel in pixels) for c in range(3))
    return (*(colour / (255 * alpha) for colour in colours), alpha / (255 * len(pixels)))


def turned(rows):
    return [list(column) for column in zip(*rows)]


def box_blur(picture, radius=2):
    """Takes bytes: see `mean`."""
    count = 2 * radius + 1

    def along_rows(numbers):
        made = []
        for row in numbers:
            row = [row[0]] * radius + row + [row[-1]] * radius
            up_to = list(accumulate(row, initial=0))
            made.append([end - start for start, end in zip(up_to, up_to[count:])])
        return made

    def sums(number_of):
        numbers = [list(map(number_of, row)) for row in picture]
        return turned(along_rows(turned(along_rows(numbers))))

    colours = [sums(lambda pixel, c=c: pixel[c] * pixel[3]) for c in range(3)]
    alphas = sums(lambda pixel: pixel[3])

    def pixel(r, g, b, a):
        if a == 0:
            return (0, 0, 0, 0)
        return (*(c / (255 * a) for c in (r, g, b)), a / (255 * count * count))

    return [list(map(pixel, *rows)) for rows in zip(*colours, alphas)]


def gaussian_blur(picture, radius=2):
    reach = math.ceil(3 * radius)
    weights = [math.exp(-0.5 * (d / radius) ** 2) for d in range(-reach, reach + 1)]
    whole = math.fsum(weights)
    weights = [weight / whole for weight in weights]

    def along_rows(picture):
        made = []
        for row in picture:
            row = [row[0]] * reach + row + [row[-1]] * reach
            channels = [[pixel[c] for pixel in row] for c in range(4)]
            sums = [
                [
                    sum(map(float.__mul__, weights, channel[x : x + len(weights)]))
                    for x in range(len(row) - 2 * reach)
                ]
                for channel in channels
            ]
            made.append(list(zip(*sums)))
        return made

    picture = [[(r * a, g * a, b * a, a) for r, g, b, a in row] for row in picture]
    picture = turned(along_rows(turned(along_rows(picture))))
    return [
        [(r / a, g / a, b / a, a) if a > 0 else (0, 0, 0, 0) for r, g, b, a in row]
        for row in picture
    ]


def unsharp(picture, amount=1, radius=2, threshold=0):
    blurred = gaussian_blur(picture, radius)

    def change(pixel, x, y):
        if pixel[3] == 0:
            return pixel[:3]
        return [
            v + amount * (v - b) if abs(v - b) >= threshold else v
            for v, b in zip(pixel[:3], blurred[y][x])
        ]

    return each_pixel(picture, change)


def sobel(picture, strength=2):
    seen = [[luma(pixel) * pixel[3] for pixel in row] for row in picture]

    def change(_pixel, x, y):
        across = down = 0
        for weight, d in ((1, -1), (2, 0), (1, 1)):
            across += weight * (near(seen, x + 1, y + d) - near(seen, x - 1, y + d))
            down += weight * (near(seen, x + d, y + 1) - near(seen, x + d, y - 1))
        return [strength / 4 * math.hypot(across, down)] * 3

    return each_pixel(picture, change)


def pixelate(picture, size=8):
    """Takes bytes: see `mean`."""
    made = [list(row) for row in picture]
    for top in range(0, len(picture), size):
        for left in range(0, len(picture[0]), size):
            block = [row[left : left + size] for row in picture[top : top + size]]
            colour = mean([pixel for row in block for pixel in row])
            for y, row in enumerate(block, top):
                made[y][left : left + len(row)] = [colour] * len(row)
    return made


def halftone(picture, size=6, angle=45):
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))

    def wave(u):
        away = abs(u - round(u))
        return 1 - 16 * away**2 if away < 0.25 else 16 * (0.5 - away) ** 2 - 1

    def change(pixel, x, y):
        x, y = (x + 0.5) / size, (y + 0.5) / size
        screen = (wave(x * cos + y * sin) + wave(y * cos - x * sin)) / 4 + 0.5
        return [cut((size / 2 + 1) * luma(pixel) - size / 2 * screen)] * 3

    return each_pixel(picture, change)


def coordinates(width, height):
    return [
        [(x % 256, y % 256, (x // 256 + 16 * (y // 256)) % 256, 255) for x in range(width)]
        for y in range(height)
    ]


# The picture that they are given.


def scene():
    """A little of everything: slow changes, sharp edges, lines of one pixel, noise, and
    alpha of 0 (over a green that must not be seen), in between and 255; much of it
    where tiles meet, at 64 across and down and at 128 across."""
    picture = []
    noise = 1
    for y in range(HEIGHT):
        row = []
        for x in range(WIDTH):
            # A sky, and hills before it.
            pixel = [90 + y, 140 + y, 230 - y // 2, 255]
            if y > 40 + 8 * math.sin(x / 9):
                pixel = [60 + x // 3, 120 - y // 2, 40, 255]
            if (x - 30) ** 2 + (y - 16) ** 2 < 100:
                pixel = [255, 240, 180, 255]
            # Lines of one pixel, down and across.
            if 96 <= x and 44 <= y and x % 2 == 0:
                pixel = [255, 255, 255, 255]
            if 84 <= x < 94 and 44 <= y and y % 2 == 0:
                pixel = [0, 0, 0, 255]
            # Noise.
            if 4 <= x < 20 and 50 <= y < 66:
                noise = (noise * 1103515245 + 12345) % 2**31
                pixel = [noise >> 23, noise >> 15 & 255, noise >> 7 & 255, 255]
            # A hole, and a cloud that is thinner towards the right.
            if 52 <= x < 76 and 54 <= y:
                pixel = [0, 255, 0, 0]
            if 60 <= x < 68 and 60 <= y < 68:
                pixel = [220, 20, 60, 255]
            if 100 <= x and 6 <= y < 22:
                pixel = [250, 250, 255, 250 - 8 * (x - 100)]
            row.append(tuple(pixel))
        picture.append(row)
    return picture


def pictures():
    """Every file with its picture of bytes."""
    picture = scene()
    made = {"scene": picture}

    def add(name, filter, takes=samples, **uniforms):
        made[name] = bytes_of(filter(takes(picture), **uniforms))

    add("invert", invert)
    add("grayscale", grayscale)
    add("brightness", brightness)
    add("contrast", contrast)
    add("saturation", saturation)
    add("hue", hue)
    add("hue-200", hue, angle=-160)
    add("posterize", posterize)
    add("threshold", threshold)
    add("channel-swap", channel_swap)
    add("vignette", vignette)
    add("vignette-all", vignette, amount=1, radius=0)
    add("box-blur", box_blur, takes=list)
    add("box-blur-7", box_blur, takes=list, radius=7)
    add("box-blur-64", box_blur, takes=list, radius=64)
    add("gaussian-blur", gaussian_blur)
    add("gaussian-blur-half", gaussian_blur, radius=0.5)
    add("gaussian-blur-4", gaussian_blur, radius=4)
    add("gaussian-blur-32", gaussian_blur, radius=32)
    add("unsharp", unsharp)
    add("unsharp-strong", unsharp, amount=2.5, radius=1, threshold=0.1)
    add("sobel", sobel)
    add("pixelate", pixelate, takes=list)
    add("pixelate-5", pixelate, takes=list, size=5)
    add("pixelate-7", pixelate, takes=list, size=7)
    add("pixelate-63", pixelate, takes=list, size=63)
    add("pixelate-64", pixelate, takes=list, size=64)
    add("halftone", halftone)
    add("halftone-large", halftone, size=15.5, angle=-20)

    blurred = gaussian_blur(samples(picture), radius=4)
    made["gaussian-blur-vignette"] = bytes_of(vignette(blurred))
    made["coordinates"] = coordinates(300, 270)
    return made


# Files.


def png(picture):
    def chunk(kind, data):
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    # Each row begins with a 1: what follows is the difference to the pixel before.
    lines = []
    for row in picture:
        before = [(0, 0, 0, 0), *row]
        lines.append(b"\1")
        lines += (
            bytes((n - o) % 256 for n, o in zip(new, old)) for new, old in zip(row, before)
        )
    header = struct.pack(">IIBBBBB", len(picture[0]), len(picture), 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(lines), 9))
        + chunk(b"IEND", b"")
    )


def content(png):
    """The bytes of a PNG as `png` writes it, but with what is compressed as it was: other
    versions of zlib compress otherwise."""
    at = png.index(b"IDAT")
    length = struct.unpack(">I", png[at - 4 : at])[0]
    return png[: at - 4] + zlib.decompress(png[at + 4 : at + 4 + length])


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(f"usage: {sys.argv[0]} [--check]")
    made = pictures()
    stale = []
    for name, picture in made.items():
        path = HERE / f"{name}.png"
        new = png(picture)
        old = path.read_bytes() if path.exists() else b""
        if not old or content(old) != content(new):
            stale.append(path.name)
            if not check:
                path.write_bytes(new)
    for path in sorted(HERE.glob("*.png")):
        if path.stem not in made:
            stale.append(f"{path.name}, which is not made here")
    if check and stale:
        sys.exit("stale: " + ", ".join(stale) + "\nhelp: run pictures.py without --check")


if __name__ == "__main__":
    main()
