//! `twinprint dedup`: which documents of a cluster are kept, and the removal of contained documents and of whole groups.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::corpora::{documents, folder_of, ids, json_lines, records};
use crate::dedup::assert_same_outputs;
use crate::process::run;

const STORY: &str = "The lighthouse of Tarrow will shine again from the first of May, the council has decided after a long debate, and \
                     the keeper's house becomes a museum of the sea.";

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// Four versions of a story; the third lacks a score and a date.
fn versions() -> TempDir {
    let record = |id: &str, more: &str, score: Value, date: Value| json!({"id": id, "text": format!("{STORY}{more}"), "quality": score, "published": date});
    folder_of(&lines(&[
        record("wire", "", json!(0.5), json!("2026-03-02")),
        record("long", " More follows.", json!(0.9), json!("2026-03-01T08:00:00Z")),
        record("bare", " More.", json!(null), json!(null)),
        record("late", " More follows.", json!(0.9), json!("2026-03-04")),
    ]))
}

#[test]
fn a_source_that_no_document_has_is_told() {
    let record = |id: &str, source: Value| json!({"id": id, "text": STORY, "site": source});
    let folder = folder_of(&lines(&[record("a", json!("post")), record("b", json!("wire")), record("c", json!(null))]));
    let dedup = |keep: &str| {
        let ended = run(folder.path(), &format!("dedup corpus.jsonl --output out --force --source site --keep {keep}"));
        assert_eq!(ended.status, 0, "{}", ended.err);
        ended.err
    };
    for keep in ["source:wier,post", "longest,source:post,wier"] {
        let err = dedup(keep);
        assert!(err.contains("WARN no document has the source \"wier\" that --keep names"), "{err}");
        assert!(!err.contains("\"post\""), "{err}");
    }
    let err = dedup("source:wire,post");
    assert!(!err.contains("no document has"), "{err}");
}

#[test]
fn rules_decide_one_after_the_other() {
    let folder = versions();
    let rules = [
        ("shortest", "wire"),
        ("longest", "long"),
        ("score:quality", "long"),
        ("score:quality,latest:published", "late"),
        ("score:quality:asc", "wire"),
        ("latest:published", "late"),
        ("earliest:published", "long"),
        ("longest,score:quality,latest:published", "late"),
        ("score:quality,longest,first", "long"),
    ];
    for (rule, kept) in rules {
        run(folder.path(), &format!("dedup corpus.jsonl --output out --force --keep {rule}")).done();
        assert_eq!(ids(&folder.path().join("out/kept.jsonl")), [kept], "{rule}");
        let written = fs::read_to_string(folder.path().join("out/config.toml")).unwrap();
        assert!(written.contains(&format!("keep = \"{rule}\"")), "{written}");
    }
    for rule in ["newest", "score", "latest:", "none,first", "longest,,first"] {
        let err = run(folder.path(), &format!("dedup corpus.jsonl --output other --keep {rule}")).refused();
        assert!(err.contains("--keep is") && err.contains("latest:FIELD"), "{rule}: {err}");
    }
    for rule in [
        "longest,shortest",
        "first,longest",
        "first,first",
        "score:quality,longest,score:quality:asc",
        "latest:published,earliest:published",
        "source:a,b,longest,source:c",
    ] {
        let err = run(folder.path(), &format!("dedup corpus.jsonl --output other --keep {rule}")).refused();
        assert!(err.contains("--keep is") && err.contains("can each decide something"), "{rule}: {err}");
    }
    let err = run(folder.path(), "dedup corpus.jsonl --output other --keep latest:publisht").refused();
    assert!(err.contains("\"publisht\" that --keep names"), "{err}");
    fs::write(folder.path().join("bad.jsonl"), "{\"id\":1,\"text\":\"x\",\"quality\":\"good\"}\n").unwrap();
    let err = run(folder.path(), "dedup bad.jsonl --output other --keep score:quality").refused();
    assert!(err.contains("bad.jsonl, line 1") && err.contains("\"quality\" must be a finite number"), "{err}");
}

#[test]
fn none_removes_every_document_that_has_a_duplicate() {
    let text = |from: usize| (from..from + 12).map(|at| format!("w{at}")).collect::<Vec<_>>().join(" ");
    // b is like a and c, which are not alike; d and e are copies; f is alone.
    let texts = [("a", text(0)), ("b", text(2)), ("c", text(4)), ("d", text(50)), ("e", text(50)), ("f", text(90))];
    let folder = folder_of(&lines(&texts.map(|(id, text)| json!({"id": id, "text": text}))));
    run(folder.path(), "dedup corpus.jsonl --output out --keep none --words 1 --threshold 0.7 --most-of-corpus 1")
        .done();
    assert_eq!(ids(&folder.path().join("out/kept.jsonl")), ["f"]);
    let removed: Vec<_> = records(&folder.path().join("out/removed.jsonl"))
        .iter()
        .map(|record| (record["id"].clone(), record["duplicate_of"].clone(), record["jaccard"].as_f64().unwrap()))
        .collect();
    let like = 10.0 / 14.0;
    let expected = [("a", "b", like), ("b", "a", like), ("c", "b", like), ("d", "e", 1.0), ("e", "d", 1.0)];
    assert_eq!(removed, expected.map(|(id, of, jaccard)| (json!(id), json!(of), jaccard)));
    let refused =
        |more: &str| run(folder.path(), &format!("dedup corpus.jsonl --output other --keep none {more}")).refused();
    assert!(refused("--contained 0.8").contains("--keep none"));
    assert!(refused("--against out/kept.jsonl").contains("--keep has no meaning"));
}

