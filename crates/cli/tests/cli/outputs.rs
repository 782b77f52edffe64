//! Where outputs go, and two runs that want the same one.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::corpora::{documents, folder_of, json_lines};
use crate::process::run;

/// Creates two corpora with different duplicates.
fn two_corpora() -> TempDir {
    let all = documents(60);
    let folder = folder_of(&json_lines(&all[..40]));
    fs::write(folder.path().join("other.jsonl"), json_lines(&all[20..])).unwrap();
    folder
}

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).unwrap()
}

/// Returns the names in a folder, hidden ones too.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Starts the command without waiting for it. Standard input gives it some documents, and then stays open.
pub(crate) fn start(folder: &Path, arguments: &str) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("twinprint"));
    command.current_dir(folder).args(arguments.split_whitespace()).env("TMPDIR", folder.join("tmp"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // Enough that the format is recognized. A run that does not read its input may have ended by now.
    let lines: String =
        (0..200).map(|id| format!("{{\"id\": {id}, \"text\": \"The ferry number {id} is late.\"}}\n")).collect();
    let _ = child.stdin.as_mut().unwrap().write_all(lines.as_bytes());
    child
}

/// Waits until something exists.
#[track_caller]
pub(crate) fn wait_for(is_there: impl Fn() -> bool) {
    for _ in 0..6_000 {
        if is_there() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("it does not appear");
}

#[test]
fn a_dash_is_standard_output() {
    let folder = two_corpora();
    let before = names(folder.path());
    let pairs = run(folder.path(), "pairs corpus.jsonl").done();
    assert!(!pairs.is_empty());
    for output in ["--output -", "-o -", "-o=-"] {
        assert_eq!(run(folder.path(), &format!("pairs corpus.jsonl {output}")).done(), pairs);
    }
    let clusters = run(folder.path(), "clusters corpus.jsonl").done();
    assert_eq!(run(folder.path(), "clusters corpus.jsonl -o -").done(), clusters);
    let ended = run(folder.path(), "pairs corpus.jsonl -o - --report -").refused();
    assert!(ended.contains("both go to standard output"), "{ended}");
    let page = run(folder.path(), "pairs corpus.jsonl -o pairs.tsv --report -").done();
    assert!(page.starts_with("<!DOCTYPE html>") && read(&folder, "pairs.tsv") == pairs);
    fs::remove_file(folder.path().join("pairs.tsv")).unwrap();

    run(folder.path(), "dedup corpus.jsonl -o out").done();
    run(folder.path(), "trim corpus.jsonl -o trimmed").done();
    let (kept, trimmed) = (read(&folder, "out/kept.jsonl"), read(&folder, "trimmed/trimmed.jsonl"));
    ["out", "trimmed"].iter().for_each(|name| fs::remove_dir_all(folder.path().join(name)).unwrap());
    let dedup = run(folder.path(), "dedup corpus.jsonl -o -");
    assert!(dedup.err.contains(" removed ") && !dedup.err.contains("tmp"), "{}", dedup.err);
    assert_eq!(dedup.done(), kept);
    assert_eq!(run(folder.path(), "trim corpus.jsonl -o -").done(), trimmed);
    assert_eq!(run(folder.path(), "dedup corpus.jsonl -o - --quiet").err, "");
    assert_eq!(names(folder.path()), before, "nothing else is written");
    let refused = run(folder.path(), "dedup corpus.jsonl -o corpus.jsonl").refused();
    assert!(refused.contains("not a folder"), "{refused}");
    let refused = run(folder.path(), "pairs corpus.jsonl -o .").refused();
    assert!(refused.contains("a folder"), "{refused}");
}

#[test]
fn compressed_inputs_go_to_standard_output_as_text() {
    let folder = two_corpora();
    let kept = run(folder.path(), "dedup corpus.jsonl -o -").done();
    let packed = zstd::encode_all(read(&folder, "corpus.jsonl").as_bytes(), 1).unwrap();
    fs::write(folder.path().join("packed.jsonl.zst"), packed).unwrap();
    assert_eq!(run(folder.path(), "dedup packed.jsonl.zst -o -").done(), kept);
    assert!(run(folder.path(), "trim packed.jsonl.zst -o -").done().starts_with('{'));
}

#[test]
fn a_guard_that_stops_a_run_leaves_standard_output_empty() {
    let copies: Vec<_> = (0..120).map(|id| (id.to_string(), "The ferry is late again.".to_string())).collect();
    let folder = folder_of(&json_lines(&copies));
    let ended = run(folder.path(), "dedup corpus.jsonl -o -");
    assert_eq!((ended.status, ended.out.as_str()), (1, ""));
    assert!(!ended.err.contains("clusters.tsv"), "the file is gone: {}", ended.err);
}

#[test]
fn the_name_of_a_report_or_plot_says_what_is_written() {
    let folder = two_corpora();
    for name in ["page.pdf", "page.docx", "page.txt"] {
        let refused = run(folder.path(), &format!("pairs corpus.jsonl --report {name}")).refused();
        assert!(refused.contains("HTML") && refused.contains(".json"), "{refused}");
        let refused = run(folder.path(), &format!("dedup corpus.jsonl -o out --report {name}")).refused();
        assert!(refused.contains("HTML") && !folder.path().join("out").exists(), "{refused}");
    }
    run(folder.path(), "pairs corpus.jsonl -o pairs.tsv --report page.HTML").done();
    fs::write(folder.path().join("labels.tsv"), "a\tb\t1\n").unwrap();
    let refused = run(folder.path(), "evaluate pairs.tsv --labels labels.tsv --plot curve.png").refused();
    assert!(refused.contains("SVG") && !folder.path().join("curve.png").exists(), "{refused}");
    run(folder.path(), "evaluate pairs.tsv --labels labels.tsv --plot curve.svg").done();
    assert!(read(&folder, "curve.svg").starts_with("<svg"));
}

#[cfg(unix)]
mod special {
    use std::os::unix::fs::{FileTypeExt, symlink};

    use super::*;

    #[test]
    fn pipes_are_written_to() {
        let folder = two_corpora();
        let pairs = run(folder.path(), "pairs corpus.jsonl").done();
        let kept = run(folder.path(), "dedup corpus.jsonl -o -").done();
        let pipe = folder.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for (arguments, expected) in [
            ("pairs corpus.jsonl --output pipe", Some(pairs)),
            ("dedup corpus.jsonl --output pipe", Some(kept)),
            ("trim corpus.jsonl --output pipe", None),
            ("contained corpus.jsonl --output pipe", None),
            ("pairs corpus.jsonl --report pipe", None),
        ] {
            let path = pipe.clone();
            let reader = std::thread::spawn(move || fs::read_to_string(path).unwrap());
            run(folder.path(), arguments).done();
            let got = reader.join().unwrap();
            assert!(expected.is_none_or(|expected| got == expected), "{arguments}");
            assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo(), "{arguments}");
        }
    }

    #[test]
    fn devices_are_written_to() {
        let folder = two_corpora();
        let device = folder.path().join("null");
        let made = Command::new("mknod").arg(&device).args(["c", "1", "3"]).output();
        if !made.is_ok_and(|made| made.status.success()) {
            println!("skipped: only root can create devices");
            return;
        }
        fs::write(folder.path().join("labels.tsv"), "a\tb\t1\n").unwrap();
        run(folder.path(), "pairs corpus.jsonl --output pairs.tsv").done();
        symlink("null", folder.path().join("link")).unwrap();
        for arguments in [
            "pairs corpus.jsonl --output null",
            "pairs corpus.jsonl --output link",
            "pairs corpus.jsonl --report null",
            "clusters corpus.jsonl --output null",
            "rewrites corpus.jsonl --output null",
            "dedup corpus.jsonl --output null",
            "trim corpus.jsonl --output null",
            "evaluate pairs.tsv --labels labels.tsv --plot null",
        ] {
            run(folder.path(), arguments).done();
            assert!(fs::symlink_metadata(&device).unwrap().file_type().is_char_device(), "{arguments}");
            assert!(fs::symlink_metadata(folder.path().join("link")).unwrap().is_symlink(), "{arguments}");
        }
    }

    #[test]
    fn the_name_of_standard_output_is_standard_output() {
        let folder = two_corpora();
        let pairs = run(folder.path(), "pairs corpus.jsonl").done();
        assert_eq!(run(folder.path(), "pairs corpus.jsonl --output /dev/stdout").done(), pairs);
        let kept = run(folder.path(), "dedup corpus.jsonl -o -").done();
        assert_eq!(run(folder.path(), "dedup corpus.jsonl --output /dev/stdout").done(), kept);
    }

    #[test]
    fn the_file_behind_a_link_is_replaced_and_not_the_link() {
        let folder = two_corpora();
        fs::create_dir(folder.path().join("real")).unwrap();
        fs::write(folder.path().join("real/pairs.tsv"), "earlier").unwrap();
        symlink("real/pairs.tsv", folder.path().join("latest")).unwrap();
        run(folder.path(), "pairs corpus.jsonl --output latest").done();
        assert!(fs::symlink_metadata(folder.path().join("latest")).unwrap().is_symlink());
        assert_eq!(read(&folder, "real/pairs.tsv"), run(folder.path(), "pairs corpus.jsonl").done());
        assert_eq!(names(&folder.path().join("real")), ["pairs.tsv"]);
    }
}

#[test]
fn the_second_run_is_told_who_writes() {
    let folder = two_corpora();
    fs::create_dir(folder.path().join("tmp")).unwrap();
    run(folder.path(), "dedup corpus.jsonl --output out").done();
    run(folder.path(), "trim corpus.jsonl --output trimmed").done();
    for (holder, second, output) in [
        ("pairs - --output found", "pairs corpus.jsonl --output found", "found"),
        ("clusters - --output found", "rewrites corpus.jsonl --output ./found", "found"),
        ("pairs - --report page.html", "pairs corpus.jsonl --report page.html", "page.html"),
        ("trim - --output new", "trim corpus.jsonl --output new", "new"),
        ("trim - --output trimmed --force", "trim corpus.jsonl --output trimmed --force", "trimmed"),
        ("dedup - --output out --force", "dedup corpus.jsonl --output out --force", "out"),
        ("dedup - --output fresh", "dedup corpus.jsonl --output fresh", "fresh"),
        ("trim - --output other", "dedup corpus.jsonl --output other --force", "other"),
    ] {
        // The first one waits for its input.
        let mut first = start(folder.path(), holder);
        let inside = folder.path().join(output).join(".twinprint-lock");
        let beside = folder.path().join(format!(".{output}.twinprint-lock"));
        wait_for(|| [&inside, &beside].iter().any(|lock| fs::read(lock).is_ok_and(|text| text.ends_with(b"\"]}"))));
        let refused = run(folder.path(), second).refused();
        let pid = format!("process {} on ", first.id());
        assert!(refused.contains(&pid) && refused.contains("since 20") && refused.contains("wait"), "{refused}");
        assert!(refused.contains(output), "{refused}");
        first.kill().unwrap();
        first.wait().unwrap();
        // A process that is gone holds no lock, and what it left is removed.
        assert!(inside.exists() || beside.exists());
        // The killed dedup may have had work to lose.
        let again = if holder.starts_with("dedup - --output fresh") { "--force" } else { "" };
        run(folder.path(), &format!("{second} {again}")).done();
        assert!(!inside.exists() && !beside.exists(), "{second}");
        let left = [folder.path().to_path_buf(), folder.path().join(output)];
        let left = left.iter().filter(|folder| folder.is_dir()).flat_map(|folder| names(folder));
        assert!(left.into_iter().all(|name| !name.starts_with(".twinprint-")), "{second}");
    }
}

#[test]
fn two_runs_never_mix_their_outputs() {
    let folder = two_corpora();
    fs::create_dir(folder.path().join("tmp")).unwrap();
    for (command, file) in [
        ("pairs {} --output out", "out"),
        ("clusters {} --output out", "out"),
        ("trim {} --output out --force --least-words 1 --unit line", "out/trimmed.jsonl"),
        ("dedup {} --output out --force", "out/kept.jsonl"),
        ("dedup {} --output out", "out/kept.jsonl"),
    ] {
        let out = folder.path().join("out");
        let clear = || if out.is_dir() { fs::remove_dir_all(&out).unwrap() } else { fs::remove_file(&out).unwrap() };
        let expected = ["corpus.jsonl", "other.jsonl"].map(|input| {
            run(folder.path(), &command.replace("{}", input)).done();
            let text = read(&folder, file);
            clear();
            text
        });
        for round in 0..8 {
            let running = ["corpus.jsonl", "other.jsonl"].map(|input| {
                let child = start(folder.path(), &command.replace("{}", input));
                std::thread::sleep(std::time::Duration::from_millis(round * 3));
                child
            });
            let ended = running.map(|child| child.wait_with_output().unwrap());
            assert!(ended.iter().any(|ended| ended.status.success()), "{command}: {ended:?}");
            for ended in &ended {
                let err = String::from_utf8_lossy(&ended.stderr);
                let is_told = err.contains("writes to this output") || err.contains("not empty");
                assert!(ended.status.success() || is_told, "{command}: {err}");
            }
            assert!(expected.contains(&read(&folder, file)), "{command}");
            assert!(names(folder.path()).iter().all(|name| !name.contains("twinprint")), "{command}");
            clear();
        }
    }
}
