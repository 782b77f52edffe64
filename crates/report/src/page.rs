//! Writes the page around the data.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::charts;
use crate::embed;
use crate::model::Report;

const STYLE: &str = concat!(
    include_str!("../assets/page.css"),
    include_str!("../assets/table.css"),
    include_str!("../assets/view.css"),
    include_str!("../assets/print.css")
);
/// The script: one function around all parts, so that they share names with each other and with nothing else.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../assets/data.js"),
    include_str!("../assets/table.js"),
    include_str!("../assets/marks.js"),
    include_str!("../assets/view.js"),
    include_str!("../assets/sections.js"),
    "})();\n"
);

impl Report {
    /// Writes the report as one self-contained HTML page, which needs no network, no server and no other file.
    ///
    /// The page holds up to 200 kB of each text, around what is marked in it, and 24 MB of all texts. It shows where it
    /// leaves something out. It is made in memory before it is written, so that a failure leaves no half of a page
    /// unless writing fails.
    ///
    /// ```
    /// use twinprint_report::Report;
    ///
    /// let path = std::env::temp_dir().join("twinprint-example-report.html");
    /// let report = Report::new("No duplicates <yet>").count("texts", 3);
    /// report.write_html(std::fs::File::create(&path)?)?;
    /// let page = std::fs::read_to_string(&path)?;
    /// assert!(page.contains("<title>No duplicates &lt;yet&gt;</title>"));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// If writing to `out` fails.
    pub fn write_html(&self, mut out: impl Write) -> io::Result<()> {
        out.write_all(self.to_html()?.as_bytes())?;
        out.flush()
    }

    /// Returns the page of [`write_html`](Self::write_html) as a string.
    ///
    /// # Errors
    /// If the data cannot be written as JSON, which does not happen with the types of this version.
    pub fn to_html(&self) -> io::Result<String> {
        Ok(page(self, &embed::data(self)?).into_string())
    }
}

/// Lays out the page. Tables and texts are made by its script, from the data.
fn page(report: &Report, data: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (visible(&report.title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.top {
                    h1 dir="auto" { (visible(&report.title)) }
                    (summary(report))
                    (settings(report))
                    nav #contents aria-label="Sections" {}
                }
                main {
                    noscript { p.note { "The tables and texts of this report are made by its script, which is switched off in this browser. \
                        Everything they show is in this file as JSON." } }
                    (figures(report))
                    div #sections {}
                }
                dialog #view aria-labelledby="view-title" {}
                div #said role="status" aria-live="polite" {}
                script #data type="application/json" { (PreEscaped(data)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn summary(report: &Report) -> Markup {
    html! {
        @if !report.summary.is_empty() {
            dl.summary {
                @for count in &report.summary {
                    div { dt { (visible(&count.name)) } dd { (grouped(count.count)) } }
                }
            }
        }
    }
}

fn settings(report: &Report) -> Markup {
    html! {
        @if !report.settings.is_empty() {
            dl.settings {
                @for setting in &report.settings {
                    div { dt { (visible(&setting.name)) } dd dir="auto" { (visible(&setting.value)) } }
                }
            }
        }
    }
}

/// Draws both charts, as far as there is data for them. Each has a caption and a text for screen readers.
fn figures(report: &Report) -> Markup {
    let curve = report.curve.as_ref().and_then(|curve| Some((curve, charts::s_curve(curve, &report.similarities)?)));
    let histogram = charts::histogram(&report.similarities);
    let pairs = grouped(report.similarities.len() as u64);
    html! {
        @if curve.is_some() || histogram.is_some() {
            section.figures #similarities aria-label="Similarities" {
                @if let Some(svg) = histogram {
                    figure {
                        figcaption { b { "How alike the pairs are" } " Pairs by their exact Jaccard similarity." }
                        div.chart role="img" aria-label={ "Histogram of the similarities of " (pairs) " pairs" } { (PreEscaped(svg)) }
                    }
                }
                @if let Some((curve, svg)) = curve {
                    figure {
                        figcaption {
                            b { "What the search would find" }
                            " The probability that a pair becomes a candidate: " (curve.bands) " bands of " (curve.rows)
                            " rows. Each dot is a pair of this corpus."
                        }
                        div.chart role="img" aria-label={
                            "S-curve of " (curve.bands) " bands of " (curve.rows) " rows, threshold " (curve.threshold)
                        } { (PreEscaped(svg)) }
                    }
                }
            }
        }
    }
}

/// Returns the content security policy: the page fetches, sends and frames nothing, and only its own script and style
/// run.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// Makes control characters visible, and characters that change the direction of the text after them.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\0'..='\u{1f}' => shown.extend(char::from_u32(0x2400 + u32::from(character))),
            '\u{7f}' => shown.push('\u{2421}'),
            '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                shown += &format!("[U+{:04X}]", u32::from(character));
            }
            other => shown.push(other),
        }
    }
    shown
}

/// Formats a number with its digits in groups of three, separated by thin spaces.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push('\u{202f}');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        let shown: Vec<String> = [0, 999, 1_000, 1_234_567].map(grouped).into();
        assert_eq!(shown, ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]);
    }

    #[test]
    fn control_characters_are_seen() {
        assert_eq!(visible("a\0b\u{1b}[31m\n\u{7f}\u{85}\u{202e}é"), "a␀b␛[31m␊␡[U+0085][U+202E]é");
    }
}
