//! The page about the format of an index, held to the code: a reader in Python that was written from the page reads what the library
//! writes.

use std::path::Path;
use std::process::Command;

use twinprint::index::{DocumentId, Frozen, FrozenBuilder};
use twinprint::store::{Store, View};
use twinprint::{Banding, Scheme, ShingleSet};

fn set(number: u64) -> ShingleSet {
    if number % 9 == 8 { ShingleSet::default() } else { (number / 3 * 50..number / 3 * 50 + 12 + number % 3).collect() }
}

fn frozen(count: u64, with_sets: bool, with_numbers: bool) -> Frozen<Vec<u8>> {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(24).build().expect("valid");
    let mut builder = FrozenBuilder::new(&scheme, Banding::new(8, 3).expect("valid")).expect("fits");
    if with_sets {
        builder = builder.with_sets();
    }
    for number in 0..count {
        // Ids of all the lengths for which the hash has rules of its own.
        let text = format!("é{number}{}", "x".repeat(number as usize * 7 % 300));
        let id = if with_numbers { DocumentId::Number(number * 1_000_003) } else { DocumentId::Text(&text) };
        builder.push_set(id, set(number)).expect("new");
    }
    builder.build().expect("sound")
}

fn rows_in_one_bucket(frozen: &Frozen<Vec<u8>>, row: usize) -> Vec<u64> {
    let keys = |row| frozen.banding().keys(&frozen.signature(row).expect("sound").expect("there")).expect("fits");
    let own = keys(row);
    let shares = |other: &usize| keys(*other).iter().any(|key| own.contains(key));
    (0..frozen.len()).filter(shares).map(|row| row as u64).collect()
}

#[test]
fn a_reader_written_from_the_page_reads_what_the_library_writes() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no python3, so the page of the format was not held to the code");
        return;
    }
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/frozen_reader.py");
    let lines = std::fs::read_to_string(&reader).expect("there").lines().count();
    assert!(lines < 200, "{lines} lines");
    let path = std::env::temp_dir().join(format!("twinprint-frozen-{}", std::process::id()));
    for (count, with_sets, with_numbers) in [(0, true, false), (1, false, true), (150, true, false), (900, false, true)]
    {
        let frozen = frozen(count, with_sets, with_numbers);
        std::fs::write(&path, frozen.as_bytes()).expect("written");
        let queries: Vec<usize> = [0, 7, 8, 90].into_iter().filter(|&row| row < frozen.len()).collect();
        let mut python = Command::new("python3");
        python.arg(&reader).arg(&path).args(queries.iter().map(ToString::to_string));
        let output = python.output().expect("run");
        assert!(output.status.success(), "{count}: {}", String::from_utf8_lossy(&output.stderr));
        let read: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(read["scheme"], frozen.scheme().description());
        for row in 0..frozen.len() {
            match frozen.id(row).expect("sound").expect("there") {
                DocumentId::Number(number) => assert_eq!(read["ids"][row], number),
                DocumentId::Text(text) => assert_eq!(read["ids"][row], text),
            }
            let signature = frozen.signature(row).expect("sound").expect("there");
            assert_eq!(read["signatures"][row], serde_json::json!(signature.values()));
            let set = frozen.set(row).expect("sound");
            assert_eq!(read["sets"].get(row), set.map(|set| serde_json::json!(set.as_slice())).as_ref());
        }
        for (number, row) in queries.into_iter().enumerate() {
            assert_eq!(read["candidates"][number], serde_json::json!(rows_in_one_bucket(&frozen, row)));
        }
        // A byte that changed is noticed.
        let mut bytes = frozen.as_bytes().to_vec();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("written");
        let output = Command::new("python3").arg(&reader).arg(&path).output().expect("run");
        assert!(!output.status.success(), "a changed byte was not noticed");
    }
    std::fs::remove_file(&path).expect("our own");
}

/// Runs the reader of a store's folder. Returns what it read, or what it complained about.
fn read_store(folder: &Path) -> Result<serde_json::Value, String> {
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store_reader.py");
    let output = Command::new("python3").arg("-B").arg(reader).arg(folder).output().expect("run");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn a_reader_written_from_the_page_reads_a_store() {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no python3, so the page of the format was not held to the code");
        return;
    }
    let folder = std::env::temp_dir().join(format!("twinprint-store-page-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(24).build().expect("valid");
    let mut store = Store::builder().scheme(scheme).create(&folder).expect("created");
    let add = |store: &mut Store, time: u64, numbers: std::ops::Range<u64>| {
        store.set_time(Some(time));
        numbers.for_each(|number| store.upsert_set(&format!("é{number}"), set(number)).expect("added"));
    };
    add(&mut store, 1, 0..9);
    store.commit_named("the first").expect("committed");
    add(&mut store, 2, 5..12);
    store.compact().expect("compacted");
    assert!(store.remove("é2").expect("sound"));
    store.commit().expect("committed");
    add(&mut store, 3, 7..9);
    store.commit_named("the second").expect("committed");
    add(&mut store, 4, 20..24);
    assert!(store.remove("é8").expect("sound"));
    store.expire(2).expect("sound");
    store.commit_named("the third").expect("committed");
    let documents = |view: &View| -> Vec<(String, u64)> {
        view.documents().map(|document| document.expect("sound")).map(|document| (document.id, document.time)).collect()
    };
    let held = documents(&store.view());
    let read = read_store(&folder).expect("sound");
    assert_eq!(read["documents"], serde_json::json!(held));
    assert_eq!(read["names"], serde_json::json!(["the first", "the second", "the third"]));
    assert_eq!(read["marks"], serde_json::json!([3, 2]));
    drop(store);
    // Both miss the end of the log, because it was marked.
    let mut paths = std::fs::read_dir(&folder).expect("there").map(|entry| entry.expect("there").path());
    let log = paths.find(|path| path.extension().is_some_and(|extension| extension == "log")).expect("there");
    let bytes = std::fs::read(&log).expect("there");
    std::fs::write(&log, &bytes[..bytes.len() - 1]).expect("written");
    assert!(View::open(&folder).is_err());
    assert!(read_store(&folder).expect_err("cut").contains("a commit that was marked is not there"));
    std::fs::remove_dir_all(&folder).expect("our own");
}

#[test]
fn sets_are_asked_for_before_the_first_document() {
    let scheme = Scheme::builder().custom_features("numbers").num_hashes(16).build().expect("valid");
    let begin = || FrozenBuilder::new(&scheme, Banding::new(4, 4).expect("valid")).expect("it fits");
    let set = || (0..9_u64).collect::<ShingleSet>();
    let mut twice = begin().with_sets();
    twice.push_set("a", set()).expect("added");
    let mut twice = twice.with_sets();
    twice.push_set("b", set()).expect("added");
    assert!(twice.build().expect("sound").has_sets());
    let mut late = begin();
    late.push_set("a", set()).expect("added");
    let late = late.with_sets();
    assert!(late.finish().expect_err("the first document has no set").to_string().contains("with_sets"));
}
