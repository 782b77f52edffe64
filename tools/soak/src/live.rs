//! A store with a million documents that is written to and asked for what is three hours of a crawler, on two threads, against a model.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Error, Result, bail};

use crate::live_store::mix::{self, Mix, Pace, Step};
use crate::live_store::two_threads::{Asked, Now, Plan, two_threads};
use crate::live_store::versions::Versions;
use crate::resident::{anonymous, peak};
use crate::run::size_of;

/// What there was at the most, in bytes, in a part of the run.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    /// Resident, of the store and the model.
    resident: u64,
    /// Of it, what is in no file.
    anonymous: u64,
    disk: u64,
    documents: usize,
}

/// A million documents stay when five hundred changes come each second and a window of 45 minutes is kept.
const FULL: (u64, Pace) = (3 * 3_600, Pace { rate: 500, window: 2_700, filled: 2_700 });
const QUICK: (u64, Pace) = (300, Pace { rate: 50, window: 20, filled: 0 });

/// Fills a store, and then writes three hours of the mix, in which one change in seven is a new version and one in ten a removal, with a
/// commit each second. Memory and disk must stay level.
pub(crate) fn run(folder: &Path, quick: bool) -> Result<()> {
    let (duration, pace) = if quick { QUICK } else { FULL };
    let (store, mix, seconds) = (folder.join("live"), Mix::with_pace(11, pace), pace.filled + duration);
    let model = model(mix.clone(), pace.window.max(pace.filled))?;
    let (open_every, compare_every) = if quick { (20, 1) } else { (1_000, 20) };
    let plan = Plan { folder: &store, mix, seconds, open_every, compare_every };
    let mut used = [Used::default(); 10];
    let (started, mut filled) = (Instant::now(), Duration::ZERO);
    let observe = |Now { time, documents }: Now| {
        if time <= pace.filled {
            filled = started.elapsed();
            // Forgets what it took to fill the store.
            let _ = peak();
        } else if time.is_multiple_of(5) {
            let tenth = &mut used[(10 * (time - pace.filled - 1) / duration).min(9) as usize];
            tenth.resident = tenth.resident.max(peak().unwrap_or_default());
            tenth.anonymous = tenth.anonymous.max(anonymous());
            tenth.disk = tenth.disk.max(size_of(&store));
            tenth.documents = tenth.documents.max(documents);
        }
    };
    let mut asked = two_threads(&plan, observe).map_err(Error::msg)?;
    let took = started.elapsed();
    println!("### A store on two threads\n");
    println!(
        "{} changes with {duration} commits and a window of {} s, and {} queries meanwhile; {} views were opened as another process opens \
         them, and {} of them compared as a whole: no difference to the model, in {:.0} s, of which {:.0} s to fill the store.\n",
        pace.rate * duration,
        pace.window,
        asked.questions.len(),
        asked.opened.len(),
        asked.compared,
        took.as_secs_f64(),
        filled.as_secs_f64(),
    );
    print_tenths(&used, model);
    print_times(&mut asked);
    if !quick {
        check_level(&used)?;
    }
    Ok(fs::remove_dir_all(&store)?)
}

/// Returns the memory of the model alone once the window is full, with what a comparison of all documents takes.
fn model(mut mix: Mix, full: u64) -> Result<u64> {
    let before = anonymous();
    let (mut versions, mut commits) = (Versions::new()?, 0);
    while mix.time() < full {
        let step = mix.step();
        versions.change(step, mix.time());
        if let Step::Commit = step {
            commits += 1;
            versions.keep_from_now();
        }
    }
    let whole = versions.at(commits);
    let compared = mix::by_id(&whole);
    let took = anonymous().saturating_sub(before);
    drop((versions, whole, compared));
    Ok(took)
}

fn print_tenths(used: &[Used; 10], model: u64) {
    println!("The highest of each tenth; of the memory, the model and its comparisons have {} MB.\n", model >> 20);
    println!("| tenth | documents | MB resident | of these not in files | MB on disk |\n|---|---|---|---|---|");
    for (tenth, used) in used.iter().enumerate() {
        let [resident, anonymous, disk] = [used.resident, used.anonymous, used.disk].map(|bytes| bytes >> 20);
        println!("| {} | {} | {resident} | {anonymous} | {disk} |", tenth + 1, used.documents);
    }
    println!();
}

fn print_times(asked: &mut Asked) {
    println!("| ms | times | median | 99 of 100 | longest |\n|---|---|---|---|---|");
    let times = [
        ("query", &mut asked.questions),
        ("view", &mut asked.views),
        ("open", &mut asked.opened),
        ("commit", &mut asked.commits),
        ("compact", &mut asked.compactions),
    ];
    for (name, times) in times {
        times.sort_unstable();
        let at = |share: usize| times.get((times.len().max(1) - 1) * share / 100).map_or(0.0, Duration::as_secs_f64);
        println!("| {name} | {} | {:.2} | {:.2} | {:.2} |", times.len(), 1e3 * at(50), 1e3 * at(99), 1e3 * at(100));
    }
    println!();
}

fn check_level(used: &[Used; 10]) -> Result<()> {
    let most = |part: &[Used], of: fn(&Used) -> u64| part.iter().map(of).max().unwrap_or(0);
    for (name, of) in [("memory", (|used| used.resident) as fn(&Used) -> u64), ("disk", |used| used.disk)] {
        let (early, late) = (most(&used[2..6], of), most(&used[6..], of));
        if late > early + early / 4 {
            bail!("{name} grows: {early} bytes in the third to sixth tenth, {late} bytes later");
        }
    }
    Ok(())
}
