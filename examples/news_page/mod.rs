//! What the example prints.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use twinprint::Cluster;
use twinprint::stories::Story;
use twinprint_documents::LoadedCorpus;

use super::news_pairs::{Row, Tier};
use super::{Found, PHRASES};

pub(super) fn print_tsv(rows: &[Row]) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for row in rows.iter().filter(|row| row.tier != Tier::Template) {
        let Row { left, right, content, judgement, tier } = row;
        let (jaccard, containment) = (content.jaccard(), content.containment());
        let (relation, phrases) = (tier.name(), judgement.phrases.jaccard());
        writeln!(out, "{left}\t{right}\t{jaccard:.4}\t{containment:.4}\t{relation}\t{phrases:.4}")?;
    }
    out.flush()
}

/// The verdict first, then the pairs, what would be kept, the stories, and the score where labels are given.
pub(super) fn page(
    path: &Path,
    corpus: &LoadedCorpus,
    found: &Found<'_>,
    limit: usize,
    labels: Option<&str>,
) -> String {
    let mut page = verdict(path, corpus, found);
    if found.passed_over > 0 {
        page += &format!(
            "Not compared: {} pairs of texts that are both similar to many, such as items of one form.\n",
            found.passed_over
        );
    }
    page += &tables(&found.rows, limit);
    page += &limited(&kept(&found.near), limit);
    page += &limited(&stories(corpus, &found.stories), limit);
    if let Some(labels) = labels {
        page += &score(&found.rows, labels);
    }
    page
}

fn verdict(path: &Path, corpus: &LoadedCorpus, found: &Found<'_>) -> String {
    let pairs_of = |tier| found.rows.iter().filter(|row| row.tier == tier).count();
    let removed: usize = found.near.iter().map(|cluster| cluster.members().len()).sum();
    format!(
        "Read {} texts, {} kB, from {}; {} set aside.\n\
         {removed} of them are copies or edits that would be removed; {} pairs are texts inside longer ones.\n\
         {} stories are told by several texts. {} pairs of one template are set aside.\n\
         Compared: {} candidates by phrases (recall {:.3} at J = {PHRASES}), {} by words of stories.\n",
        corpus.documents.len(),
        corpus.bytes / 1000,
        path.display(),
        corpus.rejected.len(),
        pairs_of(Tier::Contained),
        found.stories.len(),
        pairs_of(Tier::Template),
        found.phrase_candidates,
        found.banding.recall(PHRASES),
        found.story_candidates,
    )
}

fn tables(rows: &[Row], limit: usize) -> String {
    let tiers = [
        (Tier::NearDuplicate, "Near-duplicates: copies and edits of one text"),
        (Tier::Contained, "Contained: one text is inside a much longer one"),
        (Tier::SameStory, "Rewrites of one story: names and topics in common, not the text"),
        (Tier::Template, "Set aside: one template, filled in with other names or figures"),
    ];
    let mut page = String::new();
    for (tier, title) in tiers {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.tier == tier).collect();
        if !rows.is_empty() {
            page += &format!("\n{title}\n{}", table(&rows[..rows.len().min(limit)]));
        }
        if rows.len() > limit {
            page += &format!("  and {} more\n", rows.len() - limit);
        }
    }
    page + "\njaccard, containment: of content words; phrases: containment of word 3-grams in the shorter text; slots: \
            places with other names or figures.\n"
}

fn table(rows: &[&Row]) -> String {
    let width = |name: fn(&Row) -> &String| rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0);
    let (left, right) = (width(|row| &row.left).max(4), width(|row| &row.right).max(5));
    let head = format!("  {:left$}  {:right$}  jaccard  containment  phrases  slots\n", "left", "right");
    let line = |row: &&Row| {
        format!(
            "  {:left$}  {:right$}  {:7.3}  {:11.3}  {:7.3}  {:5}\n",
            row.left,
            row.right,
            row.content.jaccard(),
            row.content.containment(),
            row.judgement.phrases.containment(),
            row.judgement.slots.len()
        )
    };
    head + &rows.iter().map(line).collect::<String>()
}

