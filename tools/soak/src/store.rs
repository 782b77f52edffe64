//! Kills of `twinprint index` at random moments: what was committed is there and right.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::corpus::Corpus;
use crate::random::Random;
use crate::run::Command;

/// Documents of a commit.
const COMMIT: u64 = 100;

/// Kills additions, removals, expiry and compaction at random moments. After each kill the index is whole: it holds documents up to a
/// commit, every file of it is sound, and it opens at once.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let (documents, kills) = if quick { (2_000, 12) } else { (100_000, 500) };
    let corpus = Corpus::write(folder, documents, 0)?;
    let (index, ids) = (folder.join("index"), folder.join("ids.txt"));
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let (index_name, corpus_name, ids_name) = (path(&index), path(&corpus.path), path(&ids));
    let every = COMMIT.to_string();
    let mut out = BufWriter::new(fs::File::create(&ids)?);
    for document in corpus.again().step_by(3) {
        writeln!(out, "{}", document.id)?;
    }
    out.into_inner().context("ids.txt")?.sync_all()?;
    command.succeed(&["index", "create", &index_name])?;
    let add = ["index", "add", &index_name, &corpus_name, "--commit-every", &every];
    let whole = ["index", "add", &index_name, &corpus_name];
    let remove = ["index", "remove", &index_name, "--from", &ids_name];
    let compact = ["index", "compact", &index_name];
    let expire = ["index", "expire", &index_name, "--older-than", "1s"];
    let undisturbed = command.succeed(&add)?.seconds;
    let mut random = Random::new(17);
    let (mut slowest, mut ended, mut sizes) = (0.0_f64, 0, BTreeSet::new());
    for kill in 0..kills {
        let (arguments, seconds): (&[&str], f64) = match kill % 5 {
            0 | 1 => (&add, undisturbed),
            2 => (&whole, undisturbed),
            3 => (&remove, undisturbed / 10.0),
            _ if kill % 2 == 0 => (&compact, undisturbed / 5.0),
            _ => (&expire, undisturbed / 20.0),
        };
        let before = held(command, &index)?;
        let ran = command.run(arguments, Some(Duration::from_secs_f64(seconds * random.fraction())))?;
        match ran.status {
            None => {}
            Some(0) => ended += 1,
            Some(status) => bail!("status {status} after a kill: {}", ran.message),
        }
        let started = Instant::now();
        let now = held(command, &index)?;
        slowest = slowest.max(started.elapsed().as_secs_f64());
        sizes.insert(now);
        // Documents are added a hundred at a time or all at once; these are removed or expire all at once.
        let third = documents.div_ceil(3);
        let is_state = match kill % 5 {
            0 | 1 => now >= before,
            2 => now == before || now == documents,
            3 => now == before || now + third >= before && now < before,
            _ if kill % 2 == 0 => now == before,
            // What was added within the last second stays.
            _ => now <= before,
        };
        if !is_state || now > documents {
            bail!("kill {kill} of {arguments:?}: {before} documents before it, {now} after it");
        }
        command.succeed(&["index", "verify", &index_name])?;
    }
    command.succeed(&whole)?;
    if held(command, &index)? != documents {
        bail!("documents are missing after all kills");
    }
    println!("### Kills of an index\n");
    println!(
        "`twinprint index` add, remove, expire and compact on {documents} documents: killed {kills} times at random moments ({ended} had \
         ended). The index was whole each time, with {} different numbers of documents; the slowest opening took {slowest:.2} s.\n",
        sizes.len()
    );
    fs::remove_file(&corpus.path)?;
    fs::remove_file(&ids)?;
    Ok(fs::remove_dir_all(&index)?)
}

/// Returns the number of documents in an index.
fn held(command: &Command, index: &Path) -> Result<u64> {
    let output = std::process::Command::new(&command.path).args(["index", "info", "--json"]).arg(index).output()?;
    let info: serde_json::Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("index info: {}", String::from_utf8_lossy(&output.stderr)))?;
    info["documents"].as_u64().context("index info has no documents")
}
