//! The tables of BENCHMARKS.md, written from recorded measurements.
//!
//! Each table is a CSV file in `benches/record`. The page names it between two markers, and what is between them is
//! generated: a new measurement replaces a file, and the prose around the table stays.
//!
//! ```text
//! <!-- table: growth.csv -->
//! <!-- end -->
//! ```

mod csv;
mod page;

use std::collections::BTreeMap;
use std::fs;

use crate::process::{Outcome, Repository, heading};
use csv::Record;

/// Rewrites the tables of the page, or with `--check` compares them with the records and changes nothing.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> Outcome<()> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err("usage: cargo xtask record [--check]".into()),
    };
    heading("BENCHMARKS.md and benches/record");
    let path = repository.root.join("BENCHMARKS.md");
    let old = fs::read_to_string(&path)?;
    let new = page::render(&old, &records(repository)?)?;
    if new == old {
        println!("the page agrees with the records");
        return Ok(());
    }
    if check {
        return Err("BENCHMARKS.md disagrees with benches/record; `cargo xtask record` rewrites its tables".into());
    }
    println!("rewritten");
    Ok(fs::write(&path, new)?)
}

/// Reads every record, by file name.
fn records(repository: &Repository) -> Outcome<BTreeMap<String, Record>> {
    let mut records = BTreeMap::new();
    for entry in fs::read_dir(repository.root.join("benches/record"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let record = Record::parse(&fs::read_to_string(&path)?).map_err(|error| format!("{name}: {error}"))?;
            records.insert(name, record);
        }
    }
    Ok(records)
}
