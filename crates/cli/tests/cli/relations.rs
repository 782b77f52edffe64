//! `--relation`: pairs are judged, and only copies and edits are removed.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::corpora::{folder_of, json_lines, records};
use crate::process::{run, run_with_input};

const FERRY: &str = "The ferry from Skelby to Orvane was cancelled on Monday because of high winds, the operator Northline said. \
    About 340 passengers spent the night in a school, where volunteers brought soup and blankets. The harbour master \
    expects the winds to drop by noon, and the next boat to leave in the afternoon if the pier is not damaged.";

fn market(day: &str, [cod, plaice, boxes]: [u32; 3]) -> String {
    format!(
        "Tarrow fish market, {day}: cod {cod} crowns a box, plaice {plaice} crowns a box, {boxes} boxes landed. Prices are those \
         of the first auction in the hall at the harbour, as the market office gave them, and they do not include the levy."
    )
}

/// Two editions of an article, a copy of it, and three reports of a market.
fn news() -> Vec<(String, String)> {
    [
        ("first", FERRY.to_string()),
        ("corrected", FERRY.replace("340", "360")),
        ("monday", market("Monday", [512, 340, 1120])),
        ("copy", FERRY.to_uppercase()),
        ("tuesday", market("Tuesday", [498, 355, 860])),
        ("friday", market("Friday", [470, 361, 905])),
        ("other", "The council of Brell will vote on the new library in May, and hear residents before.".to_string()),
    ]
    .map(|(id, text)| (id.to_string(), text))
    .to_vec()
}

fn folder() -> TempDir {
    folder_of(&json_lines(&news()))
}

fn relations(out: &str) -> Vec<(&str, &str, &str)> {
    let columns = |line| {
        let columns: Vec<&str> = str::split(line, '\t').collect();
        let [left, right, _, relation] = columns[..] else { panic!("four columns: {line}") };
        (left, right, relation)
    };
    out.lines().map(columns).collect()
}

fn kept(folder: &Path) -> Vec<String> {
    let id = |record: &Value| record["id"].as_str().unwrap().to_string();
    records(&folder.join("kept.jsonl")).iter().map(id).collect()
}

fn summary(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("summary.json")).unwrap()).unwrap()
}

const EXPECTED: [(&str, &str, &str); 6] = [
    ("first", "corrected", "edit"),
    ("first", "copy", "copy"),
    ("corrected", "copy", "edit"),
    ("monday", "tuesday", "template"),
    ("monday", "friday", "template"),
    ("tuesday", "friday", "template"),
];

/// Books that differ behind their first MiB, up to which words are aligned.
#[test]
fn texts_that_begin_alike_are_no_copies() {
    let words =
        |book: u64| (0..200_000_u64).map(move |word| format!("w{:x}", (word + 1_000_000 * book) * 2_654_435_761));
    let begun: Vec<String> = words(0).collect();
    let book = |number: u64| [begun.clone(), words(number).collect()].concat().join(" ");
    let books = [("one", book(1)), ("other", book(2))].map(|(id, text)| (id.to_string(), text));
    let folder = folder_of(&json_lines(&books));
    let out = run(folder.path(), "pairs corpus.jsonl --preset news").done();
    assert_eq!(relations(&out), [("one", "other", "background")]);
    run(folder.path(), "dedup corpus.jsonl --preset news --output unique").done();
    assert_eq!(kept(&folder.path().join("unique")), ["one", "other"]);
}

#[test]
fn pairs_have_a_relation() {
    let folder = folder();
    let ended = run(folder.path(), "pairs corpus.jsonl --preset news");
    assert!(ended.err.contains("6 pairs: 1 copy, 2 edits, 3 templates"), "{}", ended.err);
    assert_eq!(relations(&ended.done()), EXPECTED);
    let lines = run(folder.path(), "pairs corpus.jsonl --preset news --json").done();
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!((&first["left"], &first["relation"]), (&json!("first"), &json!("edit")));
    let piped = run_with_input(folder.path(), "pairs - --format jsonl --preset news", &json_lines(&news())).done();
    assert_eq!(relations(&piped), EXPECTED);
}

