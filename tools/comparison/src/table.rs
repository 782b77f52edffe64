//! Tables of text, as Markdown and as CSV.

/// A table of text.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        Self { rows: vec![header.iter().map(ToString::to_string).collect()] }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Prints Markdown, with an empty line before and after.
    pub(crate) fn print(&self) {
        println!();
        for (number, row) in self.rows.iter().enumerate() {
            println!("| {} |", row.join(" | "));
            if number == 0 {
                println!("|{}", "---|".repeat(row.len()));
            }
        }
        println!();
    }

    /// Returns CSV (RFC 4180).
    pub(crate) fn csv(&self) -> String {
        let line = |row: &Vec<String>| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n";
        self.rows.iter().map(line).collect()
    }
}

/// Returns a cell, in quotes if it holds a comma or a quote.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_string() }
}

/// Returns a number in about three digits.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_commas_and_quotes_are_quoted() {
        let mut table = Table::new(&["path", "a, b"]);
        table.row(vec!["\"c\"".to_string(), "1".to_string()]);
        assert_eq!(table.csv(), "path,\"a, b\"\n\"\"\"c\"\"\",1\n");
    }

    #[test]
    fn numbers_have_about_three_digits() {
        assert_eq!([1234.5, 12.345, 1.2345, 0.012_345].map(number), ["1234", "12.3", "1.23", "0.0123"]);
    }
}
