//! Modules that are out to harm the checker: no panic, no hang, memory linear in size.

use std::borrow::Cow;

use allocation_counter::measure;
use qip_check::{Options, Place, Report, check};
use wasm_encoder::{CustomSection, Encode, Section};

use crate::places::{WRONG, with_lines};

fn checked(bytes: &[u8]) -> Report {
    check(bytes, &Options::standard())
}

/// Every byte replaced by some others, and every length: of a module with names and DWARF.
#[test]
fn damaged_modules() {
    let wasm = with_lines(WRONG);
    for length in 0..wasm.len() {
        checked(&wasm[..length]);
    }
    for at in 0..wasm.len() {
        for byte in [
            0x00,
            0x01,
            0x7f,
            0x80,
            0xff,
            wasm[at] ^ 1,
            wasm[at].wrapping_add(1),
        ] {
            let mut damaged = wasm.clone();
            damaged[at] = byte;
            checked(&damaged);
        }
    }
}

/// Text that is cut anywhere.
#[test]
fn damaged_text() {
    for (at, _) in WRONG.char_indices() {
        checked(&WRONG.as_bytes()[..at]);
    }
}

/// A module with findings in functions, and custom sections behind.
fn with_sections(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut wasm = wat::parse_str(WRONG).unwrap();
    for (name, data) in sections {
        let section = CustomSection {
            name: Cow::Borrowed(name),
            data: Cow::Borrowed(data),
        };
        wasm.push(section.id());
        section.encode(&mut wasm);
    }
    wasm
}

/// A header of version 5 whose files take no bytes, and are more than memory can hold.
#[test]
fn files_without_bytes() {
    const PATH: u8 = 1;
    const FLAG_PRESENT: u8 = 0x19;
    const MANY: [u8; 9] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    let mut header = vec![1, 1, 1, 0xfb, 14, 1];
    header.extend([1, PATH, FLAG_PRESENT]);
    header.extend(MANY);
    header.extend([1, PATH, FLAG_PRESENT]);
    header.extend(MANY);
    let mut unit = vec![5, 0, 4, 0];
    unit.extend(u32::try_from(header.len()).unwrap().to_le_bytes());
    unit.extend(&header);
    let mut line = u32::try_from(unit.len()).unwrap().to_le_bytes().to_vec();
    line.extend(&unit);
    let report = checked(&with_sections(&[(".debug_line", &line)]));
    let places = report
        .findings
        .iter()
        .filter_map(|finding| finding.place.as_ref());
    assert!(
        places
            .into_iter()
            .all(|place| !matches!(place, Place::Source { .. }))
    );
}

/// Units of a few bytes that name one long table of abbreviations, or one within the other,
/// and entries of two bytes with very many attributes that take none.
#[test]
fn long_lists_that_are_named_often() {
    /// From here on a code takes two bytes.
    const FIRST_CODE: usize = 128;
    /// A code, a variable without children, 50 attributes of two bytes, an end of two.
    const ABBREVIATION: usize = 2 + 2 + 50 * 2 + 2;
    let peak = |units: usize, abbreviations: usize, is_nested: bool| {
        let mut abbrev = Vec::new();
        for code in FIRST_CODE..FIRST_CODE + abbreviations {
            code.encode_uleb(&mut abbrev);
            abbrev.extend([0x34, 0]);
            for _ in 0..50 {
                // A name that takes no bytes.
                abbrev.extend([0x03, 0x19]);
            }
            abbrev.extend([0, 0]);
        }
        assert_eq!(abbrev.len(), abbreviations * ABBREVIATION);
        abbrev.push(0);
        let mut info = Vec::new();
        for unit in 0..units {
            let first = if is_nested { unit % abbreviations } else { 0 };
            let table = u32::try_from(first * ABBREVIATION).unwrap();
            // Length, version 4, the table, addresses of 4 bytes, and entries.
            info.extend(27_u32.to_le_bytes());
            info.extend([4, 0]);
            info.extend(table.to_le_bytes());
            info.push(4);
            for _ in 0..10 {
                (FIRST_CODE + first).encode_uleb(&mut info);
            }
        }
        let line = [0_u8; 4];
        let wasm = with_sections(&[
            (".debug_info", &info),
            (".debug_abbrev", &abbrev),
            (".debug_line", &line),
        ]);
        let size = wasm.len();
        let memory = measure(|| drop(checked(&wasm)));
        (size as u64, memory.bytes_total, memory.count_total)
    };
    for (units, abbreviations, is_nested) in [
        (10, 10, false),
        (2_000, 10, false),
        (10, 500, false),
        (2_000, 500, false),
        (500, 500, true),
    ] {
        let (size, bytes, allocations) = peak(units, abbreviations, is_nested);
        let what = format!("{units} units, {abbreviations} abbreviations, {is_nested}");
        assert!(bytes < 400 * size + 4_000_000, "{what}: {bytes} of {size}");
        assert!(allocations < 10 * size + 100_000, "{what}: {allocations}");
    }
}

trait Uleb {
    fn encode_uleb(self, to: &mut Vec<u8>);
}

impl Uleb for usize {
    fn encode_uleb(mut self, to: &mut Vec<u8>) {
        while self >= 0x80 {
            to.push((self & 0x7f) as u8 | 0x80);
            self >>= 7;
        }
        to.push(self as u8);
    }
}

/// As many exports, imports, functions and names as fit: memory grows with the size.
#[test]
fn many_of_everything() {
    let peak = |count: usize| {
        let mut wat = String::from("(module (memory (export \"memory\") 1)");
        for n in 0..count {
            wat += &format!("(func $f{n} (export \"uniform_{n}\") (result i64) (i64.const {n}))");
        }
        wat.push(')');
        let wasm = wat::parse_str(&wat).unwrap();
        let memory = measure(|| drop(checked(&wasm)));
        (wasm.len() as u64, memory.bytes_max)
    };
    let ((small, small_bytes), (large, large_bytes)) = (peak(500), peak(4_000));
    let (least, most) = (small_bytes / small, large_bytes / large);
    assert!(most < 3 * least.max(200), "{least} to {most} for each byte");
}

/// Custom sections of three bytes each: what is kept of them is bounded, and they still add up.
#[test]
fn many_sections() {
    const SECTIONS: usize = 200_000;
    let mut wasm = wat::parse_str(WRONG).unwrap();
    for _ in 0..SECTIONS {
        wasm.extend([0, 1, 0]);
    }
    let memory = measure(|| drop(checked(&wasm)));
    assert!(memory.bytes_max < 4_000_000, "{}", memory.bytes_max);
    let inspection = qip_check::inspect::inspect(&wasm, &Options::standard()).unwrap();
    let bytes: usize = inspection
        .sections
        .iter()
        .map(|section| section.bytes)
        .sum();
    assert_eq!(bytes, wasm.len());
}