#[test]
fn only_news_is_judged_unless_another_preset_asks() {
    let folder = folder();
    for (options, columns) in [
        ("", 3),
        ("--preset web --threshold 0.5", 3),
        ("--preset news --relation=false", 3),
        ("--relation", 4),
        ("--preset web --threshold 0.3 --relation", 4),
        ("--chars 5 --relation", 4),
    ] {
        let out = run(folder.path(), &format!("pairs corpus.jsonl {options}")).done();
        assert!(!out.is_empty() && out.lines().all(|line| line.split('\t').count() == columns), "{options}: {out}");
    }
}

#[test]
fn dedup_keeps_templates() {
    let folder = folder();
    let ended = run(folder.path(), "dedup corpus.jsonl --preset news --output out");
    assert!(ended.err.contains("pairs: 1 copy, 2 edits, 3 templates"), "{}", ended.err);
    ended.done();
    let out = folder.path().join("out");
    assert_eq!(kept(&out), ["first", "monday", "tuesday", "friday", "other"]);
    assert_eq!(summary(&out)["relations"], json!({"copy": 1, "edit": 2, "template": 3}));
    assert_eq!(relations(&fs::read_to_string(out.join("pairs.tsv")).unwrap()), EXPECTED);
    run(folder.path(), "dedup out/kept.jsonl --preset news --output again").done();
    assert_eq!(summary(&folder.path().join("again"))["removed"], 0);
}

/// Two accidents that an agency tells in the same words, and what it corrects in them, in scripts without case.
#[test]
fn different_reports_of_one_form_are_kept_in_every_script() {
    let hebrew = "רוכב האופניים {name} נהרג בכביש שבין {town} לבין עיר הבירה לאחר שנפגע מפגיעת משאית. המשטרה מסרה כי הנהג לא נפגע וכי הוא \
        נחקר ושוחרר. הכביש נחסם לתנועה בזמן שבוחנים בדקו את המקום. משטרת {town} מבקשת מעדים לפנות אליה. תושבים אמרו כי הצומת מסוכן זה שנים \
        רבות, וראש המועצה הבטיח להציב שם רמזור בקרוב. אחיו של {name} אמר כי המשפחה מבקשת תשובות.";
    let georgian = "ველოსიპედისტი {name} გზაზე დაიღუპა, რომელიც {town} და დედაქალაქს შორის გადის. პოლიციის ცნობით, მძღოლი არ დაშავებულა და \
        დაკითხვის შემდეგ გაათავისუფლეს. გზა დაკეტილი იყო, სანამ ექსპერტები ადგილს ამოწმებდნენ. {town} პოლიცია მოწმეებს სთხოვს დახმარებას. \
        ადგილობრივები ამბობენ, რომ ეს გზაჯვარედინი დიდი ხანია საშიშია. {name} სამი შვილის მამა იყო, და ოჯახი პასუხებს ითხოვს.";
    let chinese = "{town}交警部门表示，一辆卡车与一辆自行车相撞，骑车人{name}当场死亡。司机没有受伤，已被警方带走调查。事发路段随后封闭，专家对现场进行了\
        测量。{town}警方呼吁目击者提供线索。当地居民说，这个路口没有红绿灯，多年来一直十分危险，政府承诺将尽快加以改善。{name}的家属要求得到答复。";
    let documents: Vec<(String, String)> = [
        (hebrew, ["אורן", "ברוש", "מיכל", "תמר"]),
        (georgian, ["გიორგი", "სკელი", "ლევან", "ტარო"]),
        (chinese, ["李伟明", "斯科城", "王秀芳", "奥瓦镇"]),
    ]
    .into_iter()
    .enumerate()
    .flat_map(|(form, (text, [name, town, other_name, other_town]))| {
        let filled = |name: &str, town: &str| text.replace("{name}", name).replace("{town}", town);
        let reports = [filled(name, town), filled(name, other_town), filled(other_name, other_town)];
        ["first", "corrected", "other"].into_iter().zip(reports).map(move |(id, text)| (format!("{form} {id}"), text))
    })
    .collect();
    // The corrected report is an edit of the first one, or is that of the other accident with another name.
    let of_two: Vec<_> = documents.iter().filter(|(id, _)| !id.ends_with("corrected")).cloned().collect();
    for (documents, expected) in [(&of_two, 6), (&documents, 6)] {
        let folder = folder_of(&json_lines(documents));
        run(folder.path(), "dedup corpus.jsonl --preset news --output out").done();
        let kept = kept(&folder.path().join("out"));
        assert_eq!(kept.len(), expected, "{kept:?}");
        assert!(!kept.iter().any(|id| id.ends_with("corrected")), "{kept:?}");
    }
}

