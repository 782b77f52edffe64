//! Kills at random moments, each followed by a new start.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{collections::BTreeMap, fs};

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::random::Random;
use crate::run::Command;

/// The output files that must not depend on interruptions.
const OUTPUTS: [&str; 5] = ["kept.jsonl", "removed.jsonl", "pairs.tsv", "clusters.tsv", "config.toml"];

/// Kills `dedup` at random moments, and resumes it each time until it is complete. Compares every complete output with that of an
/// undisturbed run.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let (documents, kills) = if quick { (30_000, 5) } else { (100_000, 500) };
    let corpus = Corpus::write(folder, documents, documents / 26)?;
    let (whole, killed) = (folder.join("whole"), folder.join("killed"));
    let undisturbed = command.succeed(&arguments(&corpus, &whole).each_ref().map(String::as_str))?;
    let expected = read(&whole)?;
    let arguments = arguments(&corpus, &killed);
    let arguments = arguments.each_ref().map(String::as_str);
    let mut random = Random::new(4);
    let (mut happened, mut complete) = (0, 0);
    while happened < kills {
        let moment = Duration::from_secs_f64(undisturbed.seconds * random.fraction());
        let ran = command.run(&arguments, Some(moment))?;
        match ran.status {
            None => happened += 1,
            // It ended before the kill. The next run starts from nothing.
            Some(0) => {
                complete += 1;
                compare(&killed, &expected)?;
                fs::remove_dir_all(&killed)?;
            }
            Some(status) => bail!("status {status} after a kill: {}", ran.message),
        }
    }
    command.succeed(&arguments)?;
    compare(&killed, &expected)?;
    println!("### Kills\n");
    println!(
        "`twinprint dedup` on {documents} documents ({:.1} s undisturbed): killed {happened} times at random moments, and resumed each \
         time. {} outputs were complete, all with the bytes of the undisturbed run.\n",
        undisturbed.seconds,
        complete + 1
    );
    fs::remove_file(&corpus.path)?;
    fs::remove_dir_all(&whole)?;
    Ok(fs::remove_dir_all(&killed)?)
}

fn compare(folder: &Path, expected: &BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    if read(folder)? != *expected {
        bail!("the output after kills differs from that of an undisturbed run");
    }
    Ok(())
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
