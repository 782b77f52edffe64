//! The threads of a call, and the thread of Python that waits for them.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::mem;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use twinprint::join::Progress;

use crate::number::Number;
use crate::process;

/// The most threads of a call, as in the command: more help on no machine, and take long to start.
const MAX_THREADS: usize = 1_024;

/// How long the thread of Python waits before it looks for Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(50);

/// The pool of all cores of a forked child, and the number of that process. It cannot use the pool that rayon has for a process: it would
/// wait for threads that only its parent has.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// What the work of a call asks the thread of Python.
pub struct Call<'a> {
    look: &'a (dyn Fn(Option<Progress>) -> ControlFlow<()> + Sync),
}

impl Call<'_> {
    /// Returns an error once the call is to end, which long work asks between its parts.
    pub fn check(&self) -> Result<(), twinprint::Error> {
        if (self.look)(None).is_continue() { Ok(()) } else { Err(twinprint::Error::Cancelled) }
    }

    /// Tells how far the work is, and breaks once the call is to end.
    pub fn step(&self, step: Progress) -> ControlFlow<()> {
        (self.look)(Some(step))
    }
}

/// What the threads of a call send to the one that waits.
enum Event<T> {
    Step(Progress),
    Done(T),
}

/// Runs work on a number of threads, or on all cores, while other threads of Python go on. Ctrl-C cancels it.
pub fn run<T: Send>(
    py: Python<'_>,
    threads: Option<Number<usize>>,
    work: impl FnOnce(&Call<'_>) -> T + Send,
) -> PyResult<T> {
    watched(py, threads, None, work)
}

/// Runs work on all cores.
pub fn on_all_cores<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> PyResult<T> {
    run(py, None, |_| work())
}

/// Runs work that cannot be cancelled. After Ctrl-C it goes on, but nobody waits for it.
pub fn or_abandon<T: Send + 'static>(py: Python<'_>, work: impl FnOnce() -> T + Send + 'static) -> PyResult<T> {
    py.detach(move || {
        let (done, receiver) = mpsc::channel();
        let worker = thread::Builder::new().spawn(move || drop(done.send(work())));
        let worker = worker.map_err(|error| PyValueError::new_err(format!("a thread cannot be started: {error}")))?;
        loop {
            match receiver.recv_timeout(PATIENCE) {
                Ok(done) => return Ok(done),
                Err(RecvTimeoutError::Timeout) => Python::attach(|py| py.check_signals())?,
                Err(RecvTimeoutError::Disconnected) => match worker.join() {
                    Err(panic) => resume_unwind(panic),
                    Ok(()) => return Err(ended()),
                },
            }
        }
    })
}

/// Runs work as [`run`] does, and calls `progress` with its steps. What it raises cancels the work.
pub fn watched<T: Send>(
    py: Python<'_>,
    threads: Option<Number<usize>>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Call<'_>) -> T + Send,
) -> PyResult<T> {
    match threads {
        None if process::number() == 0 => on_this_thread(py, progress, work),
        None => in_pool(py, &*pool_of_process()?, progress, work),
        Some(threads) => in_pool(py, &*pool_of(threads)?, progress, work),
    }
}

/// Runs work on the thread of Python, which the pool that rayon has for a process helps. What is done here and not there is faster: the
/// memory of the first thread is kept from one call to the next.
fn on_this_thread<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Call<'_>) -> T + Send,
) -> PyResult<T> {
    let raised = Mutex::new(None);
    let look = |step| match Python::attach(|py| tell(py, progress, step)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            ControlFlow::Break(())
        }
    };
    let done = py.detach(|| work(&Call { look: &look }));
    raised.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(done), Err)
}

/// Runs work in a pool, beside which the thread of Python waits.
fn in_pool<T: Send>(
    py: Python<'_>,
    pool: &ThreadPool,
    progress: Option<&Py<PyAny>>,
    work: impl FnOnce(&Call<'_>) -> T + Send,
) -> PyResult<T> {
    let (events, received) = mpsc::channel();
    py.detach(move || {
        let is_cancelled = &AtomicBool::new(false);
        pool.in_place_scope(|scope| {
            scope.spawn(move |_| {
                let look = |step: Option<Progress>| {
                    // Nobody is left to be told if the receiver is gone.
                    drop(step.filter(|_| progress.is_some()).map(|step| events.send(Event::Step(step))));
                    if is_cancelled.load(Ordering::Relaxed) {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                };
                let done = work(&Call { look: &look });
                drop(events.send(Event::Done(done)));
            });
            wait(&received, progress, is_cancelled)
        })
    })
}

/// Waits for the end of work. Signals arrive on the main thread of Python only, so it is this thread that looks for them, and that calls
/// `progress`.
fn wait<T>(events: &Receiver<Event<T>>, progress: Option<&Py<PyAny>>, is_cancelled: &AtomicBool) -> PyResult<T> {
    let mut raised = None;
    loop {
        let told = match events.recv_timeout(PATIENCE) {
            Ok(Event::Done(done)) => return raised.map_or(Ok(done), Err),
            Ok(Event::Step(step)) if raised.is_none() => Python::attach(|py| tell(py, progress, Some(step))),
            Err(RecvTimeoutError::Timeout) if raised.is_none() => Python::attach(|py| py.check_signals()),
            // The work panicked, which the scope tells on.
            Err(RecvTimeoutError::Disconnected) => return Err(ended()),
            Ok(Event::Step(_)) | Err(RecvTimeoutError::Timeout) => Ok(()),
        };
        if let Err(error) = told {
            is_cancelled.store(true, Ordering::Relaxed);
            raised = Some(error);
        }
    }
}

fn tell(py: Python<'_>, progress: Option<&Py<PyAny>>, step: Option<Progress>) -> PyResult<()> {
    py.check_signals()?;
    let (Some(progress), Some(step)) = (progress, step) else { return Ok(()) };
    progress.call1(py, (format!("{:?}", step.stage), step.done, step.total)).map(|_| ())
}

fn ended() -> PyErr {
    PyRuntimeError::new_err("the work of the call ended early")
}

/// Starts as many threads as a caller asks for.
fn pool_of(threads: Number<usize>) -> PyResult<Arc<ThreadPool>> {
    let expected = "from 1 to 1024, or None for all cores";
    started(threads.checked("threads", expected, |threads| (1..=MAX_THREADS).contains(threads))?)
}

fn pool_of_process() -> PyResult<Arc<ThreadPool>> {
    // The lock is not waited for: if a thread of the parent held it at the fork, no thread of the child ever gives it back.
    let Ok(mut shared) = POOL.try_lock() else { return started(0) };
    if let Some((owner, pool)) = shared.as_ref()
        && *owner == process::number()
    {
        return Ok(Arc::clone(pool));
    }
    let pool = started(0)?;
    // To end the pool of the parent is to wake threads that the child does not have.
    mem::forget(shared.replace((process::number(), Arc::clone(&pool))));
    Ok(pool)
}

/// Starts threads; 0 stands for all cores.
fn started(threads: usize) -> PyResult<Arc<ThreadPool>> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let refused = |error| match threads {
        0 => {
            PyValueError::new_err(format!("threads cannot be started: {error}; give threads=1, or end other processes"))
        }
        _ => PyValueError::new_err(format!("{threads} threads cannot be started: {error}")),
    };
    pool.map(Arc::new).map_err(refused)
}
