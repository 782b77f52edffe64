//! Whether the order of texts is that of time.

/// Fewer texts or words say too little about the order.
const MIN_TEXTS: usize = 1_000;
const MIN_GAPS: usize = 500;

/// The ends of the ranges of gaps that are counted, as parts of the number of texts.
const ENDS: [f64; 8] = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1];
/// Gaps from here on are the background: chance.
const BACKGROUND: f64 = 0.2;
/// A burst is this many times as dense as the background.
const DENSITY: f64 = 3.0;

/// Returns how many texts apart two texts of a story appear at most, if words that two texts have come in bursts.
///
/// Words of a story are bursty (K. Church and W. Gale, "Poisson mixtures", 1995): where the order is that of time, both
/// texts that have such a word are close. In another order, gaps are as chance has them. In folders by subject they are
/// shorter, but in no narrow burst.
pub(super) fn order_window(texts: usize, gaps: &[usize]) -> Option<usize> {
    if texts < MIN_TEXTS || gaps.len() < MIN_GAPS {
        return None;
    }
    let count = |from: f64, to: f64| {
        let within = |gap: &&usize| (from..to).contains(&(**gap as f64 / texts as f64));
        gaps.iter().filter(within).count() as f64 / gaps.len() as f64
    };
    // Of two places chosen at random, the gap is less than x with the probability 2x - x².
    let chance = |from: f64, to: f64| (2.0 * to - to * to) - (2.0 * from - from * from);
    let background = (count(BACKGROUND, 1.0) / chance(BACKGROUND, 1.0)).max(0.01);
    let starts = [0.0].into_iter().chain(ENDS);
    let is_burst = |(from, to): &(f64, f64)| count(*from, *to) / chance(*from, *to) >= DENSITY * background;
    let bursts = starts.zip(ENDS).take_while(is_burst).count();
    // One that does not end is a folder, not a burst.
    (1..ENDS.len()).contains(&bursts).then(|| (ENDS[bursts - 1] * texts as f64) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::derive_from;

    /// Gaps of two random places among `texts`, within `range` of one another.
    fn gaps(texts: usize, range: usize, count: u64) -> Vec<usize> {
        let place = |index| (derive_from(7, index) % texts as u64) as usize;
        let far = |index| place(2 * index).abs_diff(place(2 * index + 1));
        (0..count).map(|index| if range == 0 { far(index) } else { far(index) % range }).collect()
    }

    #[test]
    fn bursts_end_where_gaps_are_as_chance_has_them() {
        let with_bursts = [gaps(20_000, 0, 4_000), gaps(20_000, 200, 1_000)].concat();
        assert_eq!(order_window(20_000, &with_bursts), Some(200));
        assert_eq!(order_window(20_000, &gaps(20_000, 0, 4_000)), None);
        let folders = [gaps(20_000, 0, 1_000), gaps(20_000, 3_000, 3_000)].concat();
        assert_eq!(order_window(20_000, &folders), None, "subjects in folders");
        assert_eq!(order_window(900, &gaps(900, 5, 4_000)), None, "too few texts");
    }
}
