//! Peak memory of joins on disk, in a process of its own for each case. Run with `cargo test --test memory -- --ignored --nocapture`.

#![cfg(all(target_os = "linux", feature = "disk"))]

use std::fs;
use std::process::Command;

use twinprint::join::DiskJoin;
use twinprint::{Clustering, Document, Error, Keep, Scheme, SimilarityJoin};

const LIMIT: u64 = 64 << 20;

/// The variable that names the case to a process.
const CASE: &str = "TWINPRINT_MEMORY_CASE";

fn open(name: &str) -> (std::path::PathBuf, DiskJoin) {
    let folder = std::env::temp_dir().join(format!("twinprint-memory-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let builder = SimilarityJoin::builder(&Scheme::web()).memory_limit(LIMIT);
    let join = builder.across_sources(name == "sources").build_on_disk(&folder).expect("opened");
    (folder, join)
}

/// Kilobytes of memory that this process held at most.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse().ok()).expect("a number")
}

/// Words of usual length, of which no two documents share many.
fn text(document: u64, words: u64) -> String {
    (0..words).map(|word| format!("word{} ", (document * 1_000_003 + word) * 7 % 90_000_017)).collect()
}

fn run(case: &str) {
    let (folder, mut join) = open(case);
    match case {
        // Ids of 100 kB, of texts so short that many would be gathered.
        "ids" => {
            for document in 0..3_000 {
                let id = format!("{document}{}", "x".repeat(100_000));
                join.push(Document::text(id, "the same for all of them")).expect("pushed");
            }
            let found = join.finish().expect("joined");
            let members = found.clusters(Clustering::Leader, Keep::First).and_then(|found| found.members());
            assert_eq!(members.expect("sorted").count(), 2_999);
            let mut ids = found.id_lookup().expect("written");
            assert!((0..3_000).all(|document| ids.get(document).expect("there").len() > 100_000));
        }
        // As long as a document may be, twice, so that they are compared too.
        "long" => {
            let mut words = 100_000;
            while join.push(Document::text(words, text(1, words))).is_ok() {
                words += 100_000;
            }
            let long = text(1, words - 100_000);
            join.push(Document::text("again", format!("{long} another end"))).expect("pushed");
            assert!(join.finish().expect("joined").stats().verified >= 1);
        }
        "refused" => {
            let long = text(1, 20_000_000);
            let before = peak();
            let refused = join.push(Document::text("long", &long));
            assert!(matches!(refused, Err(Error::MemoryLimit { .. })));
            assert!(peak() - before < 1_000, "it was refused before memory was taken");
            drop(long);
        }
        // Each from a source of its own.
        _ => {
            for document in 0..600_000_u64 {
                let source = document.to_string();
                join.push(Document::text(document, "").source(&source)).expect("pushed");
            }
            drop(join.finish().expect("joined"));
        }
    }
    fs::remove_dir_all(folder).expect("the test's own folder");
}

#[test]
#[ignore = "takes a minute"]
fn the_limit_holds_for_long_ids_long_documents_and_many_sources() {
    if let Ok(case) = std::env::var(CASE) {
        run(&case);
        return println!("peak {case} {}", peak());
    }
    for case in ["ids", "long", "refused", "sources"] {
        let program = std::env::current_exe().expect("this test");
        let mut command = Command::new(program);
        let output = command.args(["--ignored", "--nocapture"]).env(CASE, case).output().expect("run");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        let line = text.lines().find(|line| line.starts_with("peak ")).expect("a peak");
        println!("{line} kB of {} kB", LIMIT >> 10);
        let kilobytes: u64 = line.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number");
        // The text that the test itself holds to be refused is 180 MB.
        assert!(case == "refused" || kilobytes < LIMIT >> 10, "{line}");
    }
}
