//! Files of a store that were damaged.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use twinprint::Error;
use twinprint::store::{Store, View};

use crate::live_store::mix::{self, Mix, Model, THRESHOLD, brute_force};
use crate::random::{Damage, Random};
use crate::resident::{peak, resident};

/// What reading may take besides the files: what the allocator holds back, and the answer itself.
const SLACK: u64 = 4 << 20;

/// Damages each kind of file of a store. Each time reading it must fail, with the name of a file, or give the right answer, from memory
/// that the size of the files bounds.
pub(crate) fn run(folder: &Path, quick: bool) -> Result<()> {
    let changes = if quick { 200 } else { 10_000 };
    let path = folder.join("mutated");
    let mut store = mix::create(&path)?;
    let (mut mix, mut model) = (Mix::new(3, 4), Model::new());
    // Ends some commits behind a compaction, so that there are segments and a log.
    while mix.time() < 11 {
        let step = mix.step();
        mix::change(&mut model, step);
        mix::apply(&mut store, step, mix.time())?;
    }
    drop(store);
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&path)? {
        let file = entry?.path();
        let kind = file.extension().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        if !file.ends_with("LOCK") {
            files.insert(kind.rsplit('/').next().unwrap_or_default().to_string(), (file.clone(), fs::read(file)?));
        }
    }
    let whole: u64 = files.values().map(|(_, bytes)| bytes.len() as u64).sum();
    println!("### Damaged files of a store\n");
    println!("| file | bytes | changes | refused | right | most memory, KB |\n|---|---|---|---|---|---|");
    let mut random = Random::new(41);
    for (kind, (file, bytes)) in &files {
        let (mut refused, mut most) = (0, 0);
        for number in 0..changes {
            let mut damaged = bytes.clone();
            let how = Damage::ALL[random.below(Damage::ALL.len())];
            how.apply(&mut damaged, &mut random);
            fs::write(file, &damaged)?;
            // Forgets what was resident before, in other parts of the run too.
            peak()?;
            let before = resident();
            let read = read(&path, &model);
            let took = peak()?.saturating_sub(before);
            most = most.max(took);
            match read {
                Ok(None) => {}
                Ok(Some(difference)) => bail!("change {number} ({how:?}) of {kind}: {difference}"),
                Err(Error::File { .. }) => refused += 1,
                Err(error) => bail!("change {number} ({how:?}) of {kind}: {error}, which names no file"),
            }
            if took > 8 * (whole + damaged.len() as u64) + SLACK {
                bail!("change {number} ({how:?}) of {kind}: {took} bytes of memory");
            }
        }
        fs::write(file, bytes)?;
        println!("| {kind} | {} | {changes} | {refused} | {} | {} |", bytes.len(), changes - refused, most >> 10);
    }
    println!();
    if read(&path, &model)?.is_some() || Store::open(&path).is_err() {
        bail!("the undamaged store is damaged");
    }
    Ok(fs::remove_dir_all(&path)?)
}

/// Reads all of a store, and asks it. Returns the first difference to what it must hold.
fn read(path: &Path, model: &Model) -> Result<Option<String>, Error> {
    let view = View::open(path)?;
    // Damage of a part that was not read when the view was opened is known without its file.
    let named = |error| match error {
        Error::Index { problem } => Error::File { path: path.into(), problem },
        error => error,
    };
    for content in [0, 40, 90] {
        let expected = brute_force(model, content, THRESHOLD, |_| true);
        if let Some(difference) = mix::ask(&view, content, THRESHOLD, &expected).map_err(named)? {
            return Ok(Some(difference));
        }
    }
    view.verify()?;
    mix::difference(&view, model)
}
