//! `twinprint inspect`.

use std::fs;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::run;

#[test]
fn work_files_are_sound_corrupt_or_foreign() {
    let folder = folder_of(&json_lines(&documents(40)));
    run(folder.path(), "pairs corpus.jsonl --work work").done();
    let sound = run(folder.path(), "inspect work/sets-00000 work/documents-00000").done();
    assert_eq!(sound.lines().count(), 2);
    assert!(sound.lines().all(|line| line.contains("all sound")), "{sound}");

    let path = folder.path().join("work/sets-00000");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let ended = run(folder.path(), "inspect work/sets-00000 corpus.jsonl work/documents-00000");
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("work/sets-00000") && ended.err.contains("corpus.jsonl"), "{}", ended.err);
    assert!(
        ended.out.starts_with("work/documents-00000: ") && ended.out.lines().count() == 1,
        "the sound one: {}",
        ended.out
    );

    // The same run would only read its stored result. At another threshold the sets are compared, and the corruption is found.
    let err = run(folder.path(), "pairs corpus.jsonl --work work --threshold 0.6").refused();
    assert!(err.contains("work/sets-00000"), "nothing is made of a corrupt file: {err}");
}

#[test]
fn a_whole_work_folder_is_inspected() {
    let folder = folder_of(&json_lines(&documents(40)));
    run(folder.path(), "pairs corpus.jsonl --work work").done();
    let named = run(folder.path(), "inspect work").done();
    assert!(named.contains("work/sets-00000: sets, ") && named.lines().count() > 3, "{named}");
    // As a shell expands work/*.
    let mut names: Vec<String> = fs::read_dir(folder.path().join("work"))
        .unwrap()
        .map(|entry| format!("work/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    names.sort();
    assert_eq!(run(folder.path(), &format!("inspect {}", names.join(" "))).done(), named);

    fs::create_dir(folder.path().join("work/more")).unwrap();
    assert!(run(folder.path(), "inspect work").done().contains("work/more: a folder"));
    fs::write(folder.path().join("work/thesis.doc"), "mine").unwrap();
    let ended = run(folder.path(), "inspect work");
    assert!(ended.status == 2 && ended.err.contains("work/thesis.doc"), "{}", ended.err);
    assert!(ended.out.contains("work/sets-00000: sets, "), "the others are described: {}", ended.out);
}
