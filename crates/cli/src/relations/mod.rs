//! What the two documents of a pair are to one another: copies, edits, one template filled in twice, one story.

mod counts;
mod crowd;
mod long_text;
mod pair_relation;
mod text_file;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use rayon::prelude::*;
use twinprint::Pair;
use twinprint::dedup::PreferenceKey;
use twinprint::error::{FileProblem, IoError};
use twinprint::relation::{PreparedText, Relation, RelationRules, Slot, TextComparer};
use twinprint::result::DiskPairs;
use twinprint_documents::Inputs;

use crate::boilerplate::{BoilerplateFilter, source_of};
use crate::corpus::Rereading;
use crate::input_error;
use crate::settings::Settings;
pub(crate) use counts::RelationCounts;
use crowd::{Crowd, Versions};
use long_text::{JudgedText, Sampler, Whole, beginning, of_whole};
pub(crate) use pair_relation::PairRelation;
use text_file::{TextFile, TextFileWriter};

/// The texts that are compared at a time take this part of the memory. Prepared, they take about six times as much.
const MEMORY_PER_TEXT_BYTE: u64 = 64;

/// The relations that are remembered take this part of the memory.
const MEMORY_PER_KNOWN_BYTE: u64 = 16;

/// Documents of crowds that are compared with their nearest partners at a time.
const CROWD_AT_A_TIME: usize = 1 << 10;

/// Bytes that one relation takes in the table, which is half full at the least.
const BYTES_OF_KNOWN: u64 = 32;

/// Judges the pairs of a corpus, and remembers what it said.
#[derive(Clone)]
pub(crate) struct Relations(Arc<Judge>);

struct Judge {
    comparer: TextComparer<'static>,
    rules: RelationRules,
    texts: Mutex<TextFile>,
    /// The first document of the group of each one with an equal set.
    first_of: Vec<u32>,
    known: Mutex<HashMap<(u32, u32), Relation>>,
    crowd: Crowd,
    max_known: usize,
    /// Bytes of the texts that are compared at a time.
    batch: u64,
    /// Whether a document inside another one is removed.
    removes_contained: bool,
}

impl Relations {
    /// Reads the texts of all documents in pairs once more, without boilerplate if that was ignored, and lets only copies and edits make clusters; with `--contained` also texts
    /// inside others. `keys` are those of the rule of `--keep`.
    pub(crate) fn judge(
        pairs: &mut DiskPairs,
        (inputs, keys): (&[&Inputs], &[PreferenceKey]),
        settings: &Settings,
        (work, boilerplate): (&Path, Option<&BoilerplateFilter>),
    ) -> Result<Self> {
        let texts = read_texts(pairs, inputs, settings, (work, boilerplate))?;
        let memory = settings.memory_limit().0;
        let mut first_of: Vec<u32> = (0..pairs.stats().documents as u32).collect();
        for copy in pairs.equal_sets()? {
            let (document, first) = copy?;
            first_of[document as usize] = first;
        }
        let rules = RelationRules::default();
        let mut judge = Judge {
            comparer: TextComparer::new(&settings.scheme_of_relations()?, rules)?,
            rules,
            texts: Mutex::new(texts),
            crowd: Crowd::new(pairs, &first_of, memory)?,
            first_of,
            known: Mutex::default(),
            max_known: usize::try_from(memory / MEMORY_PER_KNOWN_BYTE / BYTES_OF_KNOWN)?,
            batch: memory / MEMORY_PER_TEXT_BYTE,
            removes_contained: settings.contained.is_some(),
        };
        judge.find_versions(keys)?;
        let relations = Self(Arc::new(judge));
        let (judge, folder) = (Arc::clone(&relations.0), work.to_path_buf());
        pairs.accept(move |pairs| {
            let failed = |error: io::Error| twinprint::Error::File {
                path: folder.clone(),
                problem: FileProblem::Io(IoError::from(error)),
            };
            let relations = judge.relations(pairs).map_err(failed)?;
            Ok(relations.into_iter().map(|relation| judge.removes(relation)).collect())
        })?;
        Ok(relations)
    }

