//! Writes made news as JSON lines: `twinprint-generator MEGABYTES [SEED] > corpus.jsonl`.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use twinprint_generator::{Document, Generator, Settings};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let megabytes = arguments.first().and_then(|argument| argument.parse::<u64>().ok());
    let seed = arguments.get(1).map_or(Some(Settings::default().seed), |argument| argument.parse().ok());
    let (Some(megabytes), Some(seed)) = (megabytes, seed) else {
        eprintln!("usage: twinprint-generator MEGABYTES [SEED] > corpus.jsonl");
        return ExitCode::from(2);
    };
    match write(megabytes * 1_000_000, seed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("twinprint-generator: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes documents until there are so many bytes.
fn write(bytes: u64, seed: u64) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut written = 0;
    for Document { id, text, original } in Generator::new(Settings { seed, ..Settings::default() }) {
        let mut record = serde_json::Map::new();
        record.insert("id".to_string(), id.into());
        record.insert("text".to_string(), text.into());
        if let Some(original) = original {
            record.insert("original".to_string(), original.into());
        }
        let line = serde_json::to_string(&record)?;
        writeln!(out, "{line}")?;
        written += line.len() as u64 + 1;
        if written >= bytes {
            break;
        }
    }
    out.flush()
}
