//! The report: a page that shows pairs and clusters with the reasons for them.

mod texts;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Result, bail};
use rayon::prelude::*;
use twinprint::Pair;
use twinprint::passages::PassageRules;
use twinprint::result::DiskClusters;
use twinprint_documents::{Fields, Inputs, Options};
use twinprint_report::{Cluster, Comparison, Curve, Member, Report, Shingles};

use crate::corpus::Joined;
use crate::output::Output;
use crate::relations::{PairRelation, RelationCounts};
use crate::settings::Settings;
use texts::ShownText;

/// Maximum number of pairs shown with their texts. A browser can still open a page of that size.
const MAX_PAIRS: usize = 5_000;

/// Maximum number of clusters listed.
const MAX_CLUSTERS: usize = 5_000;

/// Maximum number of similarities in the histogram.
const MAX_SIMILARITIES: usize = 200_000;

/// Maximum number of members listed, in all clusters together.
const MAX_MEMBERS: usize = 50_000;

/// Maximum size of all texts on the page, in bytes.
const MAX_TEXT_BYTES: u64 = 64 << 20;

/// The texts take at most this part of the memory, since the page holds them two more times while it is made.
const MEMORY_PER_TEXT_BYTE: u64 = 16;

/// Everything needed to read the inputs again.
pub(crate) struct Sources<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) fields: &'a Fields,
    pub(crate) options: &'a Options,
}

/// The file of a report, and its format.
#[derive(Debug)]
pub(crate) struct ReportFile {
    output: Output,
    is_json: bool,
}

impl ReportFile {
    /// Prepares the file. The format follows from its name: JSON for `.json`, else HTML.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let output = Output::open(Some(path))?;
        // The name of a pipe or a device says nothing of a format.
        let ending = path.extension().filter(|_| matches!(output, Output::File { .. }));
        let is_json = match ending.map(|ending| ending.to_string_lossy().to_ascii_lowercase()).as_deref() {
            Some("json") => true,
            None | Some("html" | "htm" | "xhtml") => false,
            Some(other) => bail!(
                "{}: a report is written as HTML, or as JSON if the name ends in .json, and not as .{other}; choose such a name",
                path.display()
            ),
        };
        Ok(Self { output, is_json })
    }

    /// Writes the report.
    pub(crate) fn write(
        &self,
        joined: &Joined,
        leaders: &DiskClusters,
        sources: &Sources<'_>,
        settings: &Settings,
    ) -> Result<()> {
        let report = make(joined, leaders, sources, settings)?;
        let mut out = self.output.create()?;
        if self.is_json {
            report.write_json(&mut out)?;
        } else {
            report.write_html(&mut out)?;
        }
        out.finish()
    }
}

fn make(joined: &Joined, leaders: &DiskClusters, sources: &Sources<'_>, settings: &Settings) -> Result<Report> {
    let PairScan { shown, similarities, count } = scan_pairs(joined)?;
    let memory = settings.memory_limit().0;
    let max_bytes = usize::try_from(MAX_TEXT_BYTES.min(memory / MEMORY_PER_TEXT_BYTE))?;
    let texts = texts::read(joined, sources, &shown, max_bytes)?;
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
        .count("documents", stats.documents);
    // Across sources, equal sets are not grouped, so nothing is known of them. Without boilerplate, texts are not compared.
    report = match (settings.across_sources == Some(true), joined.boilerplate.is_some()) {
        (true, _) => report,
        (false, true) => report.count("with the same shingles", stats.equal_sets),
        (false, false) => {
            report.count("copies", stats.copies).count("others with the same shingles", stats.equal_sets - stats.copies)
        }
    };
    report = report.count("empty", stats.empty).count("pairs", count).count("pairs shown", shown.len() as u64);
    let relations = joined.relations.as_ref().map(|relations| relations.of(&shown)).transpose()?;
    for (relation, count) in count_relations(relations.as_deref().unwrap_or_default()).iter() {
        report = report.count(format!("shown as {}", relation.name()), count);
    }
    report = report.count("clusters shown", clusters.len() as u64);
    let banding = settings.join(None)?.planned_banding()?;
    report.curve = Some(Curve::new(&banding, settings.threshold()));
    report.similarities = similarities;
    report.clusters = clusters;
    report.pairs = compare(&shown, relations.as_deref(), &texts, joined, settings)?;
    report.texts = texts.into_values().map(|shown| (shown.id, shown.text)).collect();
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

fn count_relations(relations: &[PairRelation]) -> RelationCounts {
    let mut counts = RelationCounts::default();
    relations.iter().for_each(|&relation| counts.add(relation));
    counts
}

/// Compares the texts of each pair; without boilerplate, if that was removed.
fn compare(
    pairs: &[Pair<u32>],
    relations: Option<&[PairRelation]>,
    texts: &BTreeMap<u32, ShownText>,
    joined: &Joined,
    settings: &Settings,
) -> Result<Vec<Comparison>> {
    let (scheme, rules, boilerplate) = (settings.scheme()?, PassageRules::default(), joined.boilerplate.as_ref());
    // Without boilerplate, the join knows sets and no texts, so that copies may differ in the order of their words.
    let is_known = |pair: &Pair<u32>| boilerplate.is_none() || !pair.is_copy();
    let relation = |(place, pair): (usize, &Pair<u32>)| {
        relations.and_then(|relations| relations.get(place)).copied().filter(|_| is_known(pair))
    };
    let known = pairs.iter().enumerate();
    let known = known.filter_map(|(place, pair)| {
        Some((pair, relation((place, pair)), texts.get(&pair.left)?, texts.get(&pair.right)?))
    });
    let known: Vec<_> = known.collect();
    let compared = known.into_par_iter().map(|(pair, relation, left, right)| {
        texts::check_unchanged(&scheme, boilerplate, [left, right], pair)?;
        let comparison = Comparison::new(&scheme, (&left.id, &left.text), (&right.id, &right.text), rules)?;
        let slots = joined.relations.as_ref().map(|relations| relations.slots(&left.text, &right.text));
        let comparison = comparison.with_slots(&slots.unwrap_or_default());
        let kind = match (relation, pair.jaccard()) {
            (Some(relation), _) => relation.name(),
            (None, 1.0..) if pair.is_copy() && boilerplate.is_none() => "copy",
            (None, 1.0..) => "same shingles",
            (None, _) => "near-duplicate",
        };
        let reason = if boilerplate.is_some() { WITHOUT_BOILERPLATE } else { "their shingle sets reach the threshold" };
        let meaning = relation.map(|relation| format!("; {}", relation.meaning())).unwrap_or_default();
        let comparison = comparison.called(kind, format!("{reason}{meaning}"));
        Ok(if boilerplate.is_some() { without_boilerplate_of(comparison, pair) } else { comparison })
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
    let (mut listed, mut hidden) = (0, BTreeMap::<usize, u64>::new());
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
        if listed == MAX_MEMBERS {
            *hidden.entry(place).or_default() += 1;
            continue;
        }
        listed += 1;
        let reason = format!("{:.0}\u{a0}% of its shingles are in the representative", 100.0 * overlap.left_in_right());
        clusters[place].members.push(Member {
            id: ids.get(document)?.to_string(),
            jaccard: Some(overlap.jaccard()),
            reason,
        });
    }
    for (place, members) in hidden {
        clusters[place].reason += &format!("; {members} more members are not listed");
    }
    Ok(clusters)
}
