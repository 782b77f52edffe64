//! Kills at random moments, each followed by a new start.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{collections::BTreeMap, fs};

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::run::Command;

/// The output files that must not depend on interruptions.
const OUTPUTS: [&str; 5] = ["kept.jsonl", "removed.jsonl", "pairs.tsv", "clusters.tsv", "config.toml"];

/// Kills `dedup` many times, resumes it each time, and compares its output with that of an undisturbed run.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let (documents, kills) = if quick { (30_000, 5) } else { (200_000, 20) };
    let corpus = Corpus::write(folder, documents, documents / 26)?;
    let (whole, killed) = (folder.join("whole"), folder.join("killed"));
    let undisturbed = command.succeed(&arguments(&corpus, &whole).each_ref().map(String::as_str))?;
    let (mut happened, mut number) = (0, 0);
    while happened < kills {
        number += 1;
        // Multiples of the golden ratio spread the moments evenly over the run.
        let moment = undisturbed.seconds * ((f64::from(number) * 0.618).fract() * 0.95 + 0.02);
        let arguments = arguments(&corpus, &killed);
        let ran = command.run(&arguments.each_ref().map(String::as_str), Some(Duration::from_secs_f64(moment)))?;
        match ran.status {
            None => happened += 1,
            // It ended before the kill; the next run starts from nothing.
            Some(0) => fs::remove_dir_all(&killed)?,
            Some(status) => bail!("status {status} after a kill: {}", ran.message),
        }
    }
    let last = command.run(&arguments(&corpus, &killed).each_ref().map(String::as_str), None)?;
    if last.status != Some(0) {
        bail!("status {:?} at last: {}", last.status, last.message);
    }
    if read(&whole)? != read(&killed)? {
        bail!("the output after kills differs from that of an undisturbed run");
    }
    println!("### Kills\n");
    println!(
        "`twinprint dedup` on {documents} documents ({:.1} s undisturbed): killed {happened} times, resumed each time; the same bytes. \
         The last run took {:.1} s.\n",
        undisturbed.seconds, last.seconds
    );
    fs::remove_file(&corpus.path)?;
    fs::remove_dir_all(&whole)?;
    Ok(fs::remove_dir_all(&killed)?)
}

fn arguments(corpus: &Corpus, output: &Path) -> [String; 10] {
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let [command, words, three, threshold, half] = ["dedup", "--words", "3", "--threshold", "0.5"].map(String::from);
    let [memory, size, to] = ["--memory", "128M", "--output"].map(String::from);
    [command, path(&corpus.path), words, three, threshold, half, memory, size, to, path(output)]
}

fn read(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    OUTPUTS.iter().map(|name| Ok((name.into(), fs::read(folder.join(name))?))).collect()
}
