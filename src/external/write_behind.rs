//! Synchronizes a file while more is written to it, so that little is left to wait for when it is finished.

use std::io;
use std::thread::{self, JoinHandle};

use super::FrameWriter;
use crate::error::Error;

/// Has the disk write what a growing file holds so far, in a thread of its own.
#[derive(Debug, Default)]
pub(crate) struct WriteBehind {
    running: Option<JoinHandle<io::Result<()>>>,
    /// Bytes of the file when it was last asked for.
    asked: u64,
}

/// Bytes after which the disk is asked again: enough for it to be busy, few enough to be written soon.
const STEP: u64 = 16 << 20;

impl WriteBehind {
    /// Asks the disk to write what the file holds, if that has grown, the file is to be durable, and the disk has done what it was asked
    /// before.
    pub(crate) fn advance(&mut self, file: &mut FrameWriter) -> Result<(), Error> {
        if file.bytes() >= self.asked + STEP { self.ask(file) } else { Ok(()) }
    }

    fn ask(&mut self, file: &mut FrameWriter) -> Result<(), Error> {
        if self.running.as_ref().is_some_and(|running| !running.is_finished()) {
            return Ok(());
        }
        self.wait(file)?;
        self.asked = file.bytes();
        let Some(handle) = file.durable_handle()? else { return Ok(()) };
        // Where there can be no thread, the last synchronization does it all.
        self.running =
            thread::Builder::new().name("twinprint-flush".to_string()).spawn(move || handle.sync_data()).ok();
        Ok(())
    }

    /// Waits for the disk. A system reports once that something could not be written, so that the last synchronization might not know.
    pub(crate) fn wait(&mut self, file: &FrameWriter) -> Result<(), Error> {
        let Some(running) = self.running.take() else { return Ok(()) };
        let synced = running.join().unwrap_or_else(|_| Err(io::Error::other("a thread that wrote ended early")));
        synced.map_err(|error| Error::io(file.path(), error))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::error::FileProblem;
    use crate::external::faults::{Fault, FaultyDisk};
    use crate::external::{FolderId, Kind, Label, Role};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("twinprint-behind-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a temporary folder");
        folder
    }

    fn file(folder: &std::path::Path) -> FrameWriter {
        let label = Label::new(FolderId::from_bytes(&[7; 16]), Role::new(Kind::Sets, 1, 7));
        let mut file = FrameWriter::create(&folder.join("sets"), label).expect("created");
        file.frame(&[5; 1_000]).expect("written");
        file
    }

    #[test]
    fn what_the_file_holds_is_on_the_disk_before_it_is_finished() {
        let folder = folder("early");
        let disk = FaultyDisk::new(&folder, None);
        let (mut behind, mut file) = (WriteBehind::default(), file(&folder));
        behind.ask(&mut file).expect("asked");
        behind.wait(&file).expect("written");
        // The end of the file is all that a last synchronization has left.
        let written = file.bytes();
        assert_eq!(disk.synced_bytes(), written);
        drop(file);
        fs::remove_dir_all(&folder).expect("our own");
    }

    #[test]
    fn it_asks_again_only_when_the_file_has_grown() {
        let folder = folder("step");
        let disk = FaultyDisk::new(&folder, None);
        let (mut behind, mut file) = (WriteBehind::default(), file(&folder));
        let before = disk.operations();
        behind.advance(&mut file).expect("too little to ask for");
        assert!(behind.running.is_none());
        assert_eq!(disk.operations(), before);
        file.frame(&vec![1; STEP as usize]).expect("written");
        behind.advance(&mut file).expect("asked");
        behind.wait(&file).expect("written");
        let after = disk.operations();
        behind.advance(&mut file).expect("too little again");
        assert!(behind.running.is_none());
        assert_eq!(disk.operations(), after);
        drop(file);
        fs::remove_dir_all(&folder).expect("our own");
    }

    #[test]
    fn nothing_is_asked_of_a_file_that_need_not_survive() {
        let folder = folder("unsynced");
        let (mut behind, file) = (WriteBehind::default(), file(&folder));
        let mut file = file.durable(false);
        behind.ask(&mut file).expect("nothing to do");
        assert!(behind.running.is_none());
        drop(file);
        fs::remove_dir_all(&folder).expect("our own");
    }

    #[test]
    fn what_could_not_be_written_is_told_by_the_wait() {
        let folder = folder("failed");
        let disk = FaultyDisk::new(&folder, None);
        let (mut behind, mut file) = (WriteBehind::default(), file(&folder));
        file.durable_handle().expect("flushed");
        disk.fail_at(disk.operations() + 1, Fault::Once);
        behind.ask(&mut file).expect("asked");
        let refused = behind.wait(&file).expect_err("the disk failed");
        assert!(matches!(refused, Error::File { problem: FileProblem::Io(_), .. }), "{refused:?}");
        file.finish().expect("the disk works again, and would not tell");
        fs::remove_dir_all(&folder).expect("our own");
    }
}
