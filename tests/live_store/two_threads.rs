//! A thread that writes the mix to a store, and one that asks it meanwhile, against the model.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use twinprint::Error;
use twinprint::store::View;

use super::mix::{self, Mix, Step, THRESHOLD};
use super::versions::Versions;

/// A similarity at which documents mostly share few bands: an entry that is missing in one of the tables is noticed.
const LOW: f64 = 0.3;

/// A run.
#[derive(Clone, Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) mix: Mix,
    pub(crate) seconds: u64,
    /// One of this many questions goes to a view that is opened from the folder, the others to the writer's views.
    pub(crate) open_every: u64,
    /// One of this many opened views is compared as a whole.
    pub(crate) compare_every: u64,
}

/// What was asked while the store was written to, and how long it took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) questions: Vec<Duration>,
    /// Getting what the store holds now.
    pub(crate) views: Vec<Duration>,
    pub(crate) opened: Vec<Duration>,
    /// How often all documents were compared, of a view that was opened from the folder.
    pub(crate) compared: u64,
    pub(crate) commits: Vec<Duration>,
    pub(crate) compactions: Vec<Duration>,
}

/// What is known after a commit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) time: u64,
    pub(crate) documents: usize,
}

fn told<T>(result: Result<T, Error>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    times.push(started.elapsed());
    done
}

/// Writes to a store on one thread for some seconds of the mix, and asks it on another one. After each commit `observe` is told of it.
/// The first difference to the model ends the run.
pub(crate) fn two_threads(plan: &Plan<'_>, mut observe: impl FnMut(Now) + Send) -> Result<Asked, String> {
    let mut store = told(mix::create(plan.folder))?;
    let reader = store.reader();
    let versions = Mutex::new(told(Versions::new())?);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let (mut asked, mut random) = (Asked::default(), 1);
            while !is_over.load(Ordering::Acquire) {
                random = mix::mixed(random + 1);
                question(plan, &versions, random, || reader.view(), &mut asked)?;
            }
            Ok(asked)
        });
        let (mut mix, mut written) = (plan.mix.clone(), Asked::default());
        let mut write = || {
            while mix.time() < plan.seconds && !asking.is_finished() {
                let step = mix.step();
                let time = mix.time();
                lock(&versions).change(step, time);
                let mut apply = || told(mix::apply(&mut store, step, time));
                match step {
                    Step::Commit => {
                        timed(&mut written.commits, apply)?;
                        let documents = lock(&versions).len();
                        observe(Now { time, documents });
                    }
                    Step::Compact => timed(&mut written.compactions, apply)?,
                    _ => apply()?,
                }
            }
            let (view, versions) = (store.view(), lock(&versions));
            let last = versions.commit_of(&view).map(|(commit, _)| versions.at(commit)).unwrap_or_default();
            let found = told(mix::difference(&view, &last))?;
            found.map_or(Ok(()), |found| Err(format!("at the end: {found}")))
        };
        let outcome = write();
        is_over.store(true, Ordering::Release);
        let asked = asking.join().unwrap_or_else(|_| Err("the reader panicked".to_string()))?;
        outcome.map(|()| Asked { commits: written.commits, compactions: written.compactions, ..asked })
    })
}

fn lock(versions: &Mutex<Versions>) -> impl std::ops::DerefMut<Target = Versions> + '_ {
    versions.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks once.
fn question(
    plan: &Plan<'_>,
    versions: &Mutex<Versions>,
    random: u64,
    latest: impl FnOnce() -> View,
    asked: &mut Asked,
) -> Result<(), String> {
    lock(versions).keep_from_now();
    let is_opened = asked.questions.len() as u64 % plan.open_every == plan.open_every - 1;
    let started = Instant::now();
    let view = if is_opened { told(View::open(plan.folder))? } else { latest() };
    let took = started.elapsed();
    // One in five contents is in no document.
    let content = (random >> 1) % (plan.mix.contents() + plan.mix.contents() / 4);
    let threshold = if random.is_multiple_of(2) { THRESHOLD } else { LOW };
    let known = {
        let versions = lock(versions);
        versions.commit_of(&view).map(|(commit, time)| (commit, time, versions.answer(commit, content, threshold)))
    };
    let Some((commit, time, expected)) = known else { return Ok(()) };
    if is_opened { &mut asked.opened } else { &mut asked.views }.push(took);
    let differs = |found: Option<String>| {
        found.map_or(Ok(()), |found| Err(format!("after the commit of second {time}: {found}")))
    };
    differs(told(timed(&mut asked.questions, || mix::ask(&view, content, threshold, &expected)))?)?;
    if is_opened && (asked.opened.len() as u64).is_multiple_of(plan.compare_every) {
        let model = lock(versions).at(commit);
        differs(told(mix::difference(&view, &model))?)?;
        asked.compared += 1;
    }
    Ok(())
}