/// A form and a press release, each in many versions, are millions of pairs if there are thousands of versions.
#[test]
fn of_very_similar_documents_only_the_nearest_are_compared() {
    const VERSIONS: u32 = 50;
    let report = |day: u32| market(&format!("day {day}"), [500 + day, 300 + 7 * day % 90, 1_000 + 31 * day % 800]);
    let release = |version: u32| {
        let words = ["pier", "quay", "ramp", "hall", "mole", "slip", "dock", "yard"];
        let [first, second] = [version % 8, version / 8].map(|place| words[place as usize]);
        FERRY.replace("if the pier is not damaged", &format!("if the {first} and the {second} are not damaged"))
    };
    let mut documents: Vec<(String, String)> =
        (0..VERSIONS).map(|day| (format!("market {day}"), report(day))).collect();
    documents.extend((0..VERSIONS).map(|version| (format!("release {version}"), release(version))));
    documents.push(("corrected".to_string(), report(40).replace("levy", "new levy")));
    let folder = folder_of(&json_lines(&documents));
    let ended = run(folder.path(), "dedup corpus.jsonl --preset news --output out");
    assert!(ended.err.contains("similar to more than 32 others"), "{}", ended.err);
    ended.done();
    let out = folder.path().join("out");
    let mut expected: Vec<String> = (0..VERSIONS).map(|day| format!("market {day}")).collect();
    expected.push("release 0".to_string());
    assert_eq!(kept(&out), expected);
    let summary = summary(&out);
    let not_compared = summary["relations"]["not-compared"].as_u64().unwrap();
    assert!((200..2_450).contains(&not_compared), "{not_compared} of {}", summary["pairs"]);
}

#[test]
fn copies_are_no_partners_with_which_a_text_is_compared() {
    let corrected = FERRY.replace("340", "360");
    let copies = |name: &'static str, text: &str| {
        (0..40).map(|copy| (format!("{name} {copy}"), text.to_string())).collect::<Vec<_>>()
    };
    let folder = folder_of(&json_lines(&[copies("first", FERRY), copies("corrected", &corrected)].concat()));
    for memory in ["", " --memory 64M"] {
        let out = format!("out{}", memory.len());
        run(folder.path(), &format!("dedup corpus.jsonl --preset news --most-of-corpus 1 --output {out}{memory}"))
            .done();
        assert_eq!(kept(&folder.path().join(&out)), ["first 0"]);
        assert_eq!(summary(&folder.path().join(&out))["relations"]["not-compared"], json!(null));
    }
}

#[test]
fn clusters_warn_of_pairs_that_were_not_compared() {
    let report = |day: u32| market(&format!("day {day}"), [500 + day, 300 + 7 * day % 90, 1_000 + 31 * day % 800]);
    let documents: Vec<(String, String)> = (0..50).map(|day| (format!("market {day}"), report(day))).collect();
    let folder = folder_of(&json_lines(&documents));
    let ended = run(folder.path(), "clusters corpus.jsonl --preset news");
    assert!(ended.err.contains("similar to more than 32 others"), "{}", ended.err);
}

#[test]
fn a_pair_that_was_not_compared_is_no_template() {
    let report = |day: u32| market(&format!("day {day}"), [500 + day, 300 + 7 * day % 90, 1_000 + 31 * day % 800]);
    let documents: Vec<(String, String)> = (0..50).map(|day| (format!("market {day}"), report(day))).collect();
    let folder = folder_of(&json_lines(&documents));
    let found = run(folder.path(), "pairs corpus.jsonl --preset news --report report.json").done();
    let count = |relation: &str| relations(&found).iter().filter(|pair| pair.2 == relation).count();
    let [templates, not_compared] = ["template", "not-compared"].map(count);
    assert_eq!(templates + not_compared, 50 * 49 / 2);
    assert!(not_compared > 100, "{not_compared}");
    let report: Value = serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    let shown = |name: &str| report["summary"].as_array().unwrap().iter().find(|count| count["name"] == name).unwrap();
    assert_eq!(shown("shown as not-compared")["count"], json!(not_compared));
    assert_eq!(shown("shown as template")["count"], json!(templates));
    let pair = report["pairs"].as_array().unwrap().iter().find(|pair| pair["kind"] == "template").unwrap();
    assert!(pair["reason"].as_str().unwrap().contains("one form, filled in"), "{pair}");
}

