//! Work files in which a bit was changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::run::Command;

/// Changes single bits of stored files. Each time the same run must fail with the name of the file or give the same bytes.
pub(crate) fn run(command: &Command, folder: &Path, quick: bool) -> Result<()> {
    let changes = if quick { 60 } else { 1_000 };
    let corpus = Corpus::write(folder, 400, 10)?;
    let (work, pairs) = (folder.join("stored"), folder.join("stored.tsv"));
    let [input, stored, output] = [&corpus.path, &work, &pairs].map(|path| path.to_string_lossy().into_owned());
    let arguments = ["pairs", &input, "--work", &stored, "--output", &output];
    command.succeed(&arguments)?;
    let expected = fs::read(&pairs)?;
    let files = files(&work)?;
    let (mut refused, mut same) = (0, 0);
    let mut state: u64 = 1;
    let last = work.join("joined");
    let whole = fs::read(&last)?;
    for number in 0..changes {
        let path = &files[random(&mut state) as usize % files.len()];
        let sound = fs::read(path)?;
        if sound.is_empty() {
            continue;
        }
        let mut bytes = sound.clone();
        let at = random(&mut state) as usize % bytes.len();
        bytes[at] ^= 1 << (random(&mut state) % 8);
        fs::write(path, &bytes)?;
        // Every second time the result is removed, so that the run needs all files again.
        if number % 2 == 0 {
            fs::remove_file(&last)?;
        }
        let ran = command.run(&arguments, None)?;
        match ran.status {
            Some(0) if fs::read(&pairs)? == expected => same += 1,
            Some(2) if ran.message.contains(&*path.to_string_lossy()) => refused += 1,
            status => bail!("byte {at} of {} changed: status {status:?}, {}", path.display(), ran.message),
        }
        fs::write(&last, &whole)?;
        fs::write(path, &sound)?;
    }
    println!("### Corrupt work files\n");
    println!(
        "{} changes of single bits in stored files: {refused} were refused with the name of the file, {same} did not matter (in files that are written again or no longer needed).\n",
        refused + same
    );
    fs::remove_file(&corpus.path)?;
    Ok(fs::remove_dir_all(&work)?)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && !path.ends_with("lock") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut x = *state;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
