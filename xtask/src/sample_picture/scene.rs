//! A scene to try filters on: sky, clouds, a tiled floor, a wall of bricks, and spheres of
//! skin, mirror, cloth and glaze. Smooth gradients, fine texture and sharp edges.
//!
//! Nothing is used but arithmetic and square roots, which are the same to the last bit on
//! every platform; so is the picture.

use std::ops::{Add, Mul, Sub};
use std::thread;

/// A point, a direction, or light in red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq)]
struct V(f64, f64, f64);

impl Add for V {
    type Output = V;

    fn add(self, other: V) -> V {
        V(self.0 + other.0, self.1 + other.1, self.2 + other.2)
    }
}

impl Sub for V {
    type Output = V;

    fn sub(self, other: V) -> V {
        V(self.0 - other.0, self.1 - other.1, self.2 - other.2)
    }
}

impl Mul<f64> for V {
    type Output = V;

    fn mul(self, factor: f64) -> V {
        V(self.0 * factor, self.1 * factor, self.2 * factor)
    }
}

impl V {
    fn dot(self, other: V) -> f64 {
        self.0 * other.0 + self.1 * other.1 + self.2 * other.2
    }

    fn unit(self) -> V {
        self * (1.0 / self.dot(self).sqrt())
    }

    /// Channel by channel.
    fn filter(self, other: V) -> V {
        V(self.0 * other.0, self.1 * other.1, self.2 * other.2)
    }

    fn mix(self, other: V, part: f64) -> V {
        self * (1.0 - part) + other * part
    }

    fn mirrored(self, normal: V) -> V {
        self - normal * (2.0 * self.dot(normal))
    }
}

const EYE: V = V(0.0, 1.25, -5.2);
const SUN: V = V(-0.62, 0.62, -0.48);
const SUNLIGHT: V = V(1.25, 1.15, 0.98);
const SKYLIGHT: V = V(0.26, 0.32, 0.42);
const HAZE: V = V(0.78, 0.80, 0.80);

/// What something is made of.
#[derive(Clone, Copy)]
enum Matter {
    Skin,
    Mirror,
    Cloth,
    Glaze,
    Tiles,
    Bricks,
}

/// Centre, radius, matter.
const SPHERES: [(V, f64, Matter); 5] = [
    (V(-1.45, 0.95, 0.1), 0.95, Matter::Skin),
    (V(0.55, 0.80, 0.75), 0.80, Matter::Mirror),
    (V(1.95, 0.55, -0.55), 0.55, Matter::Cloth),
    (V(-0.25, 0.28, -1.35), 0.28, Matter::Glaze),
    (V(0.62, 0.17, -1.75), 0.17, Matter::Glaze),
];

/// The wall's front, its left and right end, and its top.
const WALL: (f64, f64, f64, f64) = (3.2, 0.4, 5.2, 1.9);

/// Where a ray ends.
struct Hit {
    distance: f64,
    normal: V,
    matter: Matter,
}

/// The picture: RGB, row-major, with four rays for each pixel.
pub(super) fn render(width: u32, height: u32) -> Vec<u8> {
    let line = width as usize * 3;
    let mut pixels = vec![0; line * height as usize];
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let rows = (height as usize).div_ceil(threads);
    thread::scope(|scope| {
        for (part, pixels) in pixels.chunks_mut(line * rows).enumerate() {
            scope.spawn(move || {
                for (row, line) in pixels.chunks_mut(line).enumerate() {
                    let y = part * rows + row;
                    for (x, pixel) in line.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                        *pixel = colour(x, y, width, height);
                    }
                }
            });
        }
    });
    pixels
}

fn colour(x: usize, y: usize, width: u32, height: u32) -> [u8; 3] {
    let scale = 1.16 / f64::from(height);
    let mut light = V(0.0, 0.0, 0.0);
    for (dx, dy) in [(0.25, 0.375), (0.75, 0.125), (0.25, 0.875), (0.75, 0.625)] {
        let right = (x as f64 + dx - f64::from(width) / 2.0) * scale;
        let up = (f64::from(height) / 2.0 - y as f64 - dy) * scale;
        let along = V(right, up - 0.07, 1.35).unit();
        light = light + seen(EYE, along, 2) * 0.25;
    }
    // The eye's own curve, near enough.
    [light.0, light.1, light.2].map(|part| (part.clamp(0.0, 1.0).sqrt() * 255.0 + 0.5) as u8)
}

