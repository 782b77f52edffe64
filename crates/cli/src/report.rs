//! The page that shows what was found, and why.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result};
use rayon::prelude::*;
use twinprint::passages::PassageRules;
use twinprint::{Dropped, NumberedPair};
use twinprint_documents::{Fields, Inputs, Options};
use twinprint_report::{Cluster, Comparison, Curve, Member, Report, Shingles};

use crate::corpus::Joined;
use crate::settings::Settings;
use crate::whole::WholeFile;

/// Pairs that are shown with their texts, and clusters that are listed: what a page can hold that a reader can open.
const PAIRS: usize = 5_000;
const CLUSTERS: usize = 5_000;

/// Similarities from which the histogram is drawn.
const SIMILARITIES: usize = 200_000;

/// Bytes of texts that the page holds.
const TEXTS: usize = 64 << 20;

/// What the inputs are read again by.
pub(crate) struct Sources<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) fields: &'a Fields,
    pub(crate) options: &'a Options,
}

/// Writes the report as HTML, or as JSON if the name ends so.
pub(crate) fn write(path: &Path, joined: &Joined, sources: &Sources<'_>, settings: &Settings) -> Result<()> {
    let report = make(joined, sources, settings)?;
    let context = || path.display().to_string();
    let mut out = WholeFile::create(path)?;
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        report.write_json(&mut out).with_context(context)?;
    } else {
        report.write_html(&mut out).with_context(context)?;
    }
    out.finish()
}

fn make(joined: &Joined, sources: &Sources<'_>, settings: &Settings) -> Result<Report> {
    let (shown, similarities, found) = pairs(joined)?;
    let texts = texts(sources, &shown)?;
    let clusters = clusters(joined)?;
    let shown: Vec<NumberedPair> =
        shown.into_iter().filter(|pair| texts.contains_key(&pair.left) && texts.contains_key(&pair.right)).collect();
    let stats = joined.pairs.stats();
    let mut report = Report::new("Near-duplicate documents");
    for line in settings.to_toml()?.lines() {
        if let Some((name, value)) = line.split_once(" = ") {
            report = report.setting(name, value.trim_matches('"'));
        }
    }
    report = report
        .setting("scheme", settings.scheme()?.description().trim().replace('\n', ", "))
        .count("documents", stats.documents)
        .count("copies", stats.copies)
        .count("empty", stats.empty)
        .count("pairs", found)
        .count("pairs shown", shown.len() as u64)
        .count("clusters shown", clusters.len() as u64);
    let banding = settings.join(None)?.build::<()>()?.banding();
    report.curve = Some(Curve::of(&banding, settings.threshold.unwrap_or(0.5)));
    report.similarities = similarities;
    report.clusters = clusters;
    report.pairs = compare(&shown, &texts, joined.left_out.is_some(), settings)?;
    report.texts = texts.into_values().collect::<BTreeMap<String, String>>();
    Ok(report)
}

/// The pairs to show, which are the first ones; some similarities, evenly drawn; and how many pairs there are.
fn pairs(joined: &Joined) -> Result<(Vec<NumberedPair>, Vec<f64>, u64)> {
    let (mut shown, mut similarities, mut found) = (Vec::new(), Vec::new(), 0_u64);
    let mut every = 1;
    for pair in joined.pairs.pairs()? {
        let pair = pair?;
        if shown.len() < PAIRS {
            shown.push(pair);
        }
        if found.is_multiple_of(every) {
            similarities.push(pair.jaccard());
        }
        if similarities.len() == SIMILARITIES {
            // Every second one is left out, and so it goes on.
            let mut keep = false;
            similarities.retain(|_| {
                keep = !keep;
                keep
            });
            every *= 2;
        }
        found += 1;
    }
    Ok((shown, similarities, found))
}

/// Ids and texts of the documents in some pairs, by their numbers, as far as there is room.
fn texts(sources: &Sources<'_>, pairs: &[NumberedPair]) -> Result<BTreeMap<u32, (String, String)>> {
    let wanted: HashSet<u32> = pairs.iter().flat_map(|pair| [pair.left, pair.right]).collect();
    let (mut texts, mut room, mut number) = (BTreeMap::new(), TEXTS, 0_u32);
    let mut reader = sources.inputs.read(sources.options, sources.fields);
    while let Some(batch) = reader.next_batch()? {
        for (id, text, _) in batch.records() {
            if wanted.contains(&number)
                && let Some(left) = room.checked_sub(text.len())
            {
                room = left;
                texts.insert(number, (id.to_string(), text.to_string()));
            }
            number += 1;
        }
    }
    Ok(texts)
}

/// Each pair with its evidence; where shingles were left out, with what the rests share.
fn compare(
    pairs: &[NumberedPair],
    texts: &BTreeMap<u32, (String, String)>,
    are_rests: bool,
    settings: &Settings,
) -> Result<Vec<Comparison>> {
    let (scheme, rules) = (settings.scheme()?, PassageRules::default());
    let compared = pairs.par_iter().map(|pair| {
        let text = |document: u32| texts.get(&document).map_or(("", ""), |(id, text)| (id.as_str(), text.as_str()));
        let comparison = Comparison::of(&scheme, text(pair.left), text(pair.right), rules)?;
        let kind = if pair.jaccard() >= 1.0 { "copy" } else { "near-duplicate" };
        Ok(if are_rests {
            of_rests(comparison, pair).called(kind, OF_RESTS)
        } else {
            comparison.called(kind, "their shingle sets reach the threshold")
        })
    });
    compared.collect()
}

/// Why two texts are a pair whose boilerplate was left out.
const OF_RESTS: &str = "their shingle sets reach the threshold without the boilerplate of their sources, which the numbers leave out; \
    the texts and the shared passages are shown with it";

/// The comparison of two whole texts with the numbers of what was left of them. Signatures of that are not at hand.
fn of_rests(whole: Comparison, pair: &NumberedPair) -> Comparison {
    let overlap = pair.overlap;
    Comparison {
        jaccard: overlap.jaccard(),
        estimate: None,
        left_in_right: overlap.left_in_right(),
        right_in_left: overlap.right_in_left(),
        shingles: Shingles { left: overlap.left(), right: overlap.right(), shared: overlap.shared() },
        ..whole
    }
}

/// The first clusters, with what is kept of them.
fn clusters(joined: &Joined) -> Result<Vec<Cluster>> {
    let mut ids = joined.pairs.id_lookup()?;
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for dropped in joined.dropped()?.by_representative()? {
        let Dropped { document, representative, overlap, .. } = dropped?;
        let place = match places.get(&representative) {
            Some(&place) => place,
            None if clusters.len() == CLUSTERS => break,
            None => {
                let representative_id = ids.get(representative)?.to_string();
                clusters.push(Cluster {
                    representative: representative_id,
                    kind: "near-duplicates".to_string(),
                    reason: "preferred to the others".to_string(),
                    members: Vec::new(),
                });
                places.insert(representative, clusters.len() - 1);
                clusters.len() - 1
            }
        };
        let reason = format!("{:.0}\u{a0}% of its shingles are in the representative", 100.0 * overlap.left_in_right());
        clusters[place].members.push(Member {
            id: ids.get(document)?.to_string(),
            jaccard: Some(overlap.jaccard()),
            reason,
        });
    }
    Ok(clusters)
}
