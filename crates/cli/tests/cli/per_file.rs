//! `--output-per-file`.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::{run, run_with_input};

/// Creates files of one name in two folders, and another one in the second.
fn three_files() -> TempDir {
    let all = documents(90);
    let folder = folder_of("");
    for (name, documents) in
        [("a/part.jsonl", &all[..30]), ("b/part.jsonl", &all[30..70]), ("b/deep/last.jsonl", &all[70..])]
    {
        let path = folder.path().join("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, json_lines(documents)).unwrap();
    }
    folder
}

const FILES: &str = "in/a/part.jsonl in/b/part.jsonl in/b/deep/last.jsonl";

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Returns what the files hold, one after the other.
fn together(folder: &Path) -> String {
    ["a/part.jsonl", "b/part.jsonl", "b/deep/last.jsonl"].map(|name| read(folder, name)).concat()
}

#[test]
fn each_input_file_has_an_output_file_of_its_name() {
    let folder = three_files();
    let out = |name: &str| folder.path().join(name);
    run(folder.path(), &format!("dedup {FILES} --output one")).done();
    run(folder.path(), &format!("dedup {FILES} --output many --output-per-file")).done();
    assert_eq!(together(&out("many/kept")), read(&out("one"), "kept.jsonl"));
    assert_eq!(together(&out("many/removed")), read(&out("one"), "removed.jsonl"));
    assert!(!out("many/work").exists() && !out("many/kept.jsonl").exists());
    run(folder.path(), &format!("trim {FILES} --output trim-one")).done();
    run(folder.path(), &format!("trim {FILES} --output trim-many --output-per-file")).done();
    assert_eq!(together(&out("trim-many/trimmed")), read(&out("trim-one"), "trimmed.jsonl"));
    assert_eq!(read(&out("trim-many"), "removed.tsv"), read(&out("trim-one"), "removed.tsv"));

    // Results of both kinds take each other's place.
    for output in ["many", "one", "many"] {
        let per_file = if output == "one" { " --output-per-file" } else { "" };
        run(folder.path(), &format!("dedup {FILES} --output {output} --force{per_file}")).done();
        run(folder.path(), &format!("trim {FILES} --output trim-{output} --force{per_file}")).done();
        assert_eq!(out(output).join("kept").exists(), output == "one");
        assert_eq!(out(output).join("kept.jsonl").exists(), output == "many");
        assert_eq!(out(&format!("trim-{output}")).join("trimmed").exists(), output == "one");
    }
    run(folder.path(), "dedup in/a/part.jsonl --output single --output-per-file").done();
    assert!(out("single/kept/part.jsonl").exists());
}

#[test]
fn what_has_no_file_name_or_two_is_refused() {
    let folder = three_files();
    fs::create_dir(folder.path().join("texts")).unwrap();
    fs::write(folder.path().join("texts/a.txt"), "one text").unwrap();
    for command in ["dedup", "trim"] {
        let refused =
            |arguments: &str| run(folder.path(), &format!("{command} {arguments} --output-per-file")).refused();
        assert!(refused("texts --output out").contains("--output-per-file writes files of the format of the inputs"));
        assert!(refused("in/a/part.jsonl in/b/../a/part.jsonl --output out").contains("named twice"));
        assert!(refused("in/a/part.jsonl --output -").contains("needs a folder"));
        let input = read(folder.path(), "in/a/part.jsonl");
        let piped = run_with_input(folder.path(), &format!("{command} - --output out --output-per-file"), &input);
        assert!(piped.refused().contains("standard input has no name"));
        assert!(!folder.path().join("out").exists(), "{command}");
    }
}
