//! Time, memory and disk space as a corpus grows.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::run::{Command, size_of};
use crate::truth;

const MEGA: f64 = 1e6;

/// The minimum Jaccard similarity of a pair.
const THRESHOLD: f64 = 0.5;

/// Runs `pairs` on corpora of growing size, and checks each result.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let (sizes, memory): (&[u64], _) =
        if quick { (&[10_000, 40_000], "128M") } else { (&[50_000, 200_000, 1_000_000, 5_250_000], "1G") };
    println!("### Growth: `twinprint pairs --words 3 --threshold {THRESHOLD} --memory {memory}`\n");
    println!("One in 25 documents holds one and the same text, and one in 25 one form with changing figures.\n");
    println!(
        "| documents | MB | threads | s | MB/s | documents/s | resident MB | disk, bytes a document | recall of planted | without their leader |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for &documents in sizes {
        let corpus = Corpus::write(folder, documents, documents / 26)?;
        for threads in ["1", "2"] {
            one(command, folder, &corpus, (memory, threads))?;
        }
        fs::remove_file(&corpus.path)?;
    }
    println!();
    Ok(())
}

fn one(command: &Command, folder: &Path, corpus: &Corpus, (memory, threads): (&str, &str)) -> Result<()> {
    let (work, pairs) = (folder.join("work"), folder.join("pairs.tsv"));
    let threshold = THRESHOLD.to_string();
    let paths = [&corpus.path, &work, &pairs].map(|path| path.to_string_lossy().into_owned());
    let arguments = [
        "pairs",
        &paths[0],
        "--words",
        "3",
        "--threshold",
        &threshold,
        "--memory",
        memory,
        "--threads",
        threads,
        "--work",
        &paths[1],
        "--output",
        &paths[2],
    ];
    let ran = command.succeed(&arguments)?;
    let disk = size_of(&work);
    fs::remove_dir_all(&work)?;
    let found = truth::check(corpus, &pairs, THRESHOLD)?;
    fs::remove_file(&pairs)?;
    let limit = memory_bytes(memory);
    println!(
        "| {} | {:.0} | {threads} | {:.1} | {:.1} | {:.0} | {:.0} | {} | {:.4} | {} |",
        corpus.documents,
        corpus.bytes as f64 / MEGA,
        ran.seconds,
        corpus.bytes as f64 / MEGA / ran.seconds,
        corpus.documents as f64 / ran.seconds,
        ran.resident as f64 / MEGA,
        disk / corpus.documents,
        found.recall(),
        found.without_leader
    );
    if ran.resident > limit {
        bail!("{} bytes were resident, and {limit} are allowed", ran.resident);
    }
    if found.planted < 100 || found.recall() < 0.99 || found.without_leader > 0 || found.checked == 0 {
        bail!("the promise is a recall of 0.99 and every document's leader: {found:?}");
    }
    Ok(())
}

fn memory_bytes(memory: &str) -> u64 {
    let (number, unit) = memory.split_at(memory.len() - 1);
    number.parse::<u64>().unwrap_or(0) << if unit == "G" { 30 } else { 20 }
}