    /// Returns the relations of some pairs. Documents with equal sets that are no copies are edits.
    pub(crate) fn of(&self, pairs: &[Pair<u32>]) -> Result<Vec<PairRelation>> {
        let documents: Vec<(u32, u32)> = pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        let relations = pairs.iter().zip(self.0.relations(&documents)?).map(|(pair, relation)| match pair.is_copy() {
            true => PairRelation::Compared(Relation::Copy),
            false => relation,
        });
        Ok(relations.collect())
    }

    /// Returns what differs between the words that two texts have in common: names, figures and days.
    pub(crate) fn slots(&self, left: &str, right: &str) -> Vec<Slot> {
        let comparer = &self.0.comparer;
        let prepare = |text| comparer.prepare(beginning(text));
        comparer.compare(&prepare(left), &prepare(right)).slots
    }

    /// Counts the pairs that were not compared by their texts.
    pub(crate) fn count_not_compared(&self, pairs: &DiskPairs) -> Result<u64> {
        if self.0.crowd.nearest.crowded().is_empty() {
            return Ok(0);
        }
        let mut count = 0;
        for pair in pairs.pairs()? {
            let pair = pair?;
            let (left, right) = self.0.firsts((pair.left, pair.right));
            count += u64::from(left != right && !self.0.crowd.compares(left, right));
        }
        Ok(count)
    }

    /// Says that pairs were not compared by their texts, if that is so.
    pub(crate) fn warn_of_not_compared(&self, pairs: u64) {
        if pairs > 0 {
            let limit = self.limit();
            tracing::warn!(
                "{pairs} pairs were not compared by their texts, because both documents are similar to more than {limit} others: each was \
                 compared with its {limit} most similar ones, and versions of one text with those that would be kept; nothing is \
                 removed for all other pairs, whose relation is not-compared; dedup of what is kept may compare other pairs, and remove more"
            );
        }
    }

    /// Returns how many similar documents each one is compared with by its text at most.
    fn limit(&self) -> u32 {
        self.0.crowd.nearest.limit()
    }
}

impl Judge {
    fn removes(&self, relation: PairRelation) -> bool {
        relation.is_duplicate() && (relation != PairRelation::Compared(Relation::Contained) || self.removes_contained)
    }

    /// Returns the first documents of the groups of a pair.
    fn firsts(&self, (left, right): (u32, u32)) -> (u32, u32) {
        let first = |document: u32| self.first_of.get(document as usize).copied().unwrap_or(document);
        (first(left), first(right))
    }

    /// Finds the documents of crowds that copies and edits among their nearest partners connect, as those of a press release in many
    /// versions are.
    fn find_versions(&mut self, keys: &[PreferenceKey]) -> io::Result<()> {
        let (nearest, mut versions) = (&self.crowd.nearest, Versions::default());
        for documents in nearest.crowded().chunks(CROWD_AT_A_TIME) {
            let of_document = |&document: &u32| {
                nearest.nearest(document).map(move |partner| (document.min(partner), document.max(partner)))
            };
            let pairs: Vec<(u32, u32)> = documents.iter().flat_map(of_document).collect();
            for (&(left, right), relation) in pairs.iter().zip(self.relations(&pairs)?) {
                if relation.is_duplicate() {
                    versions.connect(left, right);
                }
            }
        }
        versions.choose_first(keys, &self.first_of);
        self.crowd.set_versions(versions);
        Ok(())
    }

    fn relations(&self, pairs: &[(u32, u32)]) -> io::Result<Vec<PairRelation>> {
        let pairs: Vec<(u32, u32)> = pairs.iter().map(|&pair| self.firsts(pair)).collect();
        let unknown: Vec<(u32, u32)> = {
            let known = lock(&self.known);
            let is_unknown = |pair: &&(u32, u32)| {
                pair.0 != pair.1 && !known.contains_key(*pair) && self.crowd.compares(pair.0, pair.1)
            };
            pairs.iter().filter(is_unknown).copied().collect::<BTreeSet<_>>().into_iter().collect()
        };
        let found: HashMap<(u32, u32), Relation> = unknown.iter().copied().zip(self.compared(&unknown)?).collect();
        let mut known = lock(&self.known);
        let relation = |pair: &(u32, u32)| match found.get(pair).or_else(|| known.get(pair)) {
            Some(&relation) => PairRelation::Compared(relation),
            None if pair.0 == pair.1 => PairRelation::Compared(Relation::Edit),
            None => PairRelation::NotCompared,
        };
        let relations = pairs.iter().map(relation).collect();
        let room = self.max_known.saturating_sub(known.len());
        known.extend(found.into_iter().take(room));
        Ok(relations)
    }

