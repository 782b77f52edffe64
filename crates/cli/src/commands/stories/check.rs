//! Sets aside pairs that are no story, by their texts.

use std::collections::HashMap;

use anyhow::{Result, bail};
use rayon::prelude::*;
use twinprint::Scheme;
use twinprint::relation::{Judgement, PreparedText, Relation, RelationRules, TextComparer};
use twinprint::stories::StoryPair;

use super::{Found, Reading};
use crate::input_error;

/// Memory that a byte of a text takes when it is prepared for comparison: 60 bytes for each word of six.
const PREPARED: u64 = 10;

/// The least share of the shorter text's phrases that background has.
const PASSAGES: f64 = 0.2;

/// A text of this many words that is this many times as long as another is a page of many articles, such as a front page.
const PAGE_WORDS: f64 = 1_000.0;
const MUCH_LONGER: f64 = 4.0;

/// Reads the texts of the pairs, and sets aside templates and background.
pub(super) fn check_pairs(found: &mut Found, reading: &Reading<'_>) -> Result<()> {
    if found.pairs.is_empty() {
        return Ok(());
    }
    let comparer = TextComparer::new(&Scheme::news(), RelationRules::default())?;
    let texts = prepared(found, reading, &comparer)?;
    let verdict = |pair: &StoryPair| {
        let judged = comparer.compare(texts.get(&pair.left)?, texts.get(&pair.right)?);
        Some(Verdict::of(&judged))
    };
    let verdicts: Vec<Option<Verdict>> = found.pairs.par_iter().map(verdict).collect();
    let count = |wanted: Verdict| verdicts.iter().filter(|verdict| **verdict == Some(wanted)).count();
    found.templates = count(Verdict::Template);
    found.background = count(Verdict::Background);
    found.pages = count(Verdict::Page);
    let mut verdicts = verdicts.iter();
    found
        .pairs
        .retain(|_| verdicts.next().is_none_or(|verdict| verdict.is_none_or(|verdict| verdict == Verdict::Story)));
    Ok(())
}

/// What a pair is.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Story,
    /// One form that was filled in twice.
    Template,
    /// Different events, told with the same paragraphs.
    Background,
    /// A text inside a page of many.
    Page,
}

impl Verdict {
    fn of(judged: &Judgement) -> Self {
        let (left, right) = (judged.words.left, judged.words.right);
        let (longer, shorter) = (left.max(right), left.min(right));
        match judged.relation {
            Relation::Template => Self::Template,
            // Rewrites share some phrases too, such as quotes. Background is whole paragraphs.
            Relation::Background if judged.phrases.containment() >= PASSAGES => Self::Background,
            _ if longer >= PAGE_WORDS && longer > MUCH_LONGER * shorter => Self::Page,
            _ => Self::Story,
        }
    }
}

fn prepared(found: &Found, reading: &Reading<'_>, comparer: &TextComparer<'_>) -> Result<HashMap<usize, PreparedText>> {
    let mut is_needed = vec![false; found.articles.len()];
    found.pairs.iter().for_each(|pair| (is_needed[pair.left], is_needed[pair.right]) = (true, true));
    let options = reading.corpus.settings.options();
    let mut reader = reading.corpus.inputs.read(&options, &reading.fields);
    let (mut texts, mut number, mut bytes) = (HashMap::new(), 0, found.held);
    while let Some(batch) = reader.next_batch().map_err(input_error::with_remedy_of_stories(&options))? {
        let numbered = batch.documents().enumerate().map(|(place, (id, text))| (number + place, id, text));
        let needed: Vec<_> = numbered.filter(|(number, ..)| is_needed.get(*number).copied().unwrap_or(false)).collect();
        if let Some((number, id, _)) = needed.iter().find(|(number, id, _)| found.articles[*number].id != **id) {
            bail!(
                "document {} was {:?} at first, and is {id:?} now; the inputs must not change",
                number + 1,
                found.articles[*number].id
            );
        }
        bytes += needed.iter().map(|(.., text)| PREPARED * text.len() as u64).sum::<u64>();
        if bytes > reading.memory().0 {
            bail!("the texts of stories fill --memory {}; give more memory, or a higher --threshold", reading.memory());
        }
        texts.par_extend(needed.into_par_iter().map(|(number, _, text)| (number, comparer.prepare(text))));
        number += batch.len();
    }
    Ok(texts)
}
