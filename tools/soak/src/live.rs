//! A store that is written to and asked for what is an hour of a crawler, on two threads, against a model.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Error, Result, bail};

use crate::mix::{Mix, two_threads};
use crate::resident::resident;
use crate::run::size_of;

/// What was resident and on disk, in bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    resident: u64,
    disk: u64,
}

/// Writes an hour of the mix: fifty changes a second, of which one in seven is a new version and one in ten a removal, with a commit each
/// second and a window of five minutes. Memory and disk must level off once the window is full.
pub(crate) fn run(folder: &Path, quick: bool) -> Result<()> {
    let (seconds, window) = if quick { (300, 20) } else { (3_600, 300) };
    let store = folder.join("live");
    // The highest of each tenth.
    let mut used = [Used::default(); 10];
    let started = Instant::now();
    let observe = |time: u64| {
        if time.is_multiple_of(5) {
            let tenth = &mut used[(10 * (time - 1) / seconds).min(9) as usize];
            tenth.resident = tenth.resident.max(resident());
            tenth.disk = tenth.disk.max(size_of(&store));
        }
    };
    let asked = two_threads(&store, Mix::new(11, window), seconds, observe).map_err(Error::msg)?;
    let took = started.elapsed().as_secs_f64();
    let megabytes = |of: fn(&Used) -> u64| -> Vec<u64> { used.iter().map(|used| of(used) >> 20).collect() };
    println!("### A store on two threads\n");
    println!(
        "{} changes with {seconds} commits and a window of {window} s, and {} queries meanwhile, {} of them of all documents as another \
         process opens them: no difference to the model, in {took:.0} s. The highest of each tenth of the run: {:?} MB resident, {:?} MB \
         on disk.\n",
        50 * seconds,
        asked.questions,
        asked.opened,
        megabytes(|used| used.resident),
        megabytes(|used| used.disk),
    );
    let most = |part: &[Used], of: fn(&Used) -> u64| part.iter().map(of).max().unwrap_or(0);
    for (name, of) in [("memory", (|used| used.resident) as fn(&Used) -> u64), ("disk", |used| used.disk)] {
        let (early, late) = (most(&used[2..6], of), most(&used[6..], of));
        if !quick && late > early + early / 4 {
            bail!("{name} grows: {early} bytes in the third to sixth tenth, {late} bytes later");
        }
    }
    Ok(fs::remove_dir_all(&store)?)
}
