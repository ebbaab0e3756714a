//! Text that is read with its lines, and text that is written in columns.

/// The line of a byte offset, from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}

/// Rows in aligned columns, one a line. Columns are parted by two spaces; the second
/// one is aligned to the right, for it is the one with numbers.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    });
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let pad = " ".repeat(width - cell.chars().count());
            let (before, after) = if column == 1 {
                (&*pad, "")
            } else {
                ("", &*pad)
            };
            if column > 0 {
                line.push_str("  ");
            }
            line.extend([before, cell, after]);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A count with its noun: `1 module`, `2 modules`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_start_at_one() {
        assert_eq!(line_at("a\nb\n", 0), 1);
        assert_eq!(line_at("a\nb\n", 2), 2);
        assert_eq!(line_at("a\nb\n", 99), 3);
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [["module", "bytes", "sha256"], ["a", "12", "ff"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "module  bytes  sha256\na          12  ff\n");
    }
}
