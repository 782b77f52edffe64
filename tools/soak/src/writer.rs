//! Kills of a process that writes to a store and says what was acknowledged.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use twinprint::store::{Store, View};

use crate::live_store::mix::{self, Mix, Model, Step};
use crate::random::Random;

/// Seconds that a document stays.
const WINDOW: u64 = 20;
/// The longest time until a writer is killed.
const LONGEST: Duration = Duration::from_millis(400);

fn mix() -> Mix {
    Mix::new(23, WINDOW)
}

/// Writes to the store from behind the commit of this second on, until it is killed. Prints the second of each commit that returned.
pub(crate) fn write(folder: &Path, from: u64) -> Result<()> {
    let mut store = if folder.join("MANIFEST").exists() { Store::open(folder)? } else { mix::create(folder)? };
    let mut mix = mix();
    while mix.time() < from {
        mix.step();
    }
    let mut out = std::io::stdout();
    loop {
        let step = mix.step();
        let time = mix.time();
        mix::apply(&mut store, step, time)?;
        if let Step::Commit = step {
            writeln!(out, "{time}")?;
        }
    }
}

/// Kills such a process at random moments. The store must hold the last commit that was acknowledged or the one after it.
pub(crate) fn run(folder: &Path, quick: bool) -> Result<()> {
    let kills = if quick { 10 } else { 500 };
    let path = folder.join("written");
    let mut random = Random::new(31);
    let (mut model, mut mix) = (Model::new(), mix());
    let (mut unacknowledged, mut slowest) = (0, 0.0_f64);
    for kill in 0..kills {
        let acknowledged = killed(&path, mix.time(), LONGEST.mul_f64(random.fraction()))?;
        if acknowledged == 0 && !path.join("MANIFEST").exists() {
            continue;
        }
        let started = Instant::now();
        let view = View::open(&path)?;
        slowest = slowest.max(started.elapsed().as_secs_f64());
        advance(&mut mix, &mut model, acknowledged);
        let (mut later_mix, mut later) = (mix.clone(), model.clone());
        advance(&mut later_mix, &mut later, acknowledged + 1);
        if view.has_commit(&(acknowledged + 1).to_string()) {
            (mix, model) = (later_mix, later);
            unacknowledged += 1;
        } else if acknowledged > 0 && !view.has_commit(&acknowledged.to_string()) {
            bail!("kill {kill}: the commit of second {acknowledged} is lost");
        }
        if let Some(difference) = mix::difference(&view, &model)? {
            bail!("kill {kill}, after the commit of second {}: {difference}", mix.time());
        }
    }
    println!("### Kills of a writer\n");
    println!(
        "A process that inserts, replaces, removes, expires, commits and compacts was killed {kills} times at random moments, with {} \
         commits in all: each that it had acknowledged was there, with all documents as they must be. {unacknowledged} times there was \
         one more, which it had not yet acknowledged. The slowest opening took {slowest:.2} s.\n",
        mix.time()
    );
    Ok(fs::remove_dir_all(&path)?)
}

/// Runs a writer for a while and kills it. Returns the second of the last commit that it acknowledged.
fn killed(path: &Path, from: u64, after: Duration) -> Result<u64> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(program)
        .args(["--command", "-", "--from", &from.to_string(), "--writer"])
        .arg(path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    std::thread::sleep(after);
    if let Some(status) = child.try_wait()? {
        let output = child.wait_with_output()?;
        bail!("the writer ended with {status}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let out = child.stdout.take().context("a pipe")?;
    child.kill()?;
    child.wait()?;
    let mut last = from;
    for line in BufReader::new(out).lines() {
        last = line?.parse()?;
    }
    Ok(last)
}

/// Applies the steps up to the commit of a second to the model.
fn advance(mix: &mut Mix, model: &mut Model, to: u64) {
    while mix.time() < to {
        let step = mix.step();
        mix::change(model, step);
    }
}
