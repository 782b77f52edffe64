//! Work files that were damaged.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::random::{Damage, Random};
use crate::run::Command;

/// Damages stored files, and removes or exchanges some. Each time the same run must fail with the name of the file or give the same
/// bytes.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let changes = if quick { 80 } else { 5_000 };
    let corpus = Corpus::write(folder, 400, 10)?;
    let (work, pairs) = (folder.join("stored"), folder.join("stored.tsv"));
    let [input, stored, output] = [&corpus.path, &work, &pairs].map(|path| path.to_string_lossy().into_owned());
    let arguments = ["pairs", &input, "--work", &stored, "--output", &output];
    command.succeed(&arguments)?;
    let expected = fs::read(&pairs)?;
    let sound = read(&work)?;
    let (mut refused, mut same) = (0, 0);
    let mut random = Random::new(1);
    let last = work.join("joined");
    for number in 0..changes {
        let (path, bytes) = &sound[random.below(sound.len())];
        let mut damaged = Some(bytes.clone());
        let kind = random.below(Damage::ALL.len() + 2);
        match Damage::ALL.get(kind) {
            Some(kind) => damaged.iter_mut().for_each(|bytes| kind.apply(bytes, &mut random)),
            None if kind == Damage::ALL.len() => damaged = None,
            None => damaged = Some(sound[random.below(sound.len())].1.clone()),
        }
        match damaged {
            Some(bytes) => fs::write(path, bytes)?,
            None => fs::remove_file(path)?,
        }
        // Every second time the result is removed, so that the run needs all files again.
        if number % 2 == 0 && last.exists() {
            fs::remove_file(&last)?;
        }
        let ran = command.run(&arguments, None)?;
        // A file that is missing or in another's place can also show in one that belongs to it, and so can the marker.
        let is_named = kind < Damage::ALL.len() && !path.ends_with("twinprint-work");
        let named = if is_named { path.to_string_lossy() } else { work.to_string_lossy() };
        match ran.status {
            Some(0) if fs::read(&pairs)? == expected => same += 1,
            Some(2) if ran.message.contains(&*named) => refused += 1,
            status => bail!(
                "change {number} (kind {:?}) of {}: status {status:?}, {}",
                Damage::ALL.get(kind),
                path.display(),
                ran.message
            ),
        }
        restore(&work, &sound)?;
    }
    println!("### Damaged work files\n");
    println!(
        "{} changes of stored files: {refused} were refused with the name of the file, {same} did not matter (in files that are written \
         again or no longer needed).\n",
        refused + same
    );
    fs::remove_file(&corpus.path)?;
    Ok(fs::remove_dir_all(&work)?)
}

/// Reads all files of a folder.
fn read(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push((path.clone(), fs::read(path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// Makes a folder hold these files and no others.
fn restore(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<()> {
    for (path, _) in read(folder)? {
        if !files.iter().any(|(known, _)| *known == path) {
            fs::remove_file(path)?;
        }
    }
    for (path, bytes) in files {
        fs::write(path, bytes)?;
    }
    Ok(())
}