/// The light that comes from where a ray leads to.
fn seen(from: V, along: V, bounces: u32) -> V {
    let Some(hit) = nearest(from, along) else {
        return sky(along);
    };
    let at = from + along * hit.distance;
    let normal = hit.normal;
    let away = at + normal * 1e-6;
    let sun = SUN.unit();
    let slant = normal.dot(sun);
    let is_lit = slant > 0.0 && nearest(away, sun).is_none();
    let sunny = if is_lit { slant } else { 0.0 };
    let open = 0.5 + 0.5 * normal.1;
    let diffuse =
        |colour: V, sunny: f64| colour.filter(SUNLIGHT * sunny + SKYLIGHT * (0.35 + 0.65 * open));
    let mirror = || match bounces {
        0 => HAZE,
        _ => seen(away, along.mirrored(normal), bounces - 1),
    };
    // More at a flat angle.
    let edge = 1.0 - normal.dot(along).abs();
    let edge = edge * edge * edge * edge;
    let gleam = match is_lit {
        true => {
            let shine = along.mirrored(normal).dot(sun).max(0.0);
            power(shine, 6) * 0.8
        }
        false => 0.0,
    };
    let light = match hit.matter {
        Matter::Skin => {
            // Light goes round the edge of shadow, and comes out redder.
            let wrapped = ((slant + 0.35) / 1.35).max(0.0);
            let is_shaded = slant > 0.0 && !is_lit;
            let soft = if is_shaded { wrapped * 0.35 } else { wrapped };
            let blush = fbm(at * 1.7, 3);
            let tone = V(0.80, 0.53, 0.41).mix(V(0.86, 0.47, 0.38), blush);
            let pores = 0.97 + 0.06 * fbm(at * 34.0, 2);
            diffuse(tone * pores, soft) + V(0.08, 0.015, 0.0) * (soft * (1.0 - soft) * 2.0)
        }
        Matter::Mirror => mirror().filter(V(0.88, 0.90, 0.92)) + V(1.0, 1.0, 1.0) * gleam,
        Matter::Cloth => {
            let spot = (at - SPHERES[2].0) * 9.0;
            let weave = fbm(at * 60.0, 2) * 0.5 + 0.75;
            let is_thread = fraction(spot.1 + 0.35 * spot.0) < 0.5;
            let base = match is_thread {
                true => V(0.12, 0.30, 0.52),
                false => V(0.83, 0.78, 0.62),
            };
            diffuse(base * weave, sunny)
        }
        Matter::Glaze => {
            let base = match at.0 < 0.3 {
                true => V(0.62, 0.07, 0.06),
                false => V(0.10, 0.40, 0.20),
            };
            diffuse(base, sunny).mix(mirror(), 0.05 + 0.5 * edge) + V(1.0, 1.0, 1.0) * gleam
        }
        Matter::Tiles => {
            let is_dark = (at.0.floor() + at.2.floor()) % 2.0 != 0.0;
            let veins = fbm(at * 2.3 + V(7.0, 0.0, 3.0), 4);
            let base = match is_dark {
                true => V(0.20, 0.17, 0.16).mix(V(0.34, 0.30, 0.27), veins),
                false => V(0.74, 0.69, 0.61).mix(V(0.58, 0.52, 0.45), veins),
            };
            diffuse(base, sunny).mix(mirror(), 0.03 + 0.25 * edge)
        }
        Matter::Bricks => {
            let course = at.1 / 0.16;
            let along = at.0 / 0.42 + 0.5 * (course.floor() % 2.0);
            let is_joint = fraction(course) < 0.12 || fraction(along) < 0.05;
            let own = lattice(along.floor() as i64, course.floor() as i64, 5);
            let rough = 0.8 + 0.4 * fbm(at * 18.0, 3);
            let base = match is_joint {
                true => V(0.56, 0.54, 0.50),
                false => V(0.42, 0.17, 0.11).mix(V(0.62, 0.32, 0.20), own),
            };
            diffuse(base * rough, sunny)
        }
    };
    // Air lies before what is far away, and hides a texture that is finer than a pixel.
    let far = hit.distance / (hit.distance + 26.0);
    light.mix(HAZE, far * far * 1.6_f64.min(1.0 / (far + 0.01)))
}

