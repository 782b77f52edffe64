//! Writes generated news as JSON lines: `twinprint-generator MEGABYTES [SEED [GIANTS]] > corpus.jsonl`.
//!
//! GIANTS documents hold one text, and as many again one form with changing figures; see the library.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use twinprint_generator::{Document, Generator, Settings};

fn main() -> ExitCode {
    let numbers = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let numbers: Vec<u64> = numbers.collect::<Result<_, _>>().unwrap_or_default();
    let settings = Settings::default();
    let (megabytes, seed, giants) = match numbers[..] {
        [megabytes] => (megabytes, settings.seed, 0),
        [megabytes, seed] => (megabytes, seed, 0),
        [megabytes, seed, giants] => (megabytes, seed, giants),
        _ => {
            eprintln!("usage: twinprint-generator MEGABYTES [SEED [GIANTS]] > corpus.jsonl");
            return ExitCode::from(2);
        }
    };
    match write(megabytes * 1_000_000, Settings { seed, giants, ..settings }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("twinprint-generator: {error}");
            ExitCode::from(2)
        }
    }
}

/// Writes documents until they have at least this many bytes.
fn write(bytes: u64, settings: Settings) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut written = 0;
    for Document { id, text, original } in Generator::new(settings) {
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
