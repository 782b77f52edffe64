//! Reports for tests.

use twinprint::Scheme;
use twinprint::passages::PassageRules;
use twinprint::relation::{RelationRules, TextComparer};
use twinprint_report::{Cluster, Comparison, Curve, Member, Repetition, Report};

/// Two texts that share two passages, in the opposite order.
pub(crate) const LEFT: &str = "The ferry was late. “We are sorry for the delay and will pay for it,” the operator said. Nobody was hurt in \
    the storm that closed the harbour on Monday night.";
pub(crate) const RIGHT: &str = "Nobody was hurt in the storm that closed the harbour on Monday. Fares rise in May. 'We are SORRY for the delay, \
    and will pay for it' was all they said of ferries.";

/// Texts that would do harm in a page that took them for markup, for script, or for names of its own.
pub(crate) const HOSTILE: [&str; 10] = [
    "</script><script>window.harmed = 1</script>",
    "<img src=x onerror='window.harmed = 1'><svg onload=\"window.harmed = 1\">",
    "<!--<script>",
    "__proto__",
    "constructor",
    "\"],\"x\":[\u{2028}\u{2029}\\",
    "&lt;script&gt;&#60;b&#62;&amp",
    "a\u{0}b\u{1b}[31m\u{7f}\u{85}\u{feff}",
    "\u{202e}gnp.exe\u{2066}\u{200f}שלום",
    "javascript:window.harmed=1",
];

/// Compares two texts and adds them, with their pair, to the report.
pub(crate) fn add_pair(report: &mut Report, left: (&str, &str), right: (&str, &str)) {
    let scheme = Scheme::news();
    let compared = Comparison::new(&scheme, left, right, PassageRules::default()).expect("text");
    report.similarities.push(compared.jaccard);
    let comparer = TextComparer::new(&scheme, RelationRules::default()).expect("text");
    let judged = comparer.compare(&comparer.prepare(left.1), &comparer.prepare(right.1));
    report.pairs.push(compared.with_slots(&judged.slots).called("near-duplicate", "They share phrases."));
    report.texts.extend([left, right].map(|(id, text)| (id.to_string(), text.to_string())));
}

/// Makes a report with something in every section.
pub(crate) fn full() -> Report {
    let mut report = Report::new("Two ferries").setting("threshold", "0.1").count("texts", 1_234);
    report.curve = Some(Curve { bands: 20, rows: 5, threshold: 0.1 });
    add_pair(&mut report, ("wire", LEFT), ("post", RIGHT));
    let words = Scheme::builder().words(1).build().and_then(|scheme| scheme.shingler()).expect("valid");
    let (one, other) = ("Storm closes old harbour", "Old harbour shut: storm, storm");
    add_pair(&mut report, ("one", one), ("other", other));
    let rewrites = report.pairs.pop().expect("just added");
    report.pairs.push(rewrites.with_words(&words, one, other));
    let page = format!("Weather. Sports. {LEFT} Log in. Again: {LEFT}");
    let shingler = Scheme::news().shingler().expect("text");
    report.repetitions.push(Repetition::new(&shingler, ("page", &page), PassageRules::default()));
    let contained = Comparison::new(&Scheme::news(), ("wire", LEFT), ("page", &page), PassageRules::default());
    report.containments.push(contained.expect("text").called("contained", ""));
    report.texts.insert("page".to_string(), page);
    let member = Member { id: "post".to_string(), jaccard: Some(0.5), reason: "half of it".to_string() };
    report.clusters.push(Cluster {
        representative: "wire".to_string(),
        kind: "near-duplicates".to_string(),
        reason: "the longest".to_string(),
        members: vec![member],
    });
    report
}

/// Makes a report of this number of pairs with different similarities, whose texts are 2 kB each.
pub(crate) fn many(pairs: usize) -> Report {
    let mut report = Report::new("Many");
    for number in 0..pairs {
        let (left, right) = (format!("text-{number}-a"), format!("text-{number}-b"));
        for id in [&left, &right] {
            report.texts.insert(id.clone(), format!("{id} says what is to be said. ").repeat(60));
        }
        let jaccard = (number * 7_919 % pairs) as f64 / pairs as f64;
        report.similarities.push(jaccard);
        report.pairs.push(Comparison { left, right, jaccard, kind: "copy".to_string(), ..Comparison::default() });
    }
    report
}

/// Makes a report of hostile texts, which are their own ids.
pub(crate) fn hostile() -> Report {
    let mut report = Report::new(HOSTILE[0]).setting(HOSTILE[1], HOSTILE[0]).count(HOSTILE[0], 1);
    for text in HOSTILE {
        let long = format!("{text} {LEFT} {}{text}", "x".repeat(1_000_000));
        add_pair(&mut report, (text, text), (&format!("long {text}"), &long));
        let pair = report.pairs.pop().expect("just added");
        report.pairs.push(pair.called(text, text));
        let member = Member { id: text.to_string(), jaccard: None, reason: text.to_string() };
        let text = text.to_string();
        report.clusters.push(Cluster {
            representative: text.clone(),
            kind: text.clone(),
            reason: text,
            members: vec![member],
        });
    }
    report
}
