//! Corrections: what the inputs have under ids of the index, and which earlier texts stay.

use std::collections::HashMap;

use anyhow::{Result, bail};
use twinprint::result::DiskPairs;
use twinprint::store::StoreHit;

use super::DOCUMENTS_AT_A_TIME;
use super::known::{Correction, HistorySearch, Known};
use super::replacing::Replacing;

/// The share of the memory limit for what decides between corrections.
const MEMORY_SHARE: u64 = 8;

/// The corrections by their ids.
type Places<'a> = HashMap<&'a str, u32>;

impl HistorySearch {
    /// Decides which corrections are kept, and leaves only those in the list. Then an earlier text that is replaced makes no document
    /// known. Of corrections that are like one another, the one of the least key is kept. `memory` is the limit in bytes.
    pub(crate) fn settle<K: Ord>(
        &self,
        pairs: &DiskPairs,
        (known, corrections): (&mut Vec<Known>, &mut Vec<Correction>),
        key: impl Fn(u32) -> K,
        memory: u64,
    ) -> Result<()> {
        let places: Places<'_> =
            (0..).zip(&*corrections).map(|(place, correction)| (correction.id.as_str(), place)).collect();
        let is_open = |known: &&Known| places.contains_key(known.id.as_str());
        let open: Vec<u32> = known.iter().filter(is_open).map(|known| known.document).collect();
        let waiting = self.waiting(pairs, known, corrections, &places, memory / MEMORY_SHARE)?;
        let kept = if open.is_empty() {
            // No text is known by what may be replaced. Which one of similar corrections is kept, their clusters tell.
            waiting.iter().map(Option::is_some).collect()
        } else {
            let mut order: Vec<u32> = (0..waiting.len() as u32).collect();
            order.sort_by_cached_key(|&place| key(corrections[place as usize].document));
            groups(pairs, corrections, waiting, memory / MEMORY_SHARE)?.kept(&order)
        };
        let mut still_known = Vec::new();
        self.ask_again(pairs, &open, |document, hits| {
            let own = place_of(corrections, document);
            let stays = |hit: &StoreHit| {
                places.get(hit.id.as_str()).is_none_or(|&place| Some(place as usize) != own && !kept[place as usize])
            };
            still_known.extend(hits.into_iter().find(stays).map(|hit| Known::new(document, hit)));
            Ok(())
        })?;
        known.retain(|known| !is_open(&known));
        known.extend(still_known);
        known.sort_unstable_by_key(|known| known.document);
        let mut kept = kept.into_iter();
        corrections.retain(|_| kept.next() == Some(true));
        Ok(())
    }

    /// Returns of each correction which others have earlier texts like it; `None` if it is like another text of the index, or is dropped.
    fn waiting(
        &self,
        pairs: &DiskPairs,
        known: &[Known],
        corrections: &[Correction],
        places: &Places<'_>,
        memory: u64,
    ) -> Result<Vec<Option<Vec<u32>>>> {
        let mut waiting: Vec<_> =
            corrections.iter().map(|correction| (!correction.is_dropped).then(Vec::new)).collect();
        let mut open = Vec::new();
        for Known { document, id, .. } in known {
            let Some(place) = place_of(corrections, *document) else { continue };
            match places.contains_key(id.as_str()) {
                true if !corrections[place].is_dropped => open.push(*document),
                _ => waiting[place] = None,
            }
        }
        let mut count = 0;
        self.ask_again(pairs, &open, |document, hits| {
            let Some(own) = place_of(corrections, document) else { return Ok(()) };
            let others = hits.iter().map(|hit| places.get(hit.id.as_str()).copied());
            waiting[own] = others.filter(|other| *other != Some(own as u32)).collect();
            count += waiting[own].as_ref().map_or(0, Vec::len) as u64;
            check_memory(count, memory)
        })?;
        Ok(waiting)
    }

    /// Asks the index again for some documents, whose numbers ascend, and visits what is similar to each.
    fn ask_again(
        &self,
        pairs: &DiskPairs,
        documents: &[u32],
        mut visit: impl FnMut(u32, Vec<StoreHit>) -> Result<()>,
    ) -> Result<()> {
        if documents.is_empty() {
            return Ok(());
        }
        let (mut rest, mut part, mut done) = (documents, Vec::new(), Ok(()));
        pairs.for_each_set(|document, set| {
            let Some((_, after)) = rest.split_first().filter(|(next, _)| **next == document) else { return };
            rest = after;
            part.push((document, self.preparer().set(set.to_vec().into())));
            if done.is_ok() && (part.len() >= DOCUMENTS_AT_A_TIME || rest.is_empty()) {
                let (numbers, prepared): (Vec<u32>, Vec<_>) = part.drain(..).unzip();
                done = self.query(&prepared).and_then(|hits| {
                    numbers.into_iter().zip(hits).try_for_each(|(document, hits)| visit(document, hits))
                });
            }
        })?;
        done
    }
}

/// Returns the place of a document in the list of corrections, which is in the order of documents.
fn place_of(corrections: &[Correction], document: u32) -> Option<usize> {
    corrections.binary_search_by_key(&document, |correction| correction.document).ok()
}

/// Reads which corrections are like one another.
fn groups(
    pairs: &DiskPairs,
    corrections: &[Correction],
    waiting: Vec<Option<Vec<u32>>>,
    memory: u64,
) -> Result<Replacing> {
    let mut firsts: Vec<u32> = corrections.iter().map(|correction| correction.document).collect();
    for equal in pairs.equal_sets()? {
        let (document, first) = equal?;
        if let Some(place) = place_of(corrections, document) {
            firsts[place] = first;
        }
    }
    let mut numbers = HashMap::new();
    let groups: Vec<u32> = firsts
        .into_iter()
        .map(|first| {
            let next = numbers.len() as u32;
            *numbers.entry(first).or_insert(next)
        })
        .collect();
    let (mut alike, mut count) = (vec![Vec::new(); numbers.len()], 0);
    for pair in pairs.pairs()? {
        let pair = pair?;
        // Copies are no first ones of their groups, so these pairs are between groups.
        if let (Some(&left), Some(&right)) = (numbers.get(&pair.left), numbers.get(&pair.right)) {
            alike[left as usize].push(right);
            alike[right as usize].push(left);
            count += 2;
            check_memory(count, memory)?;
        }
    }
    Ok(Replacing { waiting, groups, alike })
}

/// Refuses more pairs than have room in a share of the memory limit.
fn check_memory(pairs: u64, memory: u64) -> Result<()> {
    // Each is in a list of its own and, where it waits, in that of what it waits for.
    let bytes = 4 * pairs * size_of::<u32>() as u64;
    if bytes > memory {
        bail!(
            "--index: the inputs have new texts under ids of the index that are like {pairs} others, and to decide between them takes \
             more than the {} MB that --memory leaves for it; give more --memory, or make the batch smaller",
            memory >> 20
        );
    }
    Ok(())
}
