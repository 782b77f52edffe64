//! Runs that are interrupted: they leave nothing unfinished, and say how to continue.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use twinprint_generator::{Generator, Settings};

use crate::corpora::{folder_of, json_lines};
use crate::dedup::assert_same_outputs;
use crate::outputs::{start, wait_for};
use crate::process::run;

/// Sends a signal and returns the exit status and what was said.
fn interrupt(mut child: Child, signal: &str) -> (i32, String) {
    // Its input must not end before the signal arrives.
    let _stdin = child.stdin.take();
    send(&child, signal);
    let status = child.wait().unwrap().code().expect("it ends by itself");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    (status, said)
}

/// Returns whether the tests run under `nohup`, or on a system that does not tell.
fn ignores_hang_up() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_none_or(|mask| mask & 1 == 1)
}

fn send(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).into_iter().flatten().count()
}

#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    let folder = folder_of("");
    let tmp = folder.path().join("tmp");
    fs::create_dir(&tmp).unwrap();
    let before = count(folder.path());
    let hang_up = (!ignores_hang_up()).then_some(("-HUP", 129));
    for (signal, status) in [("-INT", 130), ("-TERM", 143), ("-XCPU", 152)].into_iter().chain(hang_up) {
        for (arguments, lock) in [
            ("pairs -", None),
            ("pairs - --output found --report page.html", Some(".page.html.twinprint-lock")),
            ("trim - --output new/out", Some("new/out/.twinprint-lock")),
            ("dedup - --output new/out", Some("new/out/work")),
            ("dedup - --output -", None),
            ("audit -", None),
        ] {
            let child = start(folder.path(), arguments);
            wait_for(|| {
                lock.is_none_or(|lock| folder.path().join(lock).exists()) && (lock.is_some() || count(&tmp) > 0)
            });
            let (ended, said) = interrupt(child, signal);
            assert_eq!(ended, status, "{arguments}: {said}");
            assert_eq!((count(&tmp), count(folder.path())), (0, before), "{arguments}: {said}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_file_sizes_is_an_error_that_leaves_nothing_behind() {
    let lines: Vec<_> = (0..2_000).map(|id| (id.to_string(), format!("the ferry {id} to skelby was late"))).collect();
    let folder = folder_of(&json_lines(&lines));
    let tmp = folder.path().join("tmp");
    fs::create_dir(&tmp).unwrap();
    let program = assert_cmd::cargo::cargo_bin!("twinprint");
    for arguments in ["pairs corpus.jsonl --threshold 0.1 --words 1 --output found", "dedup corpus.jsonl --output -"] {
        let limited = format!("ulimit -f 8; exec {} {arguments} > /dev/null", program.display());
        let mut shell = Command::new("sh");
        let ended = shell.args(["-c", &limited]).current_dir(folder.path()).env("TMPDIR", &tmp).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{arguments}: {said}");
        assert!(said.contains("File too large"), "{arguments}: {said}");
        assert_eq!((count(&tmp), folder.path().join("found").exists()), (0, false), "{arguments}: {said}");
    }
}

#[test]
fn a_signal_that_comes_twice_does_not_cut_the_cleaning_up_off() {
    let folder = folder_of("");
    let tmp = folder.path().join("tmp");
    fs::create_dir(&tmp).unwrap();
    for _ in 0..3 {
        let child = start(folder.path(), "pairs -");
        // Unnamed files have a name for a moment.
        let work_folder = || fs::read_dir(&tmp).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir());
        wait_for(|| work_folder().is_some());
        let work = work_folder().unwrap();
        // Removing them takes longer than the second signal.
        (0..3_000).for_each(|number| fs::write(work.join(format!("padding-{number}")), "").unwrap());
        send(&child, "-TERM");
        let (status, said) = interrupt(child, "-TERM");
        assert_eq!((status, count(&tmp)), (143, 0), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nohup_keeps_a_run_alive() {
    let folder = folder_of("");
    fs::create_dir(folder.path().join("tmp")).unwrap();
    let mut nohup = Command::new("nohup");
    nohup.arg(assert_cmd::cargo::cargo_bin!("twinprint")).args(["pairs", "-"]).current_dir(folder.path());
    nohup.env("TMPDIR", folder.path().join("tmp")).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = nohup.stdin(Stdio::piped()).spawn().unwrap();
    let lines: String = (0..200).map(|id| format!("{{\"id\": {id}, \"text\": \"The ferry is late.\"}}\n")).collect();
    child.stdin.as_mut().unwrap().write_all(lines.as_bytes()).unwrap();
    wait_for(|| count(&folder.path().join("tmp")) > 0);
    send(&child, "-HUP");
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_interrupted_run_says_how_to_continue() {
    let made = Generator::new(Settings { near_duplicates: 0.4, ..Settings::default() });
    let documents: Vec<_> = made.take(4_000).map(|made| (made.id.to_string(), made.text)).collect();
    let folder = folder_of(&json_lines(&documents));
    fs::create_dir(folder.path().join("tmp")).unwrap();
    let arguments = "dedup corpus.jsonl --threads 1 --memory 64M --output";
    run(folder.path(), &format!("{arguments} whole")).done();
    let ended = (0..20).find_map(|round| {
        let out = folder.path().join(format!("out{round}"));
        let child = start(folder.path(), &format!("{arguments} out{round}"));
        wait_for(|| out.join("work/candidates").exists() || out.join("summary.json").exists());
        let (status, said) = interrupt(child, "-INT");
        (status == 130 && !out.join("clusters.tsv").exists()).then_some((out, said))
    });
    let (out, said) = ended.expect("a run is interrupted before it ends");
    let name = out.file_name().unwrap().to_string_lossy().into_owned();
    assert!(said.contains(&name) && said.contains("the same command continues it"), "{said}");
    assert!(!out.join(".twinprint-lock").exists());
    run(folder.path(), &format!("{arguments} {name}")).done();
    assert_same_outputs(&folder.path().join("whole"), &out);

    let child = start(folder.path(), "pairs - --work kept");
    wait_for(|| folder.path().join("kept").exists());
    let (status, said) = interrupt(child, "-TERM");
    assert!(status == 143 && said.contains("the work so far is in kept"), "{said}");
}

#[test]
fn an_interrupted_run_leaves_what_is_not_its_own() {
    let made = Generator::new(Settings::default());
    let documents: Vec<_> = made.take(4_000).map(|made| (made.id.to_string(), made.text)).collect();
    let folder = folder_of(&json_lines(&documents));
    fs::create_dir(folder.path().join("tmp")).unwrap();
    // Two have names of work files.
    let names = ["candidates", "notes", "sets-00000", "todo.txt"];
    let tries = (0..20).filter(|round| {
        let out = folder.path().join(format!("out{round}"));
        let work = out.join("work");
        let child = start(folder.path(), &format!("dedup corpus.jsonl --threads 1 --memory 64M --output out{round}"));
        wait_for(|| work.join("twinprint-work").exists() || out.join("summary.json").exists());
        send(&child, "-STOP");
        if !work.exists() || names.iter().any(|name| work.join(name).exists()) {
            send(&child, "-CONT");
            interrupt(child, "-INT");
            return false;
        }
        fs::create_dir(work.join("notes")).unwrap();
        for name in ["candidates", "notes/deep.txt", "sets-00000", "todo.txt"] {
            fs::write(work.join(name), name).unwrap();
        }
        send(&child, "-INT");
        let (status, said) = interrupt(child, "-CONT");
        if status != 130 || said.contains("continues it") {
            return false;
        }
        let mut left: Vec<_> = fs::read_dir(&work).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, names);
        for name in ["candidates", "notes/deep.txt", "sets-00000", "todo.txt"] {
            assert_eq!(fs::read_to_string(work.join(name)).unwrap(), name);
        }
        assert_eq!(count(&out), 1, "{said}");
        true
    });
    assert!(tries.take(1).count() == 1, "no run was interrupted with little work done");
}
