//! Outputs take what fits, and trap otherwise.

use std::fmt::Write as _;
use std::panic::catch_unwind;

use qip_module::{Out, Text};

/// Whether this traps, which natively is a panic.
fn traps(run: impl FnOnce() + std::panic::UnwindSafe) -> bool {
    catch_unwind(run).is_err()
}

#[test]
fn an_output_takes_as_much_as_its_capacity() {
    let mut buffer = [9; 4];
    let mut out = Out::over(&mut buffer);
    assert_eq!((out.capacity(), out.len()), (4, 0));
    out.push(1);
    out.extend_from_slice(&[2, 3]);
    out.grow(1)[0] = 4;
    out[0] = 7;
    assert_eq!(out[..], [7, 2, 3, 4]);
    // Nothing more fits, but nothing is no problem.
    out.extend_from_slice(&[]);
    assert_eq!(out.len(), 4);
}

#[test]
fn what_does_not_fit_traps() {
    assert!(traps(|| Out::over(&mut [0u8; 0]).push(1)));
    assert!(traps(
        || Out::over(&mut [0u8; 2]).extend_from_slice(&[1, 2, 3])
    ));
    assert!(traps(|| {
        let mut buffer = [0u8; 2];
        let mut out = Out::over(&mut buffer);
        out.push(1);
        // The sum of what there is and what is asked for has no room in a number either.
        out.grow(usize::MAX);
    }));
}

#[test]
fn text_is_written_whole_or_not_at_all() {
    let mut buffer = [0; 6];
    let mut out = Text::over(&mut buffer);
    assert!(out.is_empty());
    out.push('ü');
    out.push_str("ab");
    write!(out, "{}", 12).unwrap();
    assert_eq!((out.as_str(), out.len(), out.capacity()), ("üab12", 6, 6));
    assert!(traps(|| {
        let mut buffer = [0; 3];
        let mut out = Text::over(&mut buffer);
        out.push_str("ab");
        // Of two bytes there is room for one.
        out.push('ü');
    }));
}
