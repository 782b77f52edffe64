//! Errors of decompression that say what to do.

use std::io::{self, Read};

use crate::byte_size::ByteSize;
use crate::compression::Compression;
use crate::stream::ByteReader;

/// Says of a decompression that fails whether the data are cut short or damaged.
pub(super) struct ClearErrors {
    reader: ByteReader,
    compression: Compression,
    max_window: u64,
}

impl ClearErrors {
    pub(super) fn new(reader: ByteReader, compression: Compression, max_window: u64) -> Self {
        Self { reader, compression, max_window }
    }

    fn clear(&self, error: io::Error) -> io::Error {
        // What the operating system reports, and what was put into plain words already, stays as it is.
        if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::Unsupported {
            return error;
        }
        let (name, text) = (self.compression.name(), error.to_string());
        let is_cut = error.kind() == io::ErrorKind::UnexpectedEof || text.contains("incomplete");
        let needs_memory = text.contains("too much memory") || text.contains("memory limit");
        let needs_dictionary = self.compression == Compression::Zstandard && text.contains("Dictionary mismatch");
        let message = if needs_dictionary {
            "the Zstandard data were compressed with a dictionary; decompress the file with it first: zstd -d -D DICT FILE".to_string()
        } else if needs_memory {
            too_large_a_window(name, None, self.max_window)
        } else if is_cut {
            format!(
                "the {name} data stop in the middle: the file is cut short, or something else follows them; copy or download it again"
            )
        } else {
            format!(
                "the {name} data are damaged, or something else follows them ({text}); copy or download the file again"
            )
        };
        io::Error::other(message)
    }
}

impl Read for ClearErrors {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.reader.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read.map_err(|error| self.clear(error)),
            }
        }
    }
}

/// Says that data need a larger window than is allowed.
pub(super) fn too_large_a_window(name: &str, window: Option<u64>, limit: u64) -> String {
    let limit = ByteSize(limit);
    match window.map(ByteSize) {
        Some(window) => format!(
            "the {name} data look back over a window of {window}, which decompression must hold in memory besides --memory, and the \
             limit is {limit}; allow it with --max-window {window}"
        ),
        None => format!(
            "the {name} data look back over a larger window than the limit of {limit}; allow it with --max-window 2G, and so much \
             memory besides --memory"
        ),
    }
}
