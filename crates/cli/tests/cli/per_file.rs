//! `--output-per-file`.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::corpora::{documents, folder_of, json_lines};
use crate::formats::gzip;
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

/// Compressed endings beside a plain name, which their outputs would have, too. The content decides how a file is read, so that plain
/// text will do.
const ONE_NAME: [[&str; 2]; 7] = [
    ["a.jsonl", "a.jsonl.xz"],
    ["a.jsonl", "a.jsonl.bz2"],
    ["a.jsonl", "a.jsonl.LZ4"],
    ["a.jsonl", "a.jsonl.zstd"],
    ["a.jsonl.xz", "a.jsonl.bz2"],
    ["A.jsonl.xz", "a.jsonl"],
    ["Ä.jsonl.xz", "ä.jsonl"],
];

#[test]
fn two_outputs_of_one_name_are_refused_before_anything_is_written() {
    for names in ONE_NAME {
        let folder = folder_of("");
        fs::create_dir(folder.path().join("in")).unwrap();
        let [first, second] = names.map(|name| format!("in/{name}"));
        fs::write(folder.path().join(&first), json_lines(&documents(20))).unwrap();
        fs::write(folder.path().join(&second), json_lines(&[("other".into(), "a text of its own".into())])).unwrap();
        fs::write(folder.path().join("old.jsonl"), json_lines(&[("old".into(), "an earlier text".into())])).unwrap();
        for command in ["dedup", "trim", "dedup --against old.jsonl"] {
            let arguments = format!("{command} --output out --output-per-file");
            for inputs in [format!("{first} {second}"), "in".to_string()] {
                let refused = run(folder.path(), &format!("{arguments} {inputs}")).refused();
                assert!(refused.contains(&first) && refused.contains(&second), "{refused}");
                assert!(refused.contains("rename one of them, or leave --output-per-file out"), "{refused}");
                assert!(!folder.path().join("out").exists(), "{command}");
            }
            // Without the option there is one file for all, and nothing to refuse.
            run(folder.path(), &arguments.replace(" --output-per-file", &format!(" {first} {second}"))).done();
            fs::remove_dir_all(folder.path().join("out")).unwrap();
        }
    }
}

#[test]
fn an_output_that_would_be_the_folder_of_another_is_refused() {
    let folder = folder_of("");
    let inner = folder.path().join("in/A.jsonl");
    fs::create_dir_all(&inner).unwrap();
    fs::write(inner.join("part.jsonl"), json_lines(&documents(20))).unwrap();
    fs::write(folder.path().join("in/a.jsonl.xz"), json_lines(&[("other".into(), "a text of its own".into())]))
        .unwrap();
    for command in ["dedup", "trim"] {
        let arguments = "in/A.jsonl/part.jsonl in/a.jsonl.xz --output out --output-per-file";
        let refused = run(folder.path(), &format!("{command} {arguments}")).refused();
        assert!(refused.contains("in/A.jsonl/part.jsonl") && refused.contains("in/a.jsonl.xz"), "{refused}");
        assert!(!folder.path().join("out").exists(), "{command}");
    }
}

#[test]
fn no_document_is_lost_where_names_only_look_alike() {
    let all = documents(40);
    let folder = folder_of("");
    fs::create_dir(folder.path().join("in")).unwrap();
    let names = ["a.jsonl", "b.jsonl.xz", "C.JSONL.ZSTD", "c.jsonl.gz"];
    for (name, documents) in names.iter().zip(all.chunks(all.len().div_ceil(names.len()))) {
        fs::write(folder.path().join("in").join(name), json_lines(documents)).unwrap();
    }
    // The last one is compressed as its name says.
    let plain = fs::read(folder.path().join("in/c.jsonl.gz")).unwrap();
    fs::write(folder.path().join("in/c.jsonl.gz"), gzip(&plain)).unwrap();
    run(folder.path(), "dedup in --output out --output-per-file").done();
    run(folder.path(), "trim in --output trimmed --output-per-file").done();
    let lines = |folder: &Path| -> usize {
        let plain = ["a.jsonl", "b.jsonl", "C.JSONL"].map(|name| read(folder, name).lines().count());
        let mut packed = String::new();
        MultiGzDecoder::new(File::open(folder.join("c.jsonl.gz")).unwrap()).read_to_string(&mut packed).unwrap();
        plain.iter().sum::<usize>() + packed.lines().count()
    };
    assert_eq!(lines(&folder.path().join("out/kept")) + lines(&folder.path().join("out/removed")), all.len());
    assert_eq!(lines(&folder.path().join("trimmed/trimmed")), all.len());
}

#[test]
fn a_name_says_what_is_in_the_file() {
    let folder = folder_of("");
    let lines = "one line of text that is long enough\n".repeat(2) + "another line of text\n";
    fs::write(folder.path().join("a.txt"), &lines).unwrap();
    fs::write(folder.path().join("b.txt.gz"), gzip(lines.as_bytes())).unwrap();
    let arguments = "a.txt b.txt.gz --format lines --output-per-file --output";
    let names = |name: &str| {
        let mut names: Vec<_> = fs::read_dir(folder.path().join(name))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    run(folder.path(), &format!("dedup {arguments} out")).done();
    assert_eq!(names("out/kept"), ["a.txt", "b.txt.gz"]);
    assert_eq!(names("out/removed"), ["a.txt.jsonl", "b.txt.jsonl.gz"]);
    run(folder.path(), &format!("trim {arguments} trimmed")).done();
    assert_eq!(names("trimmed/trimmed"), ["a.txt.jsonl", "b.txt.jsonl.gz"]);
    // Each is read as what it is, and so is the compressed one.
    let read = run(folder.path(), "dedup trimmed/trimmed out/removed --number --output again").done();
    assert_eq!(read, "");
    let summary = fs::read_to_string(folder.path().join("again/summary.json")).unwrap();
    assert!(summary.contains("\"documents\": 10"), "{summary}");
}
