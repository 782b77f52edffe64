//! Split records are those that were read, byte for byte.
#![cfg(feature = "formats")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::fs;
use std::io::Read;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;
use twinprint_documents::{
    Decision, DuplicateOf, Error, ErrorKind, FieldPath, Fields, Format, Inputs, Options, SplitCounts, Splitter,
};

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Splits inputs so that documents of odd numbers are removed.
    fn split(&self, inputs: &[&str], kept: &str, removed: &str) -> SplitCounts {
        let options = Options { skip_bad: true, ..Options::default() };
        let inputs = Inputs::find(inputs.iter().map(|name| self.path(name)), &options).unwrap();
        let splitter = Splitter { kept: self.path(kept), removed: self.path(removed), passages: false };
        splitter.split(&inputs, &options, &Fields::default(), odd_goes).unwrap()
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

/// The numbers of kept, removed and rejected records.
fn numbers(counts: SplitCounts) -> [u64; 3] {
    [counts.kept, counts.removed, counts.rejected]
}

fn odd_goes(number: u64) -> Decision {
    match number % 2 {
        0 => Decision::Keep,
        _ => Decision::Remove(DuplicateOf { id: "a \"b\"".to_string(), jaccard: 0.5, containment: 1.0, passage: None }),
    }
}

#[test]
fn lines_stay_as_they_are() {
    let files = Files::new();
    fs::write(
        files.path("a.jsonl"),
        "{ \"text\":\"\\u00e9\", \"id\": 1}\r\n\nnone\n{\"id\":2,\"text\":\"x\"} \r\n{\"id\":3,\"text\":\"\"}",
    )
    .unwrap();
    fs::write(files.path("b.jsonl"), "{\"id\":4,\"text\":\"\"}\n{\"id\":5,\"text\":\"\"}").unwrap();
    let split = files.split(&["a.jsonl", "b.jsonl"], "kept", "removed");
    assert_eq!(numbers(split), [3, 2, 1]);
    assert_eq!(
        files.text("kept"),
        "{ \"text\":\"\\u00e9\", \"id\": 1}\r\n{\"id\":3,\"text\":\"\"}\n{\"id\":5,\"text\":\"\"}"
    );
    let removed = files.text("removed");
    let first: serde_json::Value = serde_json::from_str(removed.lines().next().unwrap()).unwrap();
    let expected =
        serde_json::json!({"id": 2, "text": "x", "duplicate_of": "a \"b\"", "jaccard": 0.5, "containment": 1.0});
    assert_eq!((first, removed.lines().count()), (expected, 2));
}

#[test]
fn rows_stay_as_they_are() {
    let files = Files::new();
    fs::write(files.path("a.csv"), "\"id\",text\r\n\"1\",\"a\r\nb\"\r\n2,\"x\"\r\n3,").unwrap();
    files.split(&["a.csv"], "kept.csv", "removed.csv");
    assert_eq!(files.text("kept.csv"), "\"id\",text\n\"1\",\"a\r\nb\"\n3,\n");
    let removed = "\"id\",text,duplicate_of,jaccard,containment\n2,\"x\",\"a \"\"b\"\"\",0.5,1\n";
    assert_eq!(files.text("removed.csv"), removed);
}

#[test]
fn fields_that_are_there_already_are_replaced() {
    let files = Files::new();
    let line =
        "{\"id\":2,\"jaccard\":1, \"a\": {\"jaccard\": 1.50e0}, \"duplicate\\u005fof\":\"x\",\"text\":\"\\u00e9\"} ";
    fs::write(files.path("a.jsonl"), format!("{{\"id\":1,\"text\":\"\",\"jaccard\":1}}\n{line}\n")).unwrap();
    files.split(&["a.jsonl"], "kept", "removed");
    assert_eq!(files.text("kept"), "{\"id\":1,\"text\":\"\",\"jaccard\":1}\n");
    let removed = "{\"id\":2,\"a\":{\"jaccard\": 1.50e0},\"text\":\"\\u00e9\",\
        \"duplicate_of\":\"a \\\"b\\\"\",\"jaccard\":0.5,\"containment\":1.0}\n";
    assert_eq!(files.text("removed"), removed);

    fs::write(files.path("a.csv"), "id,jaccard,text,containment\n1,2,x,3\n2,3,\"y,\n\",4\n").unwrap();
    files.split(&["a.csv"], "kept.csv", "removed.csv");
    assert_eq!(files.text("kept.csv"), "id,jaccard,text,containment\n1,2,x,3\n");
    let removed = "id,text,duplicate_of,jaccard,containment\n2,\"y,\n\",\"a \"\"b\"\"\",0.5,1\n";
    assert_eq!(files.text("removed.csv"), removed);
}

#[test]
fn a_table_without_rows_keeps_its_columns() {
    let files = Files::new();
    fs::write(files.path("a.tsv"), "id\ttext\r\n").unwrap();
    assert_eq!(files.split(&["a.tsv"], "kept.tsv", "removed.tsv"), SplitCounts::default());
    assert_eq!(files.text("kept.tsv"), "id\ttext\n");
    assert_eq!(files.text("removed.tsv"), "id\ttext\tduplicate_of\tjaccard\tcontainment\n");
    fs::write(files.path("none.tsv"), "").unwrap();
    files.split(&["none.tsv"], "kept.tsv", "removed.tsv");
    assert_eq!((files.text("kept.tsv"), files.text("removed.tsv")), (String::new(), String::new()));
}

#[test]
fn tables_of_different_columns_are_refused() {
    let files = Files::new();
    fs::write(files.path("a.csv"), "id,text\n1,x\n").unwrap();
    fs::write(files.path("b.csv"), "text,id\n").unwrap();
    let inputs = Inputs::find([files.path("a.csv"), files.path("b.csv")], &Options::default()).unwrap();
    let splitter = Splitter { kept: files.path("kept"), removed: files.path("removed"), passages: false };
    let error = splitter.split(&inputs, &Options::default(), &Fields::default(), odd_goes).unwrap_err();
    assert_eq!((&error.path, error.line), (&files.path("b.csv"), None));
    let difference = "its columns are in another order".to_string();
    assert_eq!(error.kind, ErrorKind::MixedColumns(files.path("a.csv"), difference));
    assert_eq!(fs::read_dir(files.0.path()).unwrap().count(), 2);
    assert_eq!(inputs.check_columns(&Options::default(), &Fields::default()), Err(error));
}

#[test]
fn columns_are_the_same_however_they_are_written() {
    let files = Files::new();
    fs::write(files.path("a.csv"), "id,text,\"jaccard\"\n1,x,0\n2,y,0\n").unwrap();
    fs::write(files.path("b.csv"), "\u{feff}\"id\",\"text\",jaccard\r\n3,z,0\r\n").unwrap();
    fs::write(files.path("none.csv"), "").unwrap();
    files.split(&["none.csv", "a.csv", "b.csv"], "kept.csv", "removed.csv");
    assert_eq!(files.text("kept.csv"), "id,text,\"jaccard\"\n1,x,0\n3,z,0\n");
    files.split(&["b.csv", "a.csv"], "kept.csv", "removed.csv");
    assert_eq!(files.text("kept.csv"), "\u{feff}\"id\",\"text\",jaccard\n3,z,0\n2,y,0\n");
    let inputs = Inputs::find(["a.csv", "b.csv"].map(|name| files.path(name)), &Options::default()).unwrap();
    assert_eq!(inputs.check_columns(&Options::default(), &Fields::default()), Ok(()));
    let fields = Fields { text: vec![FieldPath::new("body")], ..Fields::default() };
    let missing = inputs.check_columns(&Options::default(), &fields).unwrap_err();
    let ErrorKind::MissingColumn(column) = missing.kind else { panic!("{missing:?}") };
    assert_eq!((missing.path, column.name.as_str()), (files.path("a.csv"), "body"));
    assert_eq!(column.present, ["id", "text", "jaccard"]);
}

/// The reason why a split ended.
#[derive(Debug, PartialEq)]
enum Failed {
    Documents(Error),
    Decision(u64),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Documents(error)
    }
}