#[test]
fn a_teaser_inside_its_article_is_removed_whatever_is_kept() {
    let article = format!(
        "{} {STORY} {}",
        "Rain fell on the island all of Monday. ".repeat(6),
        "Boats stayed in port. ".repeat(20)
    );
    let teaser = "The lighthouse of Tarrow will shine again from the first of May, the council has decided";
    let records_in = [
        ("teaser", teaser),
        ("other", "No story of the lighthouse at all, but one of the bridge"),
        ("article", &article),
    ];
    let folder = folder_of(&lines(&records_in.map(|(id, text)| json!({"id": id, "text": text}))));
    run(folder.path(), "dedup corpus.jsonl --output plain").done();
    assert_eq!(ids(&folder.path().join("plain/kept.jsonl")).len(), 3);
    for keep in ["first", "shortest"] {
        run(
            folder.path(),
            &format!("dedup corpus.jsonl --contained 0.8 --contained-one-in 1 --output out --force --keep {keep}"),
        )
        .done();
        assert_eq!(ids(&folder.path().join("out/kept.jsonl")), ["other", "article"]);
        let removed = &records(&folder.path().join("out/removed.jsonl"))[0];
        assert_eq!((&removed["duplicate_of"], &removed["containment"]), (&json!("article"), &json!(1.0)));
        let [start, end] = ["passage_start", "passage_end"].map(|name| removed[name].as_u64().unwrap() as usize);
        assert_eq!((&article[start..end], &removed["passage_share"]), (teaser, &json!(1.0)));
    }
    for (options, reason) in [
        ("--contained 0", "--contained is 0; it must be greater than 0 and at most 1"),
        ("--contained 1.5", "--contained is 1.5"),
        ("--cut", "--cut needs --contained SHARE"),
        ("--contained 0.8 --cut", "--cut needs --against"),
        ("--contained-one-in 2", "--contained-one-in needs --contained SHARE"),
        ("--contained-frequency-limit 2", "--contained-frequency-limit needs --contained SHARE"),
        ("--contained 0.8 --contained-frequency-limit 0", "--contained-frequency-limit is 0; it must be at least 1"),
    ] {
        let err = run(folder.path(), &format!("dedup corpus.jsonl --output other {options}")).refused();
        assert!(err.contains(reason), "{options}: {err}");
    }
    assert!(
        run(folder.path(), "pairs corpus.jsonl --contained 0.8").refused().contains("no effect on twinprint pairs")
    );
}

#[test]
fn a_group_stays_or_goes_as_a_whole() {
    let file = |repository: &str, name: &str, text: &str| json!({"id": format!("{repository}/{name}"), "text": text, "meta": {"repository": repository}});
    let [license, code] = ["one two three four five six seven", "alpha beta gamma delta epsilon zeta eta"];
    // A fork of the first, a project with a file of its own, and a file without a repository.
    let corpus = lines(&[
        file("first", "license", license),
        file("first", "code", code),
        file("first", "again", code),
        file("own", "license", license),
        file("own", "code", "quite another text of many words that nobody wrote before"),
        file("fork", "code", code),
        file("fork", "license", license),
        json!({"id": "loose", "text": license}),
    ]);
    let folder = folder_of(&corpus);
    run(folder.path(), "dedup corpus.jsonl --output out --group meta.repository").done();
    let kept = ids(&folder.path().join("out/kept.jsonl"));
    assert_eq!(kept, ["first/license", "first/code", "first/again", "own/license", "own/code"]);
    let removed: Vec<_> = records(&folder.path().join("out/removed.jsonl"))
        .iter()
        .map(|record| (record["id"].clone(), record["duplicate_of"].clone()))
        .collect();
    let expected = [("fork/code", "first/code"), ("fork/license", "first/license"), ("loose", "first/license")];
    assert_eq!(removed, expected.map(|(id, of)| (json!(id), json!(of))));
    // Groups are those of the inputs, also if the other corpus names the same ones.
    let other = lines(&[file("own", "1", code), file("fork", "1", license)]);
    fs::write(folder.path().join("other.jsonl"), other).unwrap();
    run(folder.path(), "dedup corpus.jsonl --against other.jsonl --output against --group meta.repository").done();
    assert_eq!(ids(&folder.path().join("against/kept.jsonl")), ["own/license", "own/code"]);
    let err = run(folder.path(), "dedup corpus.jsonl --output other --group meta.repo").refused();
    assert!(err.contains("\"meta.repo\" that --group names"), "{err}");
}