fn sky(along: V) -> V {
    let up = along.1.max(0.0);
    let blue = HAZE.mix(V(0.10, 0.27, 0.62), (up * 2.2).min(1.0).sqrt());
    let plane = along * (1.0 / (up + 0.09));
    let cloud = fbm(V(plane.0 * 0.8 + 3.1, 0.5, plane.2 * 0.8), 5);
    let cover = ((cloud - 0.47) * 4.0).clamp(0.0, 1.0) * (up * 9.0).min(1.0);
    let glow = power(along.dot(SUN.unit()).max(0.0), 4);
    blue.mix(V(0.97, 0.95, 0.93), cover) + V(0.30, 0.22, 0.10) * glow
}

fn nearest(from: V, along: V) -> Option<Hit> {
    let mut found: Option<Hit> = None;
    let mut keep = |distance: f64, normal: V, matter: Matter| {
        if distance > 1e-5 && found.as_ref().is_none_or(|hit| distance < hit.distance) {
            found = Some(Hit {
                distance,
                normal,
                matter,
            });
        }
    };
    if along.1 < 0.0 {
        keep(-from.1 / along.1, V(0.0, 1.0, 0.0), Matter::Tiles);
    }
    let (front, left, right, top) = WALL;
    if along.2 > 0.0 && from.2 < front {
        let distance = (front - from.2) / along.2;
        let at = from + along * distance;
        if (left..right).contains(&at.0) && (0.0..top).contains(&at.1) {
            keep(distance, V(0.0, 0.0, -1.0), Matter::Bricks);
        }
    }
    for (centre, radius, matter) in SPHERES {
        let to = centre - from;
        let half = to.dot(along);
        let root = half * half - to.dot(to) + radius * radius;
        if root > 0.0 {
            let distance = half - root.sqrt();
            let normal = (from + along * distance - centre) * (1.0 / radius);
            keep(distance, normal, matter);
        }
    }
    found
}

/// A number to the power of two to the `doublings`.
fn power(number: f64, doublings: u32) -> f64 {
    (0..doublings).fold(number, |number, _| number * number)
}

fn fraction(number: f64) -> f64 {
    number - number.floor()
}

/// Noise of several sizes, from 0 to 1.
fn fbm(at: V, octaves: u32) -> f64 {
    let (mut sum, mut weight, mut at) = (0.0, 0.5, at);
    for _ in 0..octaves {
        sum += weight * noise(at);
        weight *= 0.5;
        at = at * 2.03 + V(1.7, 9.2, 4.1);
    }
    sum / (1.0 - weight * 2.0)
}

/// Smooth noise: a random number at each whole point, and what lies between them.
fn noise(at: V) -> f64 {
    let corner = [at.0, at.1, at.2].map(|part| part.floor() as i64);
    let [x, y, z] = [at.0, at.1, at.2].map(|part| {
        let part = fraction(part);
        part * part * (3.0 - 2.0 * part)
    });
    let point = |dx, dy, dz| lattice(corner[0] + dx, corner[1] + dy, corner[2] + dz);
    let mix = |from: f64, to: f64, part: f64| from + (to - from) * part;
    let edge = |dy, dz| mix(point(0, dy, dz), point(1, dy, dz), x);
    let side = |dz| mix(edge(0, dz), edge(1, dz), y);
    mix(side(0), side(1), z)
}

/// A number from 0 to 1 for a whole point.
fn lattice(x: i64, y: i64, z: i64) -> f64 {
    let mut hash = (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
        ^ (z as u64).wrapping_mul(0x1656_67b1_9e37_79f9);
    hash ^= hash >> 31;
    hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash ^= hash >> 29;
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_picture_is_the_same_each_time_and_no_flat_field() {
        let picture = render(60, 40);
        assert_eq!(picture.len(), 60 * 40 * 3);
        assert_eq!(render(60, 40), picture);
        let mut colours: Vec<[u8; 3]> = picture.as_chunks().0.to_vec();
        colours.sort_unstable();
        colours.dedup();
        assert!(colours.len() > 1000, "{} colours", colours.len());
    }

    #[test]
    fn one_pixel_is_a_picture() {
        assert_eq!(render(1, 1).len(), 3);
    }
}
