//! Prints stories: as a list for reading, as rows, as objects; or their pairs.

use anyhow::Result;
use serde_json::json;
use twinprint::stories::{Story, StoryMember};
use unicode_width::UnicodeWidthStr;

use super::Found;
use super::article::{Article, date};
use crate::arguments::Stories;
use crate::escape;
use crate::messages::{self, counted};
use crate::output::{LineSink, Output};
use crate::tables::{TableFormat, write_row};

/// The most sources that a heading names.
const SOURCES: usize = 6;

pub(super) fn print(found: &Found, command: &Stories, output: &Output) -> Result<()> {
    let mut out = LineSink::create(output)?;
    if let Some(window) = found.index.order_window().filter(|_| command.date.is_none()) {
        tracing::warn!(
            "no --date was given, and rare words come in bursts: the order of the inputs was taken for that of time, and documents \
             more than {window} apart were not compared; --window off compares all"
        );
    }
    if command.pairs {
        print_pairs(found, command, &mut out)?;
        return out.finish();
    }
    let stories = found.index.stories(&found.pairs);
    let told: usize = stories.iter().map(|story| story.members.len()).sum();
    if command.json {
        print_objects(found, &stories, &mut out)?;
    } else if command.tsv {
        print_rows(found, &stories, &mut out)?;
    } else {
        out.line(format_args!("{}", verdict(found, stories.len(), told)))?;
        print_list(found, &stories, command.limit as usize, &mut out)?;
        return out.finish();
    }
    out.finish()?;
    let left_out = found.articles.len() - told;
    messages::result(format!("{}; {left_out} are in no story and left out", verdict(found, stories.len(), told)));
    Ok(())
}

fn verdict(found: &Found, stories: usize, told: usize) -> String {
    format!(
        "{}, told by {told} of {}; set aside: {}, {}, {}",
        counted(stories, "story", "stories"),
        counted(found.articles.len(), "document", "documents"),
        counted(found.templates, "pair of one template", "pairs of one template"),
        counted(found.background, "pair with background only", "pairs with background only"),
        counted(found.pages, "pair of an article and a page of many", "pairs of an article and a page of many")
    )
}

fn print_pairs(found: &Found, command: &Stories, out: &mut LineSink) -> Result<()> {
    let format = TableFormat::new(command.json);
    for pair in &found.pairs {
        let numbers = [("similarity", format!("{:.6}", pair.similarity)), ("rare", pair.shared.to_string())];
        write_row(out, format, [&found.articles[pair.left].id, &found.articles[pair.right].id], &numbers)?;
    }
    let Found { pairs, templates, background, pages, .. } = found;
    let pairs = pairs.len();
    messages::result(format!(
        "{pairs} pairs; left out: {templates} of one template, {background} with background only, {pages} of an article and a page of many"
    ));
    Ok(())
}

fn print_rows(found: &Found, stories: &[Story], out: &mut LineSink) -> Result<()> {
    for (number, story) in stories.iter().enumerate() {
        for member in &story.members {
            let Article { id, headline, time, source } = &found.articles[member.text];
            let (time, source) = (time.map(date).unwrap_or_default(), source.as_deref().unwrap_or_default());
            let column = escape::column;
            out.line(format_args!(
                "{}\t{}\t{:.6}\t{time}\t{}\t{}",
                number + 1,
                column(id),
                member.similarity,
                column(source),
                column(headline)
            ))?;
        }
    }
    Ok(())
}

fn print_objects(found: &Found, stories: &[Story], out: &mut LineSink) -> Result<()> {
    let article = |member: &StoryMember| {
        let Article { id, headline, time, source } = &found.articles[member.text];
        json!({"id": id, "similarity": member.similarity, "date": time.map(date), "source": source, "headline": headline})
    };
    for (number, story) in stories.iter().enumerate() {
        let articles: Vec<_> = story.members.iter().map(article).collect();
        let object = json!({
            "story": number + 1,
            "headline": found.articles[story.members[story.center].text].name(),
            "first_published": story.first_published().map(date),
            "latest": story.latest().map(date),
            "sources": story.sources,
            "articles": articles,
        });
        out.line(format_args!("{object}"))?;
    }
    Ok(())
}

/// Prints a heading for each story, and its articles below: similarity, date, source, id and headline.
fn print_list(found: &Found, stories: &[Story], limit: usize, out: &mut LineSink) -> Result<()> {
    for (number, story) in stories.iter().take(limit).enumerate() {
        let headline = found.articles[story.members[story.center].text].name();
        out.line(format_args!(""))?;
        out.line(format_args!("{}. {} ({})", number + 1, escape::column(headline), summary(story)))?;
        let shown = &story.members[..story.members.len().min(limit)];
        let rows: Vec<_> = shown.iter().map(|member| row(&found.articles[member.text])).collect();
        let widths: [usize; 3] =
            std::array::from_fn(|at| rows.iter().map(|(cells, _)| cells[at].width()).max().unwrap_or(0).min(MAX_WIDTH));
        for ((cells, headline), member) in rows.iter().zip(shown) {
            let mut line = format!("   {:.2}", member.similarity);
            // A column that is empty in each row takes no room.
            for (cell, width) in cells.iter().zip(widths).filter(|(_, width)| *width > 0) {
                let padding = " ".repeat(width.saturating_sub(cell.width()));
                line.push_str(&format!("  {cell}{padding}"));
            }
            out.line(format_args!("{line}  {headline}"))?;
        }
        if story.members.len() > shown.len() {
            out.line(format_args!("   and {} more", story.members.len() - shown.len()))?;
        }
    }
    if stories.len() > limit {
        out.line(format_args!(
            "\nand {}; --limit N shows more, --tsv all",
            counted(stories.len() - limit, "more story", "more stories")
        ))?;
    }
    Ok(())
}

/// The most columns of the terminal to which a cell is padded.
const MAX_WIDTH: usize = 40;

/// Returns what is printed of an article: its date, source and id, and its headline.
fn row(article: &Article) -> ([String; 3], String) {
    let column = |text: &str| escape::column(text).into_owned();
    let Article { id, headline, time, source } = article;
    let cells = [time.map(date).unwrap_or_default(), column(source.as_deref().unwrap_or_default()), column(id)];
    (cells, column(headline))
}

/// Says how many articles a story has, of which sources, and from when to when.
fn summary(story: &Story) -> String {
    let mut parts = vec![counted(story.members.len(), "article", "articles")];
    if !story.sources.is_empty() {
        let named: Vec<_> = story.sources.iter().take(SOURCES).map(|source| escape::column(source)).collect();
        let others = story.sources.len() - named.len();
        let others = if others > 0 { format!(" and {others} more") } else { String::new() };
        parts.push(format!("{}: {}{others}", counted(story.sources.len(), "source", "sources"), named.join(", ")));
    }
    match (story.first_published().map(date), story.latest().map(date)) {
        (Some(first), Some(latest)) if first != latest => parts.push(format!("{first} to {latest}")),
        (Some(first), _) => parts.push(first),
        _ => {}
    }
    parts.join("; ")
}
