//! Pairs to stories.

use super::index::StoryIndex;
use super::{Story, StoryMember, StoryPair};

/// How many texts of each side are compared before two stories are joined.
const SAMPLE: usize = 16;
/// The least mean similarity, as a part of the threshold.
const MEAN: f64 = 0.95;

/// Joins pairs by average linkage, on samples of large stories.
pub(super) struct Linkage<'a> {
    index: &'a StoryIndex,
    /// The group of each text.
    group: Vec<u32>,
    /// The texts of each group; those of one that was joined to another are none.
    groups: Vec<Vec<u32>>,
}

impl<'a> Linkage<'a> {
    pub(super) fn new(index: &'a StoryIndex) -> Self {
        let group: Vec<u32> = (0..index.texts.len() as u32).collect();
        Self { index, groups: group.iter().map(|&text| vec![text]).collect(), group }
    }

    pub(super) fn stories(mut self, pairs: &[StoryPair]) -> Vec<Story> {
        let texts = self.group.len();
        let mut pairs: Vec<&StoryPair> = pairs.iter().filter(|pair| pair.left.max(pair.right) < texts).collect();
        let place = |pair: &StoryPair| (pair.left, pair.right);
        pairs.sort_unstable_by(|a, b| b.similarity.total_cmp(&a.similarity).then_with(|| place(a).cmp(&place(b))));
        for pair in pairs {
            self.join(pair.left, pair.right);
        }
        let groups = std::mem::take(&mut self.groups);
        let mut stories: Vec<Story> = groups.into_iter().filter_map(|group| self.story(group)).collect();
        stories.sort_by_key(|story| (std::cmp::Reverse(story.members.len()), story.members[0].text));
        stories
    }

    /// Joins the groups of two texts if they are similar on average.
    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.group[left] as usize, self.group[right] as usize);
        if left == right || self.mean(&self.groups[left], &self.groups[right]) < self.least_mean() {
            return;
        }
        let is_smaller = self.groups[left].len() < self.groups[right].len();
        let (into, from) = if is_smaller { (right, left) } else { (left, right) };
        let moved = std::mem::take(&mut self.groups[from]);
        moved.iter().for_each(|&text| self.group[text as usize] = into as u32);
        self.groups[into].extend(moved);
    }

    fn least_mean(&self) -> f64 {
        MEAN * self.index.threshold
    }

    fn mean(&self, left: &[u32], right: &[u32]) -> f64 {
        let (mut sum, mut count) = (0.0, 0_u32);
        for a in sample(left) {
            for b in sample(right).filter(|b| *b != a) {
                sum += self.index.similarity(a as usize, b as usize);
                count += 1;
            }
        }
        sum / f64::from(count.max(1))
    }

    /// Returns the story of a group without the texts that are not similar to the others on average.
    fn story(&self, mut group: Vec<u32>) -> Option<Story> {
        if group.len() > 2 {
            let others = group.clone();
            group.retain(|&text| self.mean(&[text], &others) >= self.least_mean());
        }
        if group.len() < 2 {
            return None;
        }
        let times = &self.index.times;
        group.sort_unstable_by_key(|&text| (times[text as usize].unwrap_or(i64::MAX), text));
        let member = |&text: &u32| StoryMember {
            text: text as usize,
            similarity: self.mean(&[text], &group),
            time: times[text as usize],
        };
        let members: Vec<StoryMember> = group.iter().map(member).collect();
        let mut sources: Vec<String> = Vec::new();
        for name in members.iter().filter_map(|member| self.index.sources.name(member.text)) {
            if !sources.iter().any(|known| known == name) {
                sources.push(name.to_string());
            }
        }
        let center = (1..members.len())
            .fold(0, |best, place| if members[place].similarity > members[best].similarity { place } else { best });
        Some(Story { members, center, sources })
    }
}

/// Yields some texts of a group, spread over it.
fn sample(group: &[u32]) -> impl Iterator<Item = u32> + '_ {
    let taken = group.len().min(SAMPLE);
    (0..taken).map(move |place| group[place * group.len() / taken])
}