#[test]
fn what_does_not_count_by_normalize_makes_no_other_relation() {
    let text = "青葉市の港で27日、フェリー3便が強風のため欠航した。乗客340人が学校で一夜を過ごし、住民が温かい食事を届けた。\
        港湾事務所によると、桟橋の点検は28日の午後に終わる見込みで、次の便は夕方に出る。運航会社は切符の払い戻しを受け付けている。";
    let full_width = |c: char| match c.to_digit(10) {
        Some(digit) => char::from_u32('０' as u32 + digit).unwrap(),
        None => c,
    };
    let other: String = text.chars().map(full_width).collect::<String>() + "関連記事はこちら。";
    let corpus = json_lines(&[("half".to_string(), text.to_string()), ("full".to_string(), other)]);
    let folder = folder_of(&corpus);
    let found = run(folder.path(), "pairs corpus.jsonl --preset news --normalize nfkc").done();
    assert_eq!(relations(&found), [("half", "full", "edit")]);
}

/// A day's report of a fish market as `VERSIONS` papers print it, each with a few words of its own.
fn printed(day: &str, figures: [u32; 3], paper: u32) -> String {
    let words = ["quiet", "busy", "slow", "brisk", "calm", "lively", "dull", "steady"];
    let [first, second] = [paper % 8, paper / 8].map(|place| words[place as usize]);
    let report = market(day, figures).replace("boxes landed", &format!("boxes landed on a {first} morning"));
    format!("{report} Buyers from the inland towns stayed away, and the afternoon was {second}.")
}

#[test]
fn reports_of_two_days_in_many_papers_are_two_articles() {
    const PAPERS: u32 = 60;
    let days = [("Monday", [512, 340, 1_120]), ("Tuesday", [498, 355, 860])];
    let report =
        |(day, figures): (&str, [u32; 3]), paper: u32| (format!("{day} {paper}"), printed(day, figures, paper));
    // Two papers by themselves, then all: what the others print changes nothing.
    for papers in [1, PAPERS] {
        let documents: Vec<_> =
            days.into_iter().flat_map(|day| (0..papers).map(move |paper| report(day, paper))).collect();
        let folder = folder_of(&json_lines(&documents));
        for options in ["--keep first", "--keep longest", "--memory 64M"] {
            run(folder.path(), &format!("dedup corpus.jsonl --preset news --output out --force {options}")).done();
            let out = folder.path().join("out");
            let kept = kept(&out);
            assert_eq!(kept.len(), 2, "{options}: {kept:?}");
            assert!(kept[0].starts_with("Monday") && kept[1].starts_with("Tuesday"), "{options}: {kept:?}");
            for removed in records(&out.join("removed.jsonl")) {
                let [id, of] = ["id", "duplicate_of"].map(|field| removed[field].as_str().unwrap()[..6].to_string());
                assert_eq!(id, of, "{options}");
            }
        }
    }
}

