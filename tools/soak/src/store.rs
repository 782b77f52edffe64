//! Kills of `twinprint index` at random moments: what was committed is there and right.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use twinprint::store::{Prepared, View};

use crate::corpus::Corpus;
use crate::random::Random;
use crate::run::Command;

/// Documents of a commit.
const COMMIT: u64 = 100;

/// Kills additions, removals, expiry and compaction at random moments. After each kill the index is whole: it holds documents up to a
/// commit, every file of it is sound, and it opens at once.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let (documents, kills) = if quick { (2_000, 12) } else { (30_000, 500) };
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
    let truth = truth(&corpus, &index)?;
    let undisturbed = |arguments: &[&str]| command.succeed(arguments).map(|ran| ran.seconds);
    let (adding, removing) = (undisturbed(&add)?, undisturbed(&remove)?);
    let (adding_whole, compacting, expiring) = (undisturbed(&whole)?, undisturbed(&compact)?, undisturbed(&expire)?);
    let mut random = Random::new(17);
    let (mut slowest, mut ended, mut sizes) = (0.0_f64, 0, BTreeSet::new());
    for kill in 0..kills {
        let (arguments, seconds): (&[&str], f64) = match kill % 5 {
            0 | 1 => (&add, adding),
            2 => (&whole, adding_whole),
            3 => (&remove, removing),
            _ if kill % 2 == 0 => (&compact, compacting),
            _ => (&expire, expiring),
        };
        let before = held(&index, &truth)?.0;
        let ran = command.run(arguments, Some(Duration::from_secs_f64(1.2 * seconds * random.fraction())))?;
        match ran.status {
            None => {}
            Some(0) => ended += 1,
            Some(status) => bail!("status {status} after a kill: {}", ran.message),
        }
        let (now, seconds) = held(&index, &truth)?;
        slowest = slowest.max(seconds);
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
    }
    command.succeed(&whole)?;
    if held(&index, &truth)?.0 != documents {
        bail!("documents are missing after all kills");
    }
    println!("### Kills of an index\n");
    println!(
        "`twinprint index` add, remove, expire and compact on {documents} documents: killed {kills} times at random moments ({ended} had \
         ended). The index was whole each time, every document as its text makes it, with {} different numbers of documents; the slowest opening took {slowest:.2} s.\n",
        sizes.len()
    );
    fs::remove_file(&corpus.path)?;
    fs::remove_file(&ids)?;
    Ok(fs::remove_dir_all(&index)?)
}

/// Returns what must be stored of each document.
fn truth(corpus: &Corpus, index: &Path) -> Result<HashMap<String, Prepared>> {
    let preparer = View::open(index)?.preparer();
    corpus.again().map(|document| Ok((document.id.to_string(), preparer.text(&document.text)?))).collect()
}

/// Returns the number of documents in an index, each of which must be as it was added, and the seconds that opening took.
fn held(index: &Path, truth: &HashMap<String, Prepared>) -> Result<(u64, f64)> {
    let started = Instant::now();
    let view = View::open(index)?;
    let seconds = started.elapsed().as_secs_f64();
    view.verify()?;
    for document in view.documents() {
        let document = document?;
        if truth.get(&document.id) != Some(&document.prepared) {
            bail!("document {} is not what was added", document.id);
        }
    }
    Ok((view.len() as u64, seconds))
}
