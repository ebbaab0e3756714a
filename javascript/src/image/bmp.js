/** BMP as blocks of tile filters take and give it (REC-7): uncompressed, 24 or 32 bits a pixel. */

import { refused } from "../error.js";
import { BYTES } from "./tile.js";

/** @import { Limits } from "../limits.js" */
/** @import { Plane } from "./tile.js" */

/** The file header and the smallest DIB header. */
const HEADER = 54;

/** Offsets of fields, which are little-endian. */
const FIELD = {
  file: 2,
  pixels: 10,
  dib: 14,
  width: 18,
  height: 22,
  planes: 26,
  bits: 28,
  compression: 30,
  image: 34,
};

/**
 * Refuses a picture without pixels, or over a limit (IMG-11).
 * @param {{ width: number, height: number }} size
 * @param {Limits} limits
 */
export function checkPicture({ width, height }, { imageSide, imagePixels }) {
  const fault = (/** @type {string} */ what) => {
    return refused("image-size", `the picture of ${width} × ${height} pixels ${what}`);
  };
  const over = (
    /** @type {string} */ what,
    /** @type {number} */ found,
    /** @type {number} */ allowed,
  ) => {
    if (found > allowed) throw fault(`has a ${what} of ${found}, over the limit of ${allowed}`);
  };
  if (width * height === 0) throw fault("is empty, expected one pixel or more");
  over("side", Math.max(width, height), imageSide);
  over("number of pixels", width * height, imagePixels);
}

/**
 * Reads a picture. Nothing is taken of memory before the header is held against the limits and
 * the length of the bytes.
 * @param {Uint8Array} bytes
 * @param {Limits} limits
 * @returns {Plane}
 */
export function readBmp(bytes, limits) {
  if (bytes.length < HEADER) {
    throw notBmp(
      `the input of ${bytes.length} bytes is too short for a BMP, expected at least ${HEADER}`,
      bytes.length,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** @param {keyof typeof FIELD} field */
  const u32 = (field) => view.getUint32(FIELD[field], true);
  /** @param {keyof typeof FIELD} field */
  const i32 = (field) => view.getInt32(FIELD[field], true);
  /** @param {keyof typeof FIELD} field */
  const u16 = (field) => view.getUint16(FIELD[field], true);
  /** @param {string} what @param {number} found @param {string} wanted @param {number} at */
  const unfit = (what, found, wanted, at) =>
    `the BMP's ${what} at offset ${at} is ${found}, expected ${wanted}`;

  if (bytes[0] !== 0x42 || bytes[1] !== 0x4d)
    throw notBmp("the BMP's signature at offset 0 is none, expected `BM`", 0);
  if (u32("dib") < HEADER - FIELD.dib)
    throw notBmp(unfit("size of the DIB header", u32("dib"), "40 or more", FIELD.dib), FIELD.dib);
  if (u16("planes") !== 1)
    throw notBmp(unfit("number of planes", u16("planes"), "1", FIELD.planes), FIELD.planes);
  if (u32("compression") !== 0) {
    throw notBmp(
      unfit("compression", u32("compression"), "0, which is none", FIELD.compression),
      FIELD.compression,
    );
  }
  const bits = u16("bits");
  if (bits !== 24 && bits !== 32)
    throw notBmp(unfit("number of bits a pixel", bits, "24 or 32", FIELD.bits), FIELD.bits);
  const width = i32("width");
  if (width <= 0)
    throw refused("image-size", unfit("width", width, "1 or more", FIELD.width), FIELD.width);
  const height = Math.abs(i32("height"));
  if (height === 0 || height === 2 ** 31) {
    throw refused(
      "image-size",
      unfit("height", i32("height"), "neither 0 nor -2147483648", FIELD.height),
      FIELD.height,
    );
  }
  checkPicture({ width, height }, limits);
  const stored = bits / 8;
  const stride = Math.ceil((width * stored) / 4) * 4;
  const first = u32("pixels");
  if (first + stride * height > bytes.length) {
    const where = `${stride * height} bytes at offset ${first}, in an input of ${bytes.length} bytes`;
    throw notBmp(`the BMP's pixels are not all there: ${where}`, first);
  }
  const isTopDown = i32("height") < 0;
  const data = new Uint8Array(width * height * BYTES);
  for (let y = 0; y < height; y += 1) {
    const line = isTopDown ? y : height - 1 - y;
    swap(bytes, first + y * stride, stored, data, line * width * BYTES, width);
  }
  return { width, height, data, pixel: BYTES };
}

/**
 * Writes a picture: 32 bits a pixel, from the lowest row up.
 * @param {Plane} picture
 */
export function writeBmp({ width, height, data }) {
  const size = width * height * BYTES;
  const bytes = new Uint8Array(HEADER + size);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(FIELD.file, bytes.length, true);
  view.setUint32(FIELD.pixels, HEADER, true);
  view.setUint32(FIELD.dib, HEADER - FIELD.dib, true);
  view.setInt32(FIELD.width, width, true);
  view.setInt32(FIELD.height, height, true);
  view.setUint16(FIELD.planes, 1, true);
  view.setUint16(FIELD.bits, 32, true);
  view.setUint32(FIELD.image, size, true);
  const line = width * BYTES;
  for (let y = 0; y < height; y += 1) {
    swap(data, (height - 1 - y) * line, BYTES, bytes, HEADER + y * line, width);
  }
  return bytes;
}

/**
 * Copies a row with red and blue in each other's place. Of three bytes a pixel, alpha is 255.
 * @param {Uint8Array | Uint8ClampedArray} from
 * @param {number} at
 * @param {number} stored bytes a pixel
 * @param {Uint8Array | Uint8ClampedArray} to
 * @param {number} start
 * @param {number} pixels
 */
function swap(from, at, stored, to, start, pixels) {
  for (let end = start + pixels * BYTES; start < end; start += BYTES) {
    to[start] = from[at + 2];
    to[start + 1] = from[at + 1];
    to[start + 2] = from[at];
    to[start + 3] = stored === BYTES ? from[at + 3] : 255;
    at += stored;
  }
}

/** @param {string} message @param {number} offset */
function notBmp(message, offset) {
  return refused("not-bmp", message, offset);
}