#[test]
fn a_failed_decision_and_a_changed_input_leave_the_files_as_they_were() {
    let files = Files::new();
    fs::write(files.path("a.jsonl"), "{\"id\":1,\"text\":\"\"}\n{\"id\":2,\"text\":\"\"}\n").unwrap();
    fs::write(files.path("kept"), "before").unwrap();
    let inputs = Inputs::find([files.path("a.jsonl")], &Options::default()).unwrap();
    let splitter = Splitter { kept: files.path("kept"), removed: files.path("removed"), passages: false };
    let split = |expected, decide: &dyn Fn(u64) -> Result<Decision, Failed>| {
        let counts =
            splitter.try_split(&inputs, &Options::default(), &Fields::default(), expected, |number, _| decide(number));
        counts.map(numbers)
    };
    let fails = |number| if number == 1 { Err(Failed::Decision(number)) } else { Ok(Decision::Keep) };
    assert_eq!(split(Some(2), &fails), Err(Failed::Decision(1)));
    for expected in [1, 3] {
        let changed = ErrorKind::ChangedInput { expected, found: 2 };
        let Err(Failed::Documents(error)) = split(Some(expected), &|_| Ok(Decision::Keep)) else {
            panic!("it changed")
        };
        assert_eq!((error.path, error.line, error.kind), (files.path("a.jsonl"), None, changed));
    }
    assert_eq!(files.text("kept"), "before");
    assert_eq!(fs::read_dir(files.0.path()).unwrap().count(), 2);
    assert_eq!(split(Some(2), &|number| Ok(odd_goes(number))), Ok([1, 1, 0]));
    assert_eq!(files.text("kept"), "{\"id\":1,\"text\":\"\"}\n");
}

