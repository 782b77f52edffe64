//! A full disk.

use std::path::Path;
use std::{fs, process};

use anyhow::{Result, bail};

use crate::corpus::Corpus;
use crate::run::Command;

/// Runs `pairs` with its work folder on a file system of a few megabytes, then enlarges it and resumes the run.
pub(crate) fn run(command: &Command, folder: &Path) -> Result<()> {
    let disk = folder.join("small");
    fs::create_dir_all(&disk)?;
    let mount = |arguments: &[&str]| process::Command::new("mount").args(arguments).arg(&disk).status();
    if !mount(&["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).is_ok_and(|status| status.success()) {
        println!("### Full disk\n\nskipped: this user may not mount a small file system\n");
        return Ok(());
    }
    let outcome =
        fill(command, folder, &disk, || mount(&["-o", "remount,size=400m"]).is_ok_and(|status| status.success()));
    process::Command::new("umount").arg(&disk).status()?;
    outcome
}

fn fill(command: &Command, folder: &Path, disk: &Path, make_room: impl Fn() -> bool) -> Result<()> {
    let corpus = Corpus::write(folder, 20_000, 500)?;
    let paths = [&corpus.path, &disk.join("stored"), &folder.join("full.tsv"), &folder.join("room.tsv")];
    let [input, work, full, room] = paths.map(|path| path.to_string_lossy().into_owned());
    let arguments = ["pairs", &input, "--work", &work, "--output", &full];
    let ran = command.run(&arguments, None)?;
    if ran.status != Some(2) || !ran.message.contains(&work) || !ran.message.contains("No space left") {
        bail!("on a full disk: status {:?}, {}", ran.status, ran.message);
    }
    if !make_room() {
        bail!("the file system cannot be enlarged");
    }
    command.succeed(&arguments)?;
    command.succeed(&["pairs", &input, "--output", &room])?;
    if fs::read(&full)? != fs::read(&room)? {
        bail!("the pairs differ after a full disk");
    }
    println!(
        "### Full disk\n\nThe error named the file. With more space, the same run resumed and gave the same bytes. The message was:\n"
    );
    println!("    {}\n", ran.message.trim().replace(&*disk.to_string_lossy(), "DISK"));
    Ok(fs::remove_file(&corpus.path)?)
}
