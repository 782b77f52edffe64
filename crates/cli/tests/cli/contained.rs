//! `twinprint contained`.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::corpora::{Document, documents, folder_of, json_lines, sets};
use crate::process::run;

/// Creates documents, pages of seven documents each, and the first halves of some.
fn nested() -> Vec<Document> {
    let mut documents = documents(120);
    let pages: Vec<Document> = documents
        .chunks(7)
        .enumerate()
        .map(|(number, texts)| {
            let texts: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
            (format!("page-{number}"), texts.join("\nNext story: "))
        })
        .collect();
    let halves: Vec<Document> = documents
        .iter()
        .step_by(11)
        .filter_map(|(id, text)| Some((format!("half-{id}"), text.get(..text.len() / 2)?.to_string())))
        .collect();
    documents.extend(pages);
    documents.extend(halves);
    documents
}

/// Returns every text that is contained in another, by comparing all pairs.
fn by_brute_force(documents: &[Document], least: f64) -> String {
    let sets = sets(documents);
    let mut lines = String::new();
    for (inner, set) in sets.iter().enumerate() {
        for (outer, other) in sets.iter().enumerate() {
            let is_smaller = inner != outer && (set.len(), inner) < (other.len(), outer);
            let share = set.contained_in(other);
            if is_smaller && !set.is_empty() && share >= least {
                writeln!(lines, "{}\t{}\t{share:.6}", documents[inner].0, documents[outer].0).unwrap();
            }
        }
    }
    lines
}

#[test]
fn each_text_inside_another_is_printed_once() {
    let documents = nested();
    let folder = folder_of(&json_lines(&documents));
    let expected = by_brute_force(&documents, 0.8);
    assert!(expected.lines().count() > 200 && expected.contains("half-"), "{expected}");
    let found = run(folder.path(), "contained corpus.jsonl --one-in 1").done();
    assert_eq!(found, expected);
    let limited =
        run(folder.path(), "contained corpus.jsonl --one-in 1 --memory 64M --threads 1 --output c.tsv").done();
    assert_eq!((limited.as_str(), fs::read_to_string(folder.path().join("c.tsv")).unwrap()), ("", expected));
    let all = by_brute_force(&documents, 1.0);
    assert_eq!(run(folder.path(), "contained corpus.jsonl --one-in 1 --least 1").done(), all);
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = folder_of(&json_lines(&documents(3)));
    let refused = run(folder.path(), "contained corpus.jsonl --least 1.5").refused();
    assert!(refused.contains("1.5") && refused.contains("1"), "{refused}");
    assert!(run(folder.path(), "contained corpus.jsonl --one-in 0").refused().contains("--one-in is 0"));
    for ignored in ["contained corpus.jsonl --threshold 0.9", "rewrites corpus.jsonl --block lang"] {
        let refused = run(folder.path(), ignored).refused();
        assert!(refused.contains("has no effect") && refused.contains("leave it out"), "{refused}");
    }
}

/// Creates a page of many articles, and one of the articles as a file of its own.
#[test]
fn an_article_of_a_real_page_is_found_inside_it() {
    let news = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/news");
    let Ok(files) = fs::read_dir(&news) else {
        println!("skipped: there is no {}", news.display());
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut page = None;
    for file in files {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "txt") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("004") {
                page = Some((name.clone(), fs::read_to_string(&path).unwrap()));
            }
            fs::copy(&path, folder.path().join(name)).unwrap();
        }
    }
    let (name, text) = page.expect("the page is there");
    let lines: Vec<&str> = text.lines().collect();
    let article = lines[lines.len() / 3..lines.len() / 3 + 12].join("\n");
    assert!(article.split_whitespace().count() > 60, "{article}");
    fs::write(folder.path().join("article.txt"), &article).unwrap();
    let found = run(folder.path(), "contained .").done();
    let lines: Vec<Vec<&str>> = found.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 1, "{found}");
    assert!(lines[0][0].contains("article") && lines[0][1].contains(name.trim_end_matches(".txt")), "{found}");
    assert!(lines[0][2].parse::<f64>().unwrap() > 0.95, "{found}");
}
