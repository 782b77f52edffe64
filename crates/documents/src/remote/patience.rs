//! Pauses between repeated requests.

use std::time::{Duration, Instant};

/// The variable with the time in seconds for which a request is repeated.
const VARIABLE: &str = "TWINPRINT_RETRY_SECONDS";

/// The time for which a request is repeated, unless the variable says otherwise.
const DEFAULT: Duration = Duration::from_secs(60);

/// The first pause. Each further one is twice as long.
const FIRST: Duration = Duration::from_millis(200);

/// The longest pause, unless the server asks for a longer one.
const LONGEST: Duration = Duration::from_secs(15);

/// Returns the time for which requests are repeated, or says what is wrong with the variable.
pub(super) fn retry_time() -> Result<Duration, String> {
    match std::env::var(VARIABLE) {
        Ok(seconds) => parsed(&seconds),
        Err(_) => Ok(DEFAULT),
    }
}

fn parsed(seconds: &str) -> Result<Duration, String> {
    let wrong = |_| format!("{VARIABLE} is no whole number of seconds; set it to one such as 60");
    seconds.trim().parse::<u32>().map(|seconds| Duration::from_secs(seconds.into())).map_err(wrong)
}

/// Gives the pauses until the time is up.
#[derive(Debug)]
pub(super) struct Patience {
    since: Instant,
    time: Duration,
    next: Duration,
}

impl Patience {
    /// Begins now, and ends after this time.
    pub(super) fn new(time: Duration) -> Self {
        Self { since: Instant::now(), time, next: FIRST }
    }

    /// Makes the time end earlier.
    pub(super) fn at_most(&mut self, time: Duration) {
        self.time = self.time.min(time);
    }

    /// Returns the pause before the next request, or `None` if there is no time for it. It is at least as long as the server asks.
    pub(super) fn pause(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.pause_after(self.since.elapsed(), asked)
    }

    fn pause_after(&mut self, elapsed: Duration, asked: Option<Duration>) -> Option<Duration> {
        let left = self.time.checked_sub(elapsed).filter(|left| !left.is_zero())?;
        let asked = asked.unwrap_or_default();
        if asked > left {
            return None;
        }
        let pause = self.next.min(left).max(asked);
        self.next = (self.next * 2).min(LONGEST);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_fill_the_time() {
        let mut patience = Patience::new(DEFAULT);
        let (mut elapsed, mut pauses) = (Duration::ZERO, Vec::new());
        while let Some(pause) = patience.pause_after(elapsed, None) {
            elapsed += pause;
            pauses.push(pause.as_millis());
        }
        assert_eq!(pauses, [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000, 4_600]);
        assert_eq!(elapsed, DEFAULT);
    }

    #[test]
    fn a_server_is_given_the_time_that_it_asks_for() {
        let seconds = Duration::from_secs;
        let mut patience = Patience::new(seconds(60));
        assert_eq!(patience.pause_after(seconds(1), Some(seconds(5))), Some(seconds(5)));
        assert_eq!(patience.pause_after(seconds(6), Some(Duration::ZERO)), Some(FIRST * 2));
        assert_eq!(patience.pause_after(seconds(30), Some(seconds(31))), None, "it would be asked too early");
        patience.at_most(seconds(5));
        assert_eq!(patience.pause_after(seconds(7), None), None);
        assert_eq!(Patience::new(Duration::ZERO).pause(None), None);
    }

    #[test]
    fn the_time_is_a_number() {
        assert_eq!(parsed(" 5 ").expect("a number"), Duration::from_secs(5));
        assert!(parsed("5s").expect_err("no number").contains(VARIABLE));
    }
}