#[test]
fn texts_are_listed() {
    let files = Files::new();
    fs::create_dir(files.path("in")).unwrap();
    fs::write(files.path("in/a.txt"), "one").unwrap();
    fs::write(files.path("in/b.txt"), "two\n").unwrap();
    files.split(&["in"], "kept.tsv", "removed.jsonl");
    assert_eq!(files.text("kept.tsv"), format!("a\t{}\n", files.path("in/a.txt").display()));
    let removed: serde_json::Value = serde_json::from_str(&files.text("removed.jsonl")).unwrap();
    assert_eq!((&removed["id"], &removed["text"], &removed["jaccard"]), (&"b".into(), &"two\n".into(), &0.5.into()));
}

#[test]
fn nothing_is_left_of_what_failed() {
    let files = Files::new();
    fs::write(files.path("a.jsonl"), "{\"id\":1,\"text\":\"\"}\nnone\n").unwrap();
    let inputs = Inputs::find([files.path("a.jsonl")], &Options::default()).unwrap();
    let splitter = Splitter { kept: files.path("kept"), removed: files.path("removed"), passages: false };
    let message = splitter.split(&inputs, &Options::default(), &Fields::default(), odd_goes).unwrap_err().to_string();
    assert!(message.contains("line 2"), "{message}");
    assert_eq!(fs::read_dir(files.0.path()).unwrap().count(), 1);
    let lines = Options { format: Some(Format::JsonLines), ..Options::default() };
    let input = Inputs::find(["-"], &lines).unwrap();
    let message = splitter.split(&input, &Options::default(), &Fields::default(), odd_goes).unwrap_err().to_string();
    assert!(message.contains("twice"), "{message}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn kept_lines_are_those_of_the_input(texts in prop::collection::vec("(?s).{0,30}", 1..30), compressed in any::<bool>()) {
        let files = Files::new();
        let lines: Vec<String> = texts
            .iter()
            .enumerate()
            .map(|(id, text)| format!("{{\"text\": {}, \"id\":{id} }}\n", serde_json::Value::from(text.as_str())))
            .collect();
        fs::write(files.path("a.jsonl"), lines.concat()).unwrap();
        let kept = if compressed { "kept.jsonl.zst" } else { "kept.jsonl" };
        files.split(&["a.jsonl"], kept, "removed.jsonl.gz");
        let mut bytes = fs::read(files.path(kept)).unwrap();
        if compressed {
            bytes = zstd::stream::decode_all(bytes.as_slice()).unwrap();
        }
        let expected: String = lines.iter().step_by(2).map(String::as_str).collect();
        prop_assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        let mut removed = String::new();
        let file = fs::File::open(files.path("removed.jsonl.gz")).unwrap();
        flate2::read::MultiGzDecoder::new(file).read_to_string(&mut removed).unwrap();
        prop_assert_eq!(removed.lines().count(), lines.len() / 2);
    }
}
