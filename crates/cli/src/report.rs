//! The report: a page that shows pairs and clusters with the reasons for them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use anyhow::{Context, Result};
use rayon::prelude::*;
use twinprint::Pair;
use twinprint::passages::PassageRules;
use twinprint::result::DiskClusters;
use twinprint_documents::{Fields, Inputs, Options};
use twinprint_report::{Cluster, Comparison, Curve, Member, Report, Shingles};

use crate::corpus::Joined;
use crate::settings::Settings;
use crate::whole::WholeFile;

/// Maximum number of pairs shown with their texts. A browser can still open a page of that size.
const MAX_PAIRS: usize = 5_000;

/// Maximum number of clusters listed.
const MAX_CLUSTERS: usize = 5_000;

/// Maximum number of similarities in the histogram.
const MAX_SIMILARITIES: usize = 200_000;

/// Maximum size of all texts on the page, in bytes.
const MAX_TEXT_BYTES: usize = 64 << 20;

/// Everything needed to read the inputs again.
pub(crate) struct Sources<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) fields: &'a Fields,
    pub(crate) options: &'a Options,
}

/// Writes the report as HTML, or as JSON if the name ends in `.json`.
pub(crate) fn write(
    path: &Path,
    joined: &Joined,
    leaders: &DiskClusters,
    sources: &Sources<'_>,
    settings: &Settings,
) -> Result<()> {
    let report = make(joined, leaders, sources, settings)?;
    let context = || path.display().to_string();
    let mut out = WholeFile::create(path)?;
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        report.write_json(&mut out).with_context(context)?;
    } else {
        report.write_html(&mut out).with_context(context)?;
    }
    out.finish()
}

fn make(joined: &Joined, leaders: &DiskClusters, sources: &Sources<'_>, settings: &Settings) -> Result<Report> {
    let PairScan { shown, similarities, count } = scan_pairs(joined)?;
    let texts = texts(sources, &shown)?;
    let clusters = clusters(joined, leaders)?;
    let shown: Vec<Pair<u32>> =
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
        .count("pairs", count)
        .count("pairs shown", shown.len() as u64)
        .count("clusters shown", clusters.len() as u64);
    let banding = settings.join(None)?.planned_banding()?;
    report.curve = Some(Curve::new(&banding, settings.threshold.unwrap_or(0.5)));
    report.similarities = similarities;
    report.clusters = clusters;
    report.pairs = compare(&shown, &texts, joined.boilerplate.is_some(), settings)?;
    report.texts = texts.into_values().collect::<BTreeMap<String, String>>();
    Ok(report)
}

/// What one pass over all pairs yields.
#[derive(Default)]
struct PairScan {
    /// The first pairs, which are shown.
    shown: Vec<Pair<u32>>,
    /// The similarities of evenly spaced pairs.
    similarities: Vec<f64>,
    /// The number of all pairs.
    count: u64,
}

fn scan_pairs(joined: &Joined) -> Result<PairScan> {
    let PairScan { mut shown, mut similarities, mut count } = PairScan::default();
    let mut every = 1;
    for pair in joined.pairs.pairs()? {
        let pair = pair?;
        if shown.len() < MAX_PAIRS {
            shown.push(pair);
        }
        if count.is_multiple_of(every) {
            similarities.push(pair.jaccard());
        }
        if similarities.len() == MAX_SIMILARITIES {
            // Drops every second one, and from here on takes only one pair in twice as many.
            let mut keep = false;
            similarities.retain(|_| {
                keep = !keep;
                keep
            });
            every *= 2;
        }
        count += 1;
    }
    Ok(PairScan { shown, similarities, count })
}

/// Reads the ids and texts of the documents in these pairs, up to the size limit. The keys are the numbers of the documents.
fn texts(sources: &Sources<'_>, pairs: &[Pair<u32>]) -> Result<BTreeMap<u32, (String, String)>> {
    let wanted: HashSet<u32> = pairs.iter().flat_map(|pair| [pair.left, pair.right]).collect();
    let (mut texts, mut room, mut number) = (BTreeMap::new(), MAX_TEXT_BYTES, 0_u32);
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

/// Compares the texts of each pair; without boilerplate, if that was removed.
fn compare(
    pairs: &[Pair<u32>],
    texts: &BTreeMap<u32, (String, String)>,
    without_boilerplate: bool,
    settings: &Settings,
) -> Result<Vec<Comparison>> {
    let (scheme, rules) = (settings.scheme()?, PassageRules::default());
    let compared = pairs.par_iter().map(|pair| {
        let text = |document: u32| texts.get(&document).map_or(("", ""), |(id, text)| (id.as_str(), text.as_str()));
        let comparison = Comparison::new(&scheme, text(pair.left), text(pair.right), rules)?;
        let kind = if pair.jaccard() >= 1.0 { "copy" } else { "near-duplicate" };
        Ok(if without_boilerplate {
            without_boilerplate_of(comparison, pair).called(kind, WITHOUT_BOILERPLATE)
        } else {
            comparison.called(kind, "their shingle sets reach the threshold")
        })
    });
    compared.collect()
}

/// The reason for a pair whose boilerplate was removed.
const WITHOUT_BOILERPLATE: &str = "their shingle sets reach the threshold without the boilerplate of their sources, which the numbers leave out; \
    the texts and the shared passages are shown with it";

/// Replaces the numbers of a comparison of full texts by those without boilerplate. There is no estimate, because the signatures of those
/// sets were not kept.
fn without_boilerplate_of(whole: Comparison, pair: &Pair<u32>) -> Comparison {
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

/// Lists the first clusters.
fn clusters(joined: &Joined, leaders: &DiskClusters) -> Result<Vec<Cluster>> {
    let mut ids = joined.pairs.id_lookup()?;
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut places: HashMap<u32, usize> = HashMap::new();
    for member in leaders.by_representative()? {
        let twinprint::Member { document, representative, overlap, .. } = member?;
        let Some(overlap) = overlap else { continue };
        let place = match places.get(&representative) {
            Some(&place) => place,
            None if clusters.len() == MAX_CLUSTERS => break,
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
