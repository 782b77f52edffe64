//! Paired, interleaved measurements.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Anything that can go wrong, with what it says.
pub(crate) type Failure = Box<dyn std::error::Error>;
/// What may fail.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// Something whose time is taken. It returns a number that depends on all it did, so that nothing is optimized away.
pub(crate) struct Contestant<'a> {
    pub(crate) name: String,
    work: Box<dyn FnMut() -> Outcome<u64> + 'a>,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(name: impl Into<String>, mut work: impl FnMut() -> u64 + 'a) -> Self {
        Self::fallible(name, move || Ok(work()))
    }

    pub(crate) fn fallible(name: impl Into<String>, work: impl FnMut() -> Outcome<u64> + 'a) -> Self {
        Self { name: name.into(), work: Box::new(work) }
    }

    /// Returns the seconds of a call, averaged over calls that take `least` in all.
    fn time(&mut self, least: Duration) -> Outcome<f64> {
        let started = Instant::now();
        let mut calls = 0_u32;
        loop {
            black_box((self.work)()?);
            calls += 1;
            let elapsed = started.elapsed();
            if elapsed >= least {
                return Ok(elapsed.as_secs_f64() / f64::from(calls));
            }
        }
    }
}

/// The number of measurements, and their length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// The number of rounds. Every contestant runs once in each.
    pub(crate) repeats: usize,
    /// The minimum time of one measurement.
    pub(crate) least: Duration,
}

impl Effort {
    /// Returns the effort of one call a measurement, for work that takes long.
    pub(crate) fn single(self) -> Self {
        Self { least: Duration::ZERO, ..self }
    }
}

/// The seconds of a call, for every contestant and round.
pub(crate) struct Times {
    pub(crate) names: Vec<String>,
    rounds: Vec<Vec<f64>>,
}

/// Runs all contestants in turn in every round. Every second round has the opposite order, so that a machine that slows
/// down slows all of them. If a measurement has many calls, each contestant warms up with one call.
pub(crate) fn race(contestants: &mut [Contestant<'_>], effort: Effort) -> Outcome<Times> {
    if effort.least > Duration::ZERO {
        for contestant in &mut *contestants {
            contestant.time(Duration::ZERO)?;
        }
    }
    let mut rounds = Vec::with_capacity(effort.repeats);
    for round in 0..effort.repeats.max(1) {
        let mut seconds = vec![0.0; contestants.len()];
        let forward = round % 2 == 0;
        for turn in 0..contestants.len() {
            let number = if forward { turn } else { contestants.len() - 1 - turn };
            seconds[number] = contestants[number].time(effort.least)?;
        }
        rounds.push(seconds);
    }
    Ok(Times { names: contestants.iter().map(|contestant| contestant.name.clone()).collect(), rounds })
}

impl Times {
    /// Returns the number of contestants.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns the median time of a contestant.
    pub(crate) fn seconds(&self, contestant: usize) -> f64 {
        median(self.rounds.iter().map(|seconds| seconds[contestant]).collect())
    }

    /// Returns the median over the rounds of one contestant's time divided by another's.
    pub(crate) fn ratio(&self, contestant: usize, to: usize) -> f64 {
        median(self.rounds.iter().map(|seconds| seconds[contestant] / seconds[to]).collect())
    }

    /// Returns the median over the rounds of the difference of two contestants' times.
    pub(crate) fn difference(&self, contestant: usize, from: usize) -> f64 {
        median(self.rounds.iter().map(|seconds| seconds[contestant] - seconds[from]).collect())
    }
}

/// Returns the median, or NaN if there are no values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn every_contestant_runs_in_every_round() {
        let (mut a, mut b) = (0, 0);
        let mut contestants = [
            Contestant::new("a", || {
                a += 1;
                a
            }),
            Contestant::new("b", || {
                b += 1;
                b
            }),
        ];
        let times = race(&mut contestants, Effort { repeats: 3, least: Duration::ZERO }).expect("cannot fail");
        assert_eq!((times.len(), times.rounds.len()), (2, 3));
        drop(contestants);
        assert_eq!((a, b), (3, 3));
    }

    #[test]
    fn ratios_are_paired() {
        let times = Times {
            names: vec!["a".into(), "b".into()],
            rounds: vec![vec![1.0, 2.0], vec![10.0, 20.0], vec![3.0, 9.0]],
        };
        assert_eq!((times.seconds(0), times.ratio(1, 0), times.difference(1, 0)), (3.0, 2.0, 6.0));
    }
}