/// A heading and the first lines under it.
fn limited(list: &str, limit: usize) -> String {
    let lines: Vec<&str> = list.lines().collect();
    let shown = lines.len().min(limit + 1);
    let mut page = format!("\n{}\n", lines[..shown].join("\n"));
    if lines.len() > shown {
        page += &format!("  and {} more lines\n", lines.len() - shown);
    }
    page
}

/// Lists which near-duplicates would be kept.
fn kept(clusters: &[Cluster<&str>]) -> String {
    if clusters.is_empty() {
        return "Nothing would be removed: no text is a near-duplicate of another.\n".to_string();
    }
    let mut page = "What would be kept of the near-duplicates (the longest of each)\n".to_string();
    for cluster in clusters {
        page += &format!("  keep {}\n", cluster.representative());
        for duplicate in cluster.members() {
            let why = match duplicate.overlap.filter(|_| !duplicate.is_copy()) {
                Some(overlap) => format!("{:.0} % of its phrases are there", 100.0 * overlap.left_in_right()),
                None => "the same words".to_string(),
            };
            page += &format!("    remove {}: {why}\n", duplicate.document);
        }
    }
    page
}

fn stories(corpus: &LoadedCorpus, stories: &[Story]) -> String {
    if stories.is_empty() {
        return "No story is told by several texts.\n".to_string();
    }
    let mut page = "Stories told by several texts, each with its similarity to the others\n".to_string();
    for (number, story) in stories.iter().enumerate() {
        let center = &corpus.documents[story.members[story.center].text];
        page += &format!("  {:2}. {}\n", number + 1, center.text.trim_start().lines().next().unwrap_or(&center.id));
        for member in &story.members {
            page += &format!("      {:.2}  {}\n", member.similarity, corpus.documents[member.text].id);
        }
    }
    page
}

/// Precision and recall against `labels.tsv`.
fn score(rows: &[Row], labels: &str) -> String {
    let pair = |line: &'_ str| {
        let mut fields = line.split('\t').map(str::to_string);
        Some((fields.next()?, fields.next()?, fields.next()?))
    };
    let labels: HashMap<(String, String), String> =
        labels.lines().skip(1).filter_map(pair).map(|(left, right, kind)| ((left, right), kind)).collect();
    let reported: HashMap<(String, String), Tier> = rows
        .iter()
        .filter(|row| row.tier != Tier::Template)
        .map(|row| ((row.left.clone(), row.right.clone()), row.tier))
        .collect();
    let right = reported.keys().filter(|pair| labels.contains_key(pair)).count();
    let mut page = format!(
        "\nAgainst labels.tsv: precision {:.3} ({right} of {} reported), recall {:.3} ({right} of {} labelled)\n",
        right as f64 / reported.len() as f64,
        reported.len(),
        right as f64 / labels.len() as f64,
        labels.len()
    );
    for kind in ["copy", "edit", "contains", "rewrite"] {
        let of_kind: Vec<_> = labels.iter().filter(|(_, label)| *label == kind).map(|(pair, _)| pair).collect();
        let found = of_kind.iter().filter(|pair| reported.contains_key(**pair)).count();
        let tier = if kind == "rewrite" { Tier::SameStory } else { Tier::NearDuplicate };
        let tier = if kind == "contains" { Tier::Contained } else { tier };
        let placed = of_kind.iter().filter(|pair| reported.get(**pair) == Some(&tier)).count();
        page += &format!("  {kind:9} {found:3} of {:3} found, {placed:3} of them as {}\n", of_kind.len(), tier.name());
    }
    let mut wrong: Vec<_> = reported.keys().filter(|pair| !labels.contains_key(pair)).collect();
    let mut missed: Vec<_> = labels.keys().filter(|pair| !reported.contains_key(pair)).collect();
    wrong.sort();
    missed.sort();
    for (left, right) in wrong {
        page += &format!("  reported, not labelled: {left}  {right}\n");
    }
    for (left, right) in missed {
        page += &format!("  labelled, not reported: {left}  {right}\n");
    }
    page
}
