//! Work that is done ahead on the thread pool, while its caller does something else.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rayon::Yield;

/// The outcome of work that a thread of the current pool does meanwhile.
///
/// The work is put at the disposal of the pool, so the number of threads stays what it was. Where no thread has begun it when
/// the outcome is needed, the caller does it. So it is never waited for in vain, and a pool whose threads are all busy cannot
/// stop it.
pub(crate) struct Ahead<T: Send + 'static>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    ended: Condvar,
}

enum State<T> {
    /// No thread has begun it.
    Waiting(Box<dyn FnOnce() -> T + Send>),
    /// A thread does it, or its outcome was taken.
    Begun,
    /// The outcome, or that of a panic.
    Ended(thread::Result<T>),
}

/// How long a thread of the pool waits before it asks again whether it can help others.
const PATIENCE: Duration = Duration::from_micros(100);

impl<T: Send + 'static> Ahead<T> {
    /// Hands work to the current pool.
    pub(crate) fn spawn(work: impl FnOnce() -> T + Send + 'static) -> Self {
        let state = Mutex::new(State::Waiting(Box::new(work)));
        let shared = Arc::new(Shared { state, ended: Condvar::new() });
        let pooled = Arc::clone(&shared);
        rayon::spawn(move || pooled.run());
        Self(shared)
    }

    /// Returns the outcome, and passes a panic of the work on. Waits for it, or does what nobody has begun.
    pub(crate) fn finish(self) -> T {
        self.0.run();
        self.0.wait().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

impl<T: Send + 'static> Drop for Ahead<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        // Work that nobody needs any more is not begun. It is dropped without the lock, because it may close files.
        if let State::Waiting(work) = std::mem::replace(&mut *state, State::Begun) {
            drop(state);
            drop(work);
        }
    }
}

impl<T: Send + 'static> fmt::Debug for Ahead<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead").finish_non_exhaustive()
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a state that the given test names, and leaves [`State::Begun`].
    fn take(&self, is_wanted: impl Fn(&State<T>) -> bool) -> Option<State<T>> {
        let mut state = self.state();
        is_wanted(&state).then(|| std::mem::replace(&mut *state, State::Begun))
    }

    /// Does the work unless it has been begun.
    fn run(&self) {
        if let Some(State::Waiting(work)) = self.take(|state| matches!(state, State::Waiting(_))) {
            // A panic on the pool would end the process.
            let outcome = catch_unwind(AssertUnwindSafe(work));
            *self.state() = State::Ended(outcome);
            self.ended.notify_all();
        }
    }

    /// Waits for the outcome.
    fn wait(&self) -> thread::Result<T> {
        loop {
            if let Some(State::Ended(outcome)) = self.take(|state| matches!(state, State::Ended(_))) {
                return outcome;
            }
            let has_helped = rayon::yield_now();
            let state = self.state();
            match (&*state, has_helped) {
                (State::Ended(_), _) | (_, Some(Yield::Executed)) => {}
                // A thread of the pool cannot wait for this outcome and for other work at once.
                (_, Some(Yield::Idle)) => drop(self.ended.wait_timeout(state, PATIENCE)),
                (_, None) => drop(self.ended.wait(state)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use rayon::ThreadPoolBuilder;
    use rayon::prelude::*;

    use super::*;

    #[test]
    fn a_busy_pool_does_not_stop_the_work() {
        let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        // The only thread of the pool waits for work that it has itself handed to the pool.
        assert_eq!(pool.install(|| Ahead::spawn(|| 7).finish()), 7);
    }

    #[test]
    fn the_pool_works_while_the_caller_does_not_wait() {
        let (send, receive) = channel();
        let ahead = Ahead::spawn(move || send.send(1).map(|()| 2));
        assert_eq!(receive.recv(), Ok(1));
        assert_eq!(ahead.finish(), Ok(2));
    }

    #[test]
    fn parallel_work_is_shared_by_a_waiting_thread_of_the_pool() {
        for threads in [1, 2, 4] {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let sum = pool.install(|| {
                let ahead = Ahead::spawn(|| (0..10_000_u64).into_par_iter().sum::<u64>());
                let beside = (0..10_000_u64).into_par_iter().sum::<u64>();
                ahead.finish() + beside
            });
            assert_eq!(sum, 99_990_000, "{threads} threads");
        }
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let ahead: Ahead<()> = Ahead::spawn(|| panic!("as intended"));
        let panic = catch_unwind(AssertUnwindSafe(|| ahead.finish())).expect_err("a panic");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"as intended"));
    }

    #[test]
    fn work_that_nobody_needs_is_not_begun() {
        let pool = ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let (send, receive) = channel::<()>();
        pool.install(|| drop(Ahead::spawn(move || send.send(()))));
        assert!(receive.recv().is_err());
    }
}