    /// Compares pairs, as many at a time as their texts fit in memory.
    fn compared(&self, mut pairs: &[(u32, u32)]) -> io::Result<Vec<Relation>> {
        let mut relations = Vec::with_capacity(pairs.len());
        while !pairs.is_empty() {
            let (texts, count) = self.texts_of(pairs)?;
            let (now, later) = pairs.split_at(count);
            let prepare =
                |(document, text): (u32, JudgedText)| (document, (self.comparer.prepare(&text.beginning), text.whole));
            let texts: HashMap<u32, (PreparedText, Option<Whole>)> = texts.into_par_iter().map(prepare).collect();
            let compare = |(left, right): &(u32, u32)| match (texts.get(left), texts.get(right)) {
                (Some(left), Some(right)) => {
                    let of_beginnings = self.comparer.compare(&left.0, &right.0).relation;
                    of_whole(of_beginnings, [left, right].map(|(text, whole)| (text, whole.as_ref())), &self.rules)
                }
                _ => Relation::Unrelated,
            };
            relations.par_extend(now.par_iter().map(compare));
            pairs = later;
        }
        Ok(relations)
    }

    /// Reads the texts of the first pairs, at least of one, and returns how many pairs they are for.
    fn texts_of(&self, pairs: &[(u32, u32)]) -> io::Result<(BTreeMap<u32, JudgedText>, usize)> {
        let (mut file, mut texts, mut bytes) = (lock(&self.texts), BTreeMap::new(), 0);
        for (place, &(left, right)) in pairs.iter().enumerate() {
            let new = [left, right].into_iter().filter(|document| !texts.contains_key(document));
            let new: Vec<u32> = new.collect();
            bytes += new.iter().map(|&document| file.length(document)).sum::<u64>();
            if bytes > self.batch && place > 0 {
                return Ok((texts, place));
            }
            for document in new {
                texts.insert(document, JudgedText::from_bytes(file.read(document)?)?);
            }
        }
        Ok((texts, pairs.len()))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What it holds is whole after each step, so a panic elsewhere does not matter.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads the documents again, and stores the texts of those that are in a pair.
fn read_texts(
    pairs: &DiskPairs,
    inputs: &[&Inputs],
    settings: &Settings,
    (work, boilerplate): (&Path, Option<&BoilerplateFilter>),
) -> Result<TextFile> {
    let documents = pairs.stats().documents;
    // Pairs of oversized buckets are found later, so each text may be needed.
    let needs_all = pairs.stats().oversized_buckets > 0;
    let mut is_needed = vec![needs_all; usize::try_from(documents)?];
    if !needs_all {
        for pair in pairs.pairs()? {
            let pair = pair?;
            (is_needed[pair.left as usize], is_needed[pair.right as usize]) = (true, true);
        }
        for pair in pairs.contained(1)? {
            let pair = pair?;
            (is_needed[pair.inner as usize], is_needed[pair.outer as usize]) = (true, true);
        }
    }
    let (fields, options) = (settings.fields()?, settings.options());
    let mut again = Rereading::new(pairs, boilerplate.is_none());
    let (mut texts, sampler) = (TextFileWriter::new(work)?, Sampler::new()?);
    let mut needed = is_needed.iter();
    for inputs in inputs {
        let mut reader = inputs.read(&options, &fields);
        while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy(&options))? {
            for (id, text, facts) in batch.records() {
                again.check(id, text)?;
                let judged = || match boilerplate {
                    Some(boilerplate) => sampler.judged(&boilerplate.own_passages(text, source_of(facts))).to_bytes(),
                    None => sampler.judged(text).to_bytes(),
                };
                texts.push(&if needed.next() == Some(&true) { judged() } else { Vec::new() })?;
            }
        }
    }
    again.finish()?;
    texts.finish()
}