#[test]
fn a_second_run_over_what_was_kept_removes_nothing() {
    let mut corpus = documents(120);
    // Beginnings of texts, which are inside them.
    let teasers: Vec<_> = (corpus.iter().step_by(5).filter(|(_, text)| text.len() > 200))
        .map(|(id, text)| (format!("of-{id}"), text.split_whitespace().take(20).collect::<Vec<_>>().join(" ")))
        .collect();
    corpus.extend(teasers);
    let records: Vec<Value> = (corpus.iter().enumerate())
        .map(|(at, (id, text))| json!({"id": id, "text": text, "score": at * 7 % 10, "group": at % 40}))
        .collect();
    let folder = folder_of(&lines(&records));
    let rules = [
        "--keep first",
        "--keep longest",
        "--keep shortest",
        "--keep score:score:asc,longest",
        "--contained 0.8 --contained-one-in 1",
        "--contained 0.8 --contained-one-in 1 --keep shortest",
        "--group group --contained 0.8",
        "--keep none",
    ];
    for (at, rule) in rules.iter().enumerate() {
        let dedup = |input: &str, output: &str, more: &str| {
            run(folder.path(), &format!("dedup {input} --output {output} --threshold 0.5 {rule} {more}")).done();
        };
        let [once, twice, limited] = ["once", "twice", "limited"].map(|name| format!("{name}{at}"));
        dedup("corpus.jsonl", &once, "");
        dedup(&format!("{once}/kept.jsonl"), &twice, "");
        let kept = |name: &str| ids(&folder.path().join(name).join("kept.jsonl"));
        assert!(kept(&once).len() < corpus.len() || at == 6, "{rule}: something is removed");
        assert_eq!(kept(&once), kept(&twice), "{rule}");
        dedup("corpus.jsonl", &limited, "--threads 1 --memory 64M");
        assert_same_outputs(&folder.path().join(once), &folder.path().join(limited));
    }
}

#[test]
fn small_corpora_are_told_that_no_limit_applies() {
    let texts: Vec<_> =
        (0..21).map(|id| (id.to_string(), "one template of seven words and no more".to_string())).collect();
    let folder = folder_of(&json_lines(&texts));
    let ended = run(folder.path(), "dedup corpus.jsonl --output out");
    assert!(
        ended.err.contains("20 removed")
            && ended.err.contains("--most-of-corpus does not apply to fewer than 100 documents"),
        "{}",
        ended.err
    );
    let ended = run(folder.path(), "dedup corpus.jsonl --output all --most-of-corpus 1");
    assert!(!ended.err.contains("apply"), "{}", ended.err);
    let help = run(folder.path(), "dedup --help").done().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(help.matches("100 or more").count(), 2);
}

#[test]
fn texts_that_are_too_common_to_be_searched_for_are_told() {
    let notice = "The pier of Skelby is closed for repairs until the first day of spring";
    let page = |page: usize| {
        let around = |part: usize| (0..60).map(|word| format!("w{page}x{part}x{word}")).collect::<Vec<_>>().join(" ");
        json!({"id": format!("page {page}"), "text": format!("{} {notice} {}", around(0), around(1))})
    };
    let mut records: Vec<_> = (0..9).map(page).collect();
    records.push(json!({"id": "notice", "text": notice}));
    let folder = folder_of(&lines(&records));
    let dedup =
        "dedup corpus.jsonl --contained 0.8 --contained-one-in 1 --output out --force --contained-frequency-limit";
    let told = |arguments: &str| {
        let ended = run(folder.path(), arguments);
        assert_eq!(ended.status, 0, "{}", ended.err);
        (ended.out.lines().count(), ended.err)
    };
    let (_, err) = told(&format!("{dedup} 9"));
    assert!(
        err.contains("1 distinct text was not searched for") && err.contains("--contained-frequency-limit"),
        "{err}"
    );
    assert_eq!(ids(&folder.path().join("out/kept.jsonl")).len(), 10);
    let (_, err) = told(&format!("{dedup} 10"));
    assert!(!err.contains("searched for"), "{err}");
    assert_eq!(ids(&folder.path().join("out/kept.jsonl")).len(), 9);
    let contained = "contained corpus.jsonl --one-in 1 --frequency-limit";
    let (lines, err) = told(&format!("{contained} 9"));
    assert!(lines == 0 && err.contains("than --frequency-limit, which is 9"), "{err}");
    assert_eq!(told(&format!("{contained} 10")).0, 9);
}
