//! Tar archives of texts: each file in an archive is one document.

use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::text::{BATCH_BYTES, push};
use crate::batch::{BadRecord, Batch};
use crate::error::{Error, ErrorKind, RecordUnit};
use crate::format::Format;
use crate::name_text::path_text;
use crate::passed_over::is_passed_over;
use crate::records::{ReadConfig, Records};
use crate::source::Source;
use crate::stream::ByteReader;

/// Reads the files of an archive in their order. Hidden files are passed over, as in folders. The path in the archive
/// is the id.
pub(super) struct TarReader {
    path: PathBuf,
    name: String,
    config: ReadConfig,
    members: Receiver<io::Result<Member>>,
    /// The number of the member, counted from 1.
    number: u64,
}

/// A file of an archive.
struct Member {
    name: PathBuf,
    /// The content, or the size if it is too long.
    content: Result<Vec<u8>, u64>,
}

/// Members that are read ahead.
const AHEAD: usize = 2;

impl fmt::Debug for TarReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TarReader").field("path", &self.path).field("number", &self.number).finish_non_exhaustive()
    }
}

impl TarReader {
    pub(super) fn open(source: &Source, reader: ByteReader, config: ReadConfig) -> Result<Self, Error> {
        // The library's iterator borrows from its archive, so a thread owns both.
        let (sender, members) = sync_channel(AHEAD);
        let limit = config.options.max_record as u64;
        let started = thread::Builder::new().name("twinprint-tar".to_string()).spawn(move || {
            if let Err(error) = send_members(reader, limit, &sender) {
                // Nobody receives any more if reading has ended early.
                let _ = sender.send(Err(error));
            }
        });
        started.map_err(|error| Error::io(&source.path, &error))?;
        Ok(Self { path: source.path.clone(), name: source.label.clone(), config, members, number: 0 })
    }

    /// Returns the path of a member in the archive as text.
    fn id(&self, member: &str) -> String {
        if self.config.fields.id.is_some() { member.to_string() } else { format!("{}:{member}", self.name) }
    }
}

/// Reads an archive to the end of the input, and sends each file to the reader. It waits while [`AHEAD`] of them are unread, so
/// that memory stays bounded.
///
/// Zeros end an archive, but another may follow them, as where two were joined. What is neither is an error.
fn send_members(reader: ByteReader, limit: u64, to: &SyncSender<io::Result<Member>>) -> io::Result<()> {
    let mut archive = tar::Archive::new(reader);
    archive.set_ignore_zeros(true);
    for entry in archive.entries()? {
        let entry = entry?;
        let name = entry.path()?.into_owned();
        if !entry.header().entry_type().is_file() || is_passed_over(&name) {
            continue;
        }
        let size = entry.size();
        let mut bytes = Vec::new();
        let content = if size > limit {
            Err(size)
        } else {
            entry.take(limit).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        if to.send(Ok(Member { name, content })).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

impl Records for TarReader {
    fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, Error> {
        let part = &mut batch.restart(1)[0];
        part.path = path_text(&self.path);
        let (mut bytes, before) = (0, self.number);
        while bytes < BATCH_BYTES
            && let Ok(member) = self.members.recv()
        {
            let Member { name, content } =
                member.map_err(|error| Error::new(&self.path, unreadable(self.number, &error)))?;
            self.number += 1;
            let member = path_text(&name).replace('\\', "/");
            let pushed = match content {
                Err(size) => Err(ErrorKind::TooLong(Some(size), self.config.options.max_record as u64)),
                Ok(_) if Format::from_path(&name).is_some_and(|format| format != Format::Text) => Err(not_a_text()),
                Ok(content) => {
                    bytes += content.len() as u64;
                    push(self.id(&member), &content, self.config.options.lossy, self.number, part)
                }
            };
            if let Err(kind) = pushed {
                let kind = ErrorKind::Member(member, Box::new(kind));
                part.bad.push(BadRecord { line: self.number, kind, bytes: Vec::new() });
            }
        }
        batch.bytes = bytes;
        Ok(self.number > before)
    }

    fn unit(&self) -> RecordUnit {
        RecordUnit::Record
    }
}

/// Says that an archive cannot be read after this number of files.
fn unreadable(files: u64, error: &io::Error) -> ErrorKind {
    ErrorKind::BadFile(match files {
        0 => format!("the archive cannot be read ({error})"),
        _ => format!("the archive cannot be read after its file {files}, or something else follows its end ({error})"),
    })
}

/// Says what to do about an archive of tables or records.
fn not_a_text() -> ErrorKind {
    ErrorKind::ForeignFormat(
        "no text but a file of records".to_string(),
        "unpack the archive, tar -xf FILE, and give the files of one kind by a pattern".to_string(),
    )
}
