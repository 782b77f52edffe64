//! Runs by shards, which give the bytes of one run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::corpora::{Document, documents, json_lines};
use crate::dedup::assert_same_outputs;
use crate::process::run;

const SETTINGS: &str = "--memory 64M --threshold 0.5";

/// Writes documents to several files of about equal length.
fn folder_of_files(documents: &[Document], files: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, part) in documents.chunks(documents.len().div_ceil(files)).enumerate() {
        fs::write(folder.path().join(format!("part-{number:02}.jsonl")), json_lines(part)).unwrap();
    }
    folder
}

/// A run by shards, in a folder.
struct Shards<'a> {
    folder: &'a Path,
    shards: usize,
}

impl<'a> Shards<'a> {
    /// Makes the plan of a run.
    fn plan(folder: &'a Path, shards: usize, arguments: &str) -> Self {
        run(folder, &format!("shard plan part-*.jsonl --work work --shards {shards} {arguments}")).done();
        Self { folder, shards }
    }

    fn arguments(&self, stage: &str, shard: Option<usize>) -> String {
        let shard = shard.map(|shard| format!(" --shard {shard}/{}", self.shards)).unwrap_or_default();
        format!("shard {stage} --work work{shard} --threads 1")
    }

    fn start(&self, stage: &str, shard: usize) -> Child {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
        let arguments = self.arguments(stage, Some(shard));
        let command = command.current_dir(self.folder).args(arguments.split(' '));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn one(&self, stage: &str) -> crate::process::Ended {
        run(self.folder, &self.arguments(stage, None))
    }

    fn shard(&self, stage: &str, shard: usize) -> crate::process::Ended {
        run(self.folder, &self.arguments(stage, Some(shard)))
    }

    /// Runs a stage of all shards in an order that is not theirs, two at a time.
    fn all(&self, stage: &str) {
        // 5 has no factor in common with the numbers of shards here.
        let order: Vec<usize> = (0..self.shards).map(|step| step * 5 % self.shards + 1).collect();
        for two in order.chunks(2) {
            let running: Vec<Child> = two.iter().map(|&shard| self.start(stage, shard)).collect();
            for mut child in running {
                assert!(child.wait().unwrap().success(), "{stage}");
            }
        }
    }

    /// Kills a stage of a shard before it ends. On a busy machine this may take several attempts.
    fn kill(&self, stage: &str, shard: usize) {
        let killed = (0..50).any(|_| {
            let killed = self.kill_begun(stage, shard);
            if !killed {
                fs::remove_dir_all(self.work(stage, shard)).unwrap();
            }
            killed
        });
        assert!(killed, "{stage} is killed before it ends");
    }

    /// Kills a stage of a shard as soon as its folder is there. Returns whether it was still at work.
    fn kill_begun(&self, stage: &str, shard: usize) -> bool {
        let mut child = self.start(stage, shard);
        while child.try_wait().unwrap().is_none() && !self.work(stage, shard).join("twinprint-work").exists() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        !self.work(stage, shard).join("done").exists()
    }

    fn work(&self, stage: &str, shard: usize) -> PathBuf {
        self.folder.join(format!("work/{stage}-{shard:05}"))
    }

    /// Runs all stages but the last.
    fn until_verified(&self) {
        self.all("sign");
        self.one("group").done();
        self.all("bands");
        self.one("merge").done();
        self.all("verify");
    }

    /// Runs the last stage, and compares its output with that of one run.
    #[track_caller]
    fn assert_as_one_run(&self, arguments: &str) {
        run(self.folder, "shard clusters --work work --output sharded").done();
        run(self.folder, &format!("dedup part-*.jsonl --output whole {arguments}")).done();
        assert_same_outputs(&self.folder.join("whole"), &self.folder.join("sharded"));
    }
}

#[test]
fn eight_shards_in_any_order_two_at_a_time_give_the_bytes_of_one_run() {
    let folder = folder_of_files(&documents(900), 11);
    let shards = Shards::plan(folder.path(), 8, SETTINGS);
    shards.kill("sign", 3);
    shards.all("sign");
    shards.one("group").done();
    shards.kill("bands", 2);
    shards.all("bands");
    shards.one("merge").done();
    shards.kill("verify", 5);
    shards.all("verify");
    for (stage, shard) in [("sign", 1), ("bands", 8), ("verify", 5)] {
        let again = shards.shard(stage, shard);
        assert!(again.err.contains("nothing was done"), "{}", again.err);
        again.done();
    }
    shards.assert_as_one_run(SETTINGS);
}

#[test]
fn rules_of_pairs_and_of_removal_are_those_of_one_run() {
    let documents = documents(300);
    for arguments in [
        "--memory 64M --preset news --keep longest",
        "--memory 64M --block kind --source site --across-sources --keep source:b,a",
        "--memory 64M --bad aside --chars 4 --keep none",
    ] {
        let folder = folder_of_files(&documents, 4);
        for number in 0..4 {
            let path = folder.path().join(format!("part-{number:02}.jsonl"));
            let (kind, site) = (number % 2, ["a", "b", "c", "b"][number]);
            let lines = fs::read_to_string(&path).unwrap();
            let lines = lines.replace("{\"id\"", &format!("{{\"kind\": {kind}, \"site\": \"{site}\", \"id\""));
            let bad = if arguments.contains("aside") { "not JSON\n" } else { "" };
            fs::write(&path, lines + bad).unwrap();
        }
        let shards = Shards::plan(folder.path(), 3, arguments);
        shards.until_verified();
        shards.assert_as_one_run(arguments);
    }
}

#[test]
fn another_corpus_is_compared_as_in_one_run() {
    let documents = documents(200);
    let folder = folder_of_files(&documents, 4);
    fs::write(folder.path().join("tests-1.jsonl"), json_lines(&documents[20..40])).unwrap();
    fs::write(folder.path().join("tests-2.jsonl"), json_lines(&documents[90..97])).unwrap();
    let arguments = "--against tests-*.jsonl --memory 64M";
    let shards = Shards::plan(folder.path(), 3, arguments);
    shards.until_verified();
    shards.assert_as_one_run(arguments);
    let err =
        run(folder.path(), &format!("shard plan part-*.jsonl --work other --shards 3 {arguments} --keep longest"));
    assert!(err.refused().contains("--keep has no meaning with --against"));
    assert!(!folder.path().join("other").exists());
}

#[test]
fn one_giant_bucket_is_searched_as_in_one_run() {
    // Each text differs from the others in one word of thirty: all share buckets, which are over the limit.
    let same: Vec<String> = (0..28).map(|word| format!("word{word}")).collect();
    let documents: Vec<Document> =
        (0..400).map(|number| (number.to_string(), format!("{} and {number}", same.join(" ")))).collect();
    let folder = folder_of_files(&documents, 5);
    let arguments = "--memory 64M --bucket-limit 10 --most-of-corpus 1";
    let shards = Shards::plan(folder.path(), 4, arguments);
    shards.until_verified();
    shards.assert_as_one_run(arguments);
    let summary = fs::read_to_string(folder.path().join("sharded/summary.json")).unwrap();
    assert!(!summary.contains("\"oversized_buckets\": 0"), "{summary}");
}

#[test]
fn there_may_be_more_shards_than_documents() {
    let folder = folder_of_files(&[("a".into(), "one two three four".into()), ("b".into(), "rain".into())], 1);
    let shards = Shards::plan(folder.path(), 8, SETTINGS);
    shards.until_verified();
    let ended = shards.shard("sign", 8);
    assert!(ended.err.contains("nothing was done"), "{}", ended.err);
    shards.assert_as_one_run(SETTINGS);
    // More shards than bands, so that these are cut into ranges.
    let folder = folder_of_files(&documents(60), 2);
    let shards = Shards::plan(folder.path(), 7, "--memory 64M --banding 3x4");
    shards.until_verified();
    shards.assert_as_one_run("--memory 64M --banding 3x4");
}

#[test]
fn a_stage_names_the_shards_that_it_waits_for() {
    let folder = folder_of_files(&documents(60), 3);
    let err = run(folder.path(), "shard sign --work work --shard 1/3").refused();
    assert!(err.contains("there is no plan") && err.contains("shard plan"), "{err}");
    let shards = Shards::plan(folder.path(), 3, SETTINGS);
    shards.shard("sign", 2).done();
    let err = shards.one("group").refused();
    assert!(err.contains("sign is not done by 2 of 3 shards: 1, 3"), "{err}");
    shards.shard("sign", 1).done();
    shards.shard("sign", 3).done();
    let err = shards.shard("bands", 1).refused();
    assert!(err.contains("group is not done"), "{err}");
    shards.one("group").done();
    shards.shard("bands", 1).done();
    assert_eq!(
        shards.one("status").done(),
        "sign\t3\t3\t-\ngroup\t1\t1\t-\nbands\t1\t3\t2,3\nmerge\t0\t1\t1\nverify\t0\t3\t1,2,3\n"
    );
    let err = shards.one("merge").refused();
    assert!(err.contains("bands is not done by 2 of 3 shards: 2, 3"), "{err}");
    let err = run(folder.path(), "shard clusters --work work --output out").refused();
    assert!(err.contains("merge is not done"), "{err}");
    assert!(!folder.path().join("out").exists(), "nothing is written before all is done");
}

#[test]
fn another_plan_is_refused_by_name() {
    let folder = folder_of_files(&documents(30), 3);
    let shards = Shards::plan(folder.path(), 3, SETTINGS);
    let again = |arguments: &str| run(folder.path(), &format!("shard plan --work work {arguments}"));
    let ended = again(&format!("part-*.jsonl --shards 3 {SETTINGS}"));
    assert!(ended.err.contains("nothing was done"), "{}", ended.err);
    ended.done();
    for (arguments, named) in [
        ("part-*.jsonl --shards 4", "it has 3 shards, not 4"),
        ("part-*.jsonl --shards 3 --threshold 0.7", "--threshold is 0.5, not 0.7"),
        ("part-*.jsonl --shards 3 --words 5", "--words is 3, not 5"),
        ("part-00.jsonl --shards 3", "its inputs are part-*.jsonl, not part-00.jsonl"),
        ("part-*.jsonl --shards 3 --keyed", "--keyed"),
        ("part-*.jsonl --shards 3 --boilerplate 0.1", "--boilerplate"),
        ("part-*.jsonl --shards 3 --contained 0.8", "--contained"),
        ("- --shards 3", "standard input"),
    ] {
        let err = again(arguments).refused();
        assert!(err.contains(named), "{arguments}: {err}");
    }
    let err = run(folder.path(), "shard sign --work work --shard 1/4").refused();
    assert!(err.contains("--shard is 1/4") && err.contains("has 3 shards"), "{err}");
    let err = run(folder.path(), "shard sign --work work --shard 4/3").refused();
    assert!(err.contains("such as 3/8"), "{err}");
    fs::write(folder.path().join("part-01.jsonl"), "").unwrap();
    let err = shards.shard("sign", 1).refused();
    assert!(err.contains("part-01.jsonl") && err.contains("has changed"), "{err}");
    fs::remove_file(folder.path().join("part-02.jsonl")).unwrap();
    fs::write(folder.path().join("part-01.jsonl"), json_lines(&documents(30)[10..20])).unwrap();
    let plan = folder.path().join("work/shards.json");
    let changed = fs::read_to_string(&plan).unwrap().replace("\"shards\": 3", "\"shards\": 2");
    fs::write(&plan, changed).unwrap();
    let err = shards.one("group").refused();
    assert!(err.contains("shards.json") && err.contains("not a plan"), "{err}");
}

#[test]
fn a_damaged_file_is_named_and_its_shard_can_be_done_again() {
    let folder = folder_of_files(&documents(200), 3);
    let shards = Shards::plan(folder.path(), 3, SETTINGS);
    shards.all("sign");
    shards.one("group").done();
    shards.all("bands");
    let path = shards.work("sign", 2).join("sets-00000");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let inspected = run(folder.path(), "inspect work");
    assert_eq!(inspected.status, 2);
    assert!(inspected.err.contains("sign-00002") && inspected.err.contains("sets-00000"), "{}", inspected.err);
    shards.one("merge").done();
    let err = [1, 2, 3].into_iter().map(|shard| shards.shard("verify", shard).err).collect::<String>();
    assert!(err.contains("sign-00002") && err.contains("sets-00000"), "{err}");
    fs::remove_dir_all(shards.work("sign", 2)).unwrap();
    let err = shards.shard("verify", 1).refused();
    assert!(err.contains("sign is not done by 1 of 3 shards: 2"), "{err}");
    shards.until_verified();
    let inspected = run(folder.path(), "inspect work").done();
    assert!(inspected.contains("work/shards.json: the plan") && inspected.contains("work/sign-00002/sets-00000: sets"));
    shards.assert_as_one_run(SETTINGS);
}

#[test]
fn ids_that_repeat_are_named_before_anything_is_compared() {
    let folder = tempfile::tempdir().unwrap();
    for (number, id) in ["a", "b", "a"].into_iter().enumerate() {
        let line = json_lines(&[(id.to_string(), format!("text number {number}"))]);
        fs::write(folder.path().join(format!("part-{number:02}.jsonl")), line).unwrap();
    }
    let shards = Shards::plan(folder.path(), 3, SETTINGS);
    shards.all("sign");
    for _ in 0..2 {
        let err = shards.one("group").refused();
        assert!(err.contains("part-02.jsonl") && err.contains("\"a\" is already used in"), "{err}");
    }
}

#[test]
fn a_step_that_another_process_does_is_refused() {
    let folder = folder_of_files(&documents(30), 2);
    let shards = Shards::plan(folder.path(), 2, SETTINGS);
    let lock = fs::File::create(folder.path().join("work/sign-00001.lock")).unwrap();
    lock.try_lock().unwrap();
    let err = shards.shard("sign", 1).refused();
    assert!(err.contains("another run is at work on this step"), "{err}");
    shards.shard("sign", 2).done();
    drop(lock);
    shards.shard("sign", 1).done();
}

#[test]
fn locks_of_steps_are_inspected_as_what_they_are() {
    let folder = folder_of_files(&documents(30), 2);
    let shards = Shards::plan(folder.path(), 2, SETTINGS);
    shards.shard("sign", 1).done();
    let path = |name: &str| folder.path().join("work").join(name);
    let held =
        r#"{"twinprint":"lock of an output","pid":1,"host":"node-7","since":"2026-01-01T00:00:00Z","unfinished":[]}"#;
    fs::write(path("sign-00002.lock"), held).unwrap();
    // Its process has not written its name yet.
    fs::write(path("group.lock"), "").unwrap();
    let inspected = run(folder.path(), "inspect work").done();
    for name in ["sign-00002.lock", "group.lock"] {
        assert!(inspected.contains(&format!("work/{name}: the lock of a step")), "{inspected}");
    }
    for (name, text) in [("mine.lock", "mine"), ("held.json", held), ("empty", "")] {
        fs::write(path(name), text).unwrap();
        let ended = run(folder.path(), "inspect work");
        assert!(ended.status == 2 && ended.err.contains(&format!("work/{name}: ")), "{}", ended.err);
        fs::remove_file(path(name)).unwrap();
    }
}

#[test]
fn a_shard_without_a_field_is_named_by_the_number_that_it_has() {
    let folder = tempfile::tempdir().unwrap();
    for (number, field) in ["body", "other"].into_iter().enumerate() {
        let line = format!("{{\"id\": {number}, \"{field}\": \"a text of a few words\"}}\n");
        fs::write(folder.path().join(format!("part-{number:02}.jsonl")), line).unwrap();
    }
    let shards = Shards::plan(folder.path(), 2, "--text other,body");
    for (shard, missing) in [(1, "other"), (2, "body")] {
        let said = shards.shard("sign", shard).err;
        assert!(said.contains(&format!("shard {shard}: no document of it has the field \"{missing}\"")), "{said}");
    }
}