#[test]
fn other_ways_to_remove_keep_templates_too() {
    let folder = folder();
    fs::write(
        folder.path().join("known.jsonl"),
        json_lines(&[("x".into(), market("Sunday", [501, 333, 777])), ("y".into(), FERRY.to_string())]),
    )
    .unwrap();
    for (options, expected) in [
        ("--keep longest", &["first", "monday", "tuesday", "friday", "other"][..]),
        ("--keep none", &["monday", "tuesday", "friday", "other"]),
        ("--group id", &["first", "monday", "tuesday", "friday", "other"]),
        ("--against known.jsonl", &["monday", "tuesday", "friday", "other"]),
        ("--contained 0.3", &["first", "monday", "tuesday", "friday", "other"]),
    ] {
        run(folder.path(), &format!("dedup corpus.jsonl --preset news --output out --force {options}")).done();
        assert_eq!(kept(&folder.path().join("out")), expected, "{options}");
    }
    let report = "dedup corpus.jsonl --preset news --output out --force --report report.json";
    run(folder.path(), report).done();
    let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
    assert!(report.contains("\"template\"") && report.contains("\"edit\""), "{report}");
    let report: Value = serde_json::from_str(&report).unwrap();
    let pair = |left: &str, right: &str| {
        report["pairs"].as_array().unwrap().iter().find(|pair| pair["left"] == left && pair["right"] == right).unwrap()
    };
    let words = |slot: &Value, side: &str, id: &str| {
        let [start, end] = [0, 1].map(|at| slot[side][at].as_u64().unwrap() as usize);
        report["texts"][id].as_str().unwrap()[start..end].to_string()
    };
    let slots = |left: &str, right: &str| -> Vec<(String, String)> {
        let slots = pair(left, right)["slots"].as_array().unwrap();
        slots.iter().map(|slot| (words(slot, "left", left), words(slot, "right", right))).collect()
    };
    assert_eq!(slots("first", "corrected"), [("340".to_string(), "360".to_string())]);
    assert!(
        slots("monday", "tuesday").contains(&("512".to_string(), "498".to_string())),
        "{:?}",
        slots("monday", "tuesday")
    );
}

#[test]
fn templates_connect_no_clusters() {
    let folder = folder();
    for options in ["", "--components"] {
        let clusters = run(folder.path(), &format!("clusters corpus.jsonl --preset news {options}")).done();
        assert_eq!(clusters.lines().count(), 1, "{clusters}");
        assert!(clusters.starts_with("first\t3\t") && clusters.ends_with("\tcorrected\tcopy\n"), "{clusters}");
    }
}

#[test]
fn contained_texts_are_removed_on_request() {
    let teaser = "Northline cancels the ferry between Skelby and Orvane because of winds of fifty knots. ";
    let page = format!("{teaser}{}", "Councillors talked of parking, and of the price of a berth in the old harbour. ");
    let page = format!(
        "{page}{FERRY} The library of Brell opens a reading room for children under the roof on the first of May."
    );
    let folder = folder_of(&json_lines(&[("page".into(), page), ("teaser".into(), teaser.into())]));
    run(folder.path(), "dedup corpus.jsonl --preset news --output plain").done();
    assert_eq!(kept(&folder.path().join("plain")), ["page", "teaser"]);
    run(folder.path(), "dedup corpus.jsonl --preset news --contained 0.8 --contained-one-in 1 --output out").done();
    assert_eq!(kept(&folder.path().join("out")), ["page"]);
}

#[test]
fn crowds_of_templates_stay() {
    let mut documents: Vec<(String, String)> = (0..90_u32)
        .map(|day| {
            (format!("day-{day}"), market(&format!("day {day}"), [400 + 7 * day, 300 + 3 * day, 900 + 11 * day]))
        })
        .collect();
    let edited = documents[30].1.replace("as the market office gave them", "as the market office in Tarrow gave them");
    documents.push(("edited".into(), edited));
    let folder = folder_of(&json_lines(&documents));
    let options = "--preset news --bucket-limit 8";
    run(folder.path(), &format!("dedup corpus.jsonl {options} --output out")).done();
    let kept = kept(&folder.path().join("out"));
    assert_eq!(kept.len(), 90, "only the edited report is removed: {kept:?}");
    run(folder.path(), &format!("dedup out/kept.jsonl {options} --output again")).done();
    assert_eq!(summary(&folder.path().join("again"))["removed"], 0);
}

#[test]
fn settings_files_and_little_memory_do_not_matter() {
    let folder = folder();
    let config = "relation = true\nthreshold = 0.3\n";
    fs::write(folder.path().join("settings.toml"), config).unwrap();
    let out = run(folder.path(), "pairs corpus.jsonl --config settings.toml").done();
    assert_eq!(relations(&out), EXPECTED);
    let little = run(folder.path(), "pairs corpus.jsonl --config settings.toml --memory 64M --threads 1").done();
    assert_eq!(little, out);
}
