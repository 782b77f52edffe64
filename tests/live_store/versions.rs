//! A model of a million documents: plain maps that say what was there at each of the last commits, and who shares elements with whom.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use twinprint::lsh::BandHasher;
use twinprint::minhash::MinHasher;
use twinprint::store::View;
use twinprint::{Error, ShingleSet};

use super::mix::{self, Document, Hit, Model, Step};

/// A document, and the commits at which it was there.
#[derive(Clone, Copy, Debug)]
struct Version {
    number: u64,
    document: Document,
    /// The first commit that has it.
    from: u64,
    /// The first later commit that does not.
    until: u64,
}

impl Version {
    fn is_at(&self, commit: u64) -> bool {
        (self.from..self.until).contains(&commit)
    }
}

/// What a store must hold and answer at each of its last commits, which are counted from 1.
///
/// Contents that share no element are not compared, and that is all it saves: `tests/live_store.rs` holds it against brute force.
#[derive(Debug)]
pub(crate) struct Versions {
    /// By the steps that added them, and so by their times too.
    versions: BTreeMap<u64, Version>,
    /// The step that added the document which has a number now.
    now: HashMap<u64, u64>,
    /// The steps that added documents of a content.
    by_content: HashMap<u64, Vec<u64>>,
    /// The steps of versions that ended, and at which commit.
    ended: VecDeque<(u64, u64)>,
    /// All versions that were added by earlier steps have ended.
    first: u64,
    /// Numbers and times of the commits that may be asked for.
    commits: VecDeque<(u64, u64)>,
    last: u64,
    keep: u64,
    hasher: MinHasher,
    bands: BandHasher,
}

impl Versions {
    pub(crate) fn new() -> Result<Self, Error> {
        let scheme = mix::scheme()?;
        Ok(Self {
            versions: BTreeMap::new(),
            now: HashMap::new(),
            by_content: HashMap::new(),
            ended: VecDeque::new(),
            first: 0,
            commits: VecDeque::new(),
            last: 0,
            keep: 0,
            hasher: scheme.minhasher(),
            bands: BandHasher::new(mix::banding()?, &scheme)?,
        })
    }

    /// Applies a change. A commit is applied here before the store makes it, so that a reader of the store finds it in the model.
    pub(crate) fn change(&mut self, step: Step, time: u64) {
        match step {
            Step::Upsert { number, document } => {
                self.end(number);
                let version = Version { number, document, from: self.last + 1, until: u64::MAX };
                self.now.insert(number, document.added);
                self.by_content.entry(document.content).or_default().push(document.added);
                self.versions.insert(document.added, version);
            }
            Step::Remove { number } => self.end(number),
            Step::Expire { before } => {
                while let Some((added, version)) = self.versions.range(self.first..).next()
                    && version.document.time < before
                {
                    let (added, Version { number, until, .. }) = (*added, *version);
                    if until == u64::MAX {
                        self.end(number);
                    }
                    self.first = added + 1;
                }
            }
            Step::Commit => {
                self.last += 1;
                self.commits.push_back((self.last, time));
                self.forget();
            }
            Step::Compact => {}
        }
    }

    /// Ends the version that has a number now, if there is one.
    fn end(&mut self, number: u64) {
        let Some(added) = self.now.remove(&number) else { return };
        if let Some(version) = self.versions.get_mut(&added) {
            version.until = self.last + 1;
            self.ended.push_back((added, version.until));
        }
    }

    /// Forgets what no commit has that may be asked for.
    fn forget(&mut self) {
        while self.commits.front().is_some_and(|(commit, _)| *commit < self.keep) {
            self.commits.pop_front();
        }
        while let Some((added, until)) = self.ended.front().copied()
            && until <= self.keep
        {
            self.ended.pop_front();
            let Some(Version { document, .. }) = self.versions.remove(&added) else { continue };
            if let Some(steps) = self.by_content.get_mut(&document.content) {
                steps.retain(|step| *step != added);
                if steps.is_empty() {
                    self.by_content.remove(&document.content);
                }
            }
        }
    }

    /// Forgets nothing from now on that a view has which is made later.
    pub(crate) fn keep_from_now(&mut self) {
        // The store may not have made the last commit yet.
        self.keep = self.last.saturating_sub(1);
    }

    /// Returns the number and the time of the last commit of a view.
    pub(crate) fn commit_of(&self, view: &View) -> Option<(u64, u64)> {
        self.commits.iter().rev().find(|(_, time)| view.has_commit(&time.to_string())).copied()
    }

    /// Returns what was there at a commit.
    pub(crate) fn at(&self, commit: u64) -> Model {
        let there = self.versions.values().filter(|version| version.is_at(commit));
        there.map(|version| (version.number, version.document)).collect()
    }

    /// Returns the number of documents that are there now.
    pub(crate) fn len(&self) -> usize {
        self.now.len()
    }

    /// Returns the documents that share a band with a content and are similar to it, at a commit.
    pub(crate) fn answer(&self, commit: u64, content: u64, threshold: f64) -> Vec<Hit> {
        let keys = self.keys(content);
        let mut found = Vec::new();
        for relative in mix::relatives(content) {
            let jaccard = mix::jaccard(relative, content);
            if jaccard < threshold || !self.shares_band(relative, &keys) {
                continue;
            }
            let steps = self.by_content.get(&relative).into_iter().flatten();
            let there = steps.map(|step| self.versions[step]).filter(|version| version.is_at(commit));
            found.extend(there.map(|version| (jaccard, version.number, version.document)));
        }
        mix::ordered(found)
    }

    /// Returns the band keys of a content.
    pub(crate) fn keys(&self, content: u64) -> HashSet<u64> {
        let set: ShingleSet = mix::set(content);
        let signature = self.hasher.signature(set.as_slice());
        self.bands.keys(&signature).into_iter().flatten().collect()
    }

    pub(crate) fn shares_band(&self, content: u64, keys: &HashSet<u64>) -> bool {
        !self.keys(content).is_disjoint(keys)
    }
}
