//! Addresses where only a path of this machine has a meaning.

use std::fs;

use crate::process::run;

#[test]
fn nothing_is_written_to_a_folder_that_is_called_like_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("c.jsonl"), "{\"id\": \"a\", \"text\": \"one text\"}\n").unwrap();
    fs::write(path.join("c.toml"), "index = \"s3://b/ix\"\n").unwrap();
    run(path, "index create ix").done();
    let copied = "copy it from there (aws s3 cp)";
    for (arguments, words) in [
        ("dedup c.jsonl -o s3://b/out", ["--output is s3://b/out", "-o - | aws s3 cp - s3://b/out"]),
        ("dedup c.jsonl -o S3A://b/out", ["--output is S3A://b/out", copied]),
        ("dedup c.jsonl -o s3a://b/out", ["--output is s3a://b/out", "-o - | aws s3 cp - s3://b/out"]),
        ("dedup c.jsonl -o gs://b/out", ["--output is gs://b/out", "-o - | gcloud storage cp - gs://b/out"]),
        ("dedup c.jsonl -o file:///tmp/out", ["--output is file:///tmp/out", "without file://"]),
        ("dedup c.jsonl -o ftp://h/out", ["--output is ftp://h/out", "name a local path"]),
        ("dedup c.jsonl -o out --report s3://b/r.html", ["--report is s3://b/r.html", copied]),
        ("dedup c.jsonl -o out --work s3://b/work", ["--work is s3://b/work", copied]),
        ("dedup c.jsonl -o out --index s3://b/ix", ["--index is s3://b/ix", copied]),
        ("dedup c.jsonl -o out --config c.toml", ["c.toml: index is s3://b/ix", copied]),
        ("dedup c.jsonl -o out --config s3://b/c.toml", ["--config is s3://b/c.toml", "download it (aws s3 cp)"]),
        ("pairs c.jsonl -o s3://b/p.tsv", ["--output is s3://b/p.tsv", copied]),
        ("pairs c.jsonl --report s3://b/r.json", ["--report is s3://b/r.json", copied]),
        ("clusters c.jsonl -o s3://b/c.tsv", ["--output is s3://b/c.tsv", copied]),
        ("contained c.jsonl -o s3://b/c.tsv", ["--output is s3://b/c.tsv", copied]),
        ("audit c.jsonl --work s3://b/w", ["--work is s3://b/w", copied]),
        ("stories c.jsonl -o s3://b/s.tsv", ["--output is s3://b/s.tsv", copied]),
        ("rewrites c.jsonl -o s3://b/s.tsv", ["--output is s3://b/s.tsv", copied]),
        ("trim c.jsonl -o https://me:secret@h/x?secret", ["--output is https://…@h/x?…", "name a local path"]),
        ("evaluate c.jsonl --labels s3://b/l.tsv", ["--labels is s3://b/l.tsv", "download it"]),
        ("evaluate s3://b/p.tsv --labels l.tsv", ["PAIRS is s3://b/p.tsv", "download it"]),
        ("evaluate p.tsv --labels l.tsv --plot s3://b/p.svg", ["--plot is s3://b/p.svg", copied]),
        ("inspect s3://b/w", ["FILE|DIR is s3://b/w", "download it"]),
        ("index create s3://b/ix", ["DIR is s3://b/ix", copied]),
        ("index add s3://b/ix c.jsonl", ["DIR is s3://b/ix", copied]),
        ("index query s3://b/ix c.jsonl", ["DIR is s3://b/ix", copied]),
        ("index remove s3://b/ix a", ["DIR is s3://b/ix", copied]),
        ("index remove ix --from s3://b/ids", ["--from is s3://b/ids", "download it"]),
        ("index expire s3://b/ix --older-than 1d", ["DIR is s3://b/ix", copied]),
        ("index info s3://b/ix", ["DIR is s3://b/ix", copied]),
        ("index verify s3://b/ix", ["DIR is s3://b/ix", copied]),
        ("index compact s3://b/ix", ["DIR is s3://b/ix", copied]),
        ("index merge ix s3://b/ix", ["OTHER is s3://b/ix", "download it"]),
        ("shard plan c.jsonl --shards 2 --work s3://b/w", ["--work is s3://b/w", copied]),
        ("shard sign --shard 1/2 --work s3://b/w", ["--work is s3://b/w", copied]),
        ("shard clusters --work w -o s3://b/out", ["--output is s3://b/out", copied]),
    ] {
        let refused = run(path, arguments).refused();
        let line = refused.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(line.contains(word), "{arguments}: {refused}");
        }
        assert!(!refused.contains("secret"), "{refused}");
    }
    let mut left: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["c.jsonl", "c.toml", "ix"]);
}

#[cfg(unix)]
#[test]
fn a_path_that_looks_like_an_address_is_read_and_written_where_it_exists() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::create_dir_all(path.join("s3:/b")).unwrap();
    fs::write(path.join("s3:/b/c.jsonl"), "{\"id\": \"a\", \"text\": \"one text\"}\n").unwrap();
    run(path, "dedup s3://b/c.jsonl -o ./s3://b/out").done();
    run(path, "dedup s3://b/c.jsonl -o s3://b/out --force").done();
    assert!(path.join("s3:/b/out/kept.jsonl").exists());
}
