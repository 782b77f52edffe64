//! The choice of the corrections that are kept, each in place of the earlier text under its id.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What decides whether corrections are kept. Their places are those in the list of corrections.
///
/// A correction is kept once nothing that stays is like it. An earlier text stays until its correction is kept, so some wait for others.
/// Whatever is kept stays kept: so each removed one is like something that is there in the end, and no two kept ones are alike.
#[derive(Debug)]
pub(super) struct Replacing {
    /// Of each correction those whose earlier texts are like it; `None` if it is removed anyhow.
    pub(super) waiting: Vec<Option<Vec<u32>>>,
    /// The number of the group of equal sets that each correction is in.
    pub(super) groups: Vec<u32>,
    /// The groups like each group.
    pub(super) alike: Vec<Vec<u32>>,
}

impl Replacing {
    /// Says of each correction whether it is kept. `order` has their places, the most preferred one first.
    pub(super) fn kept(&self, order: &[u32]) -> Vec<bool> {
        let count = self.waiting.len();
        let mut ranks = vec![0; count];
        (0..).zip(order).for_each(|(rank, &place)| ranks[place as usize] = rank);
        let mut waiters = vec![Vec::new(); count];
        let (mut waits, mut free) = (vec![0; count], BinaryHeap::new());
        for (place, waiting) in self.waiting.iter().enumerate() {
            let Some(waiting) = waiting else { continue };
            waiting.iter().for_each(|&other| waiters[other as usize].push(place));
            waits[place] = waiting.len();
            if waiting.is_empty() {
                free.push(Reverse(ranks[place]));
            }
        }
        let (mut kept, mut is_taken) = (vec![false; count], vec![false; self.alike.len()]);
        while let Some(Reverse(rank)) = free.pop() {
            let place = order[rank as usize] as usize;
            let group = self.groups[place] as usize;
            if is_taken[group] {
                continue;
            }
            kept[place] = true;
            is_taken[group] = true;
            self.alike[group].iter().for_each(|&other| is_taken[other as usize] = true);
            for &waiter in &waiters[place] {
                waits[waiter] -= 1;
                if waits[waiter] == 0 {
                    free.push(Reverse(ranks[waiter]));
                }
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn alone(waiting: Vec<Option<Vec<u32>>>) -> Replacing {
        let count = waiting.len() as u32;
        Replacing { waiting, groups: (0..count).collect(), alike: vec![Vec::new(); count as usize] }
    }

    #[test]
    fn texts_that_move_on_are_kept_and_texts_in_a_circle_are_known() {
        // Each has the earlier text of the one before it, and the first has a new one.
        let moved = alone(vec![Some(vec![]), Some(vec![0]), Some(vec![1])]);
        assert_eq!(moved.kept(&[2, 1, 0]), [true; 3]);
        let swapped = alone(vec![Some(vec![1]), Some(vec![0]), Some(vec![])]);
        assert_eq!(swapped.kept(&[0, 1, 2]), [false, false, true]);
        // A removed one leaves its earlier text, which the next one has.
        let removed = alone(vec![None, Some(vec![0])]);
        assert_eq!(removed.kept(&[0, 1]), [false; 2]);
    }

    #[test]
    fn of_equal_and_similar_ones_the_most_preferred_is_kept() {
        let free = || vec![Some(vec![]); 3];
        let equal = Replacing { waiting: free(), groups: vec![0, 0, 1], alike: vec![vec![], vec![]] };
        assert_eq!(equal.kept(&[1, 0, 2]), [false, true, true]);
        let similar = Replacing { waiting: free(), groups: vec![0, 1, 2], alike: vec![vec![2], vec![], vec![0]] };
        assert_eq!(similar.kept(&[2, 1, 0]), [false, true, true]);
    }

    const COUNT: usize = 6;

    prop_compose! {
        fn replacing()(
            waiting in prop::collection::vec(prop::option::weighted(0.9, prop::collection::btree_set(0..COUNT as u32, 0..3)), COUNT),
            groups in prop::collection::vec(0..COUNT as u32, COUNT),
            pairs in prop::collection::vec((0..COUNT, 0..COUNT), 0..5),
        ) -> Replacing {
            let others = |(place, set): (usize, Option<std::collections::BTreeSet<u32>>)| {
                set.map(|set| set.into_iter().filter(|&other| other as usize != place).collect())
            };
            let waiting = waiting.into_iter().enumerate().map(others).collect();
            let mut alike = vec![Vec::new(); COUNT];
            for (left, right) in pairs.into_iter().filter(|(left, right)| left != right) {
                alike[left].push(right as u32);
                alike[right].push(left as u32);
            }
            Replacing { waiting, groups, alike }
        }
    }

    proptest! {
        #[test]
        fn what_is_removed_is_like_what_stays(
            replacing in replacing(),
            order in Just((0..COUNT as u32).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let kept = replacing.kept(&order);
            for place in 0..COUNT {
                let Some(waiting) = &replacing.waiting[place] else {
                    prop_assert!(!kept[place]);
                    continue;
                };
                let group = replacing.groups[place];
                let is_alike = |other: &usize| {
                    let of_other = replacing.groups[*other];
                    *other != place && (of_other == group || replacing.alike[group as usize].contains(&of_other))
                };
                let by_history = waiting.iter().any(|&other| !kept[other as usize]);
                let by_kept = (0..COUNT).filter(is_alike).any(|other| kept[other]);
                prop_assert_eq!(kept[place], !by_history && !by_kept, "{}: {:?}", place, kept);
            }
        }
    }
}
