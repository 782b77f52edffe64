//! Inputs that can be read only once: standard input, named pipes, process substitutions.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The bytes of a file, decompressed if need be.
pub(crate) type ByteReader = Box<dyn Read + Send>;

/// The path that means standard input.
pub(crate) const STANDARD_INPUT: &str = "-";

/// Bytes that are read ahead to recognize the format.
pub(crate) const HEAD_BYTES: usize = 8 << 10;

/// An input that can be read once, or as often as needed after it was copied to a file. Clones share the input.
///
/// The format is recognized by the first bytes, which are kept and handed out again before the rest.
#[derive(Clone)]
pub(crate) struct Stream(Arc<Mutex<State>>);

/// Tells how far a stream was read, and so what can be done with it.
enum State {
    /// Nothing was read, and a named pipe is not open.
    Unopened(PathBuf),
    /// The first bytes were read to recognize the format. The rest follows.
    Begun { head: Vec<u8>, rest: ByteReader },
    /// All bytes are in a file without a name.
    #[cfg_attr(
        not(feature = "formats"),
        allow(dead_code, reason = "only the formats that are written need to be read twice")
    )]
    Copied(Arc<Mutex<File>>),
    /// The input has been read.
    Read,
}

impl State {
    /// Opens the input if that was not done yet. A named pipe is opened only once, because its writer would not open it
    /// again.
    fn open(&mut self) -> io::Result<()> {
        if let Self::Unopened(path) = self {
            let rest: ByteReader =
                if path.as_os_str() == STANDARD_INPUT { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
            *self = Self::Begun { head: Vec::new(), rest };
        }
        Ok(())
    }
}

impl Stream {
    /// Takes standard input, or a path that is not a regular file.
    pub(crate) fn new(path: &Path) -> Self {
        Self(Arc::new(Mutex::new(State::Unopened(path.into()))))
    }

    /// Waits for the first bytes and returns them; none once the input has been read.
    pub(crate) fn head(&self) -> io::Result<Vec<u8>> {
        let mut state = self.state();
        state.open()?;
        if let State::Begun { head, rest } = &mut *state {
            let missing = HEAD_BYTES.saturating_sub(head.len()) as u64;
            rest.take(missing).read_to_end(head)?;
            return Ok(head.clone());
        }
        Ok(Vec::new())
    }

    /// Returns whether the input can be read again and again.
    pub(crate) fn is_copied(&self) -> bool {
        matches!(&*self.state(), State::Copied(_))
    }

    /// Returns all bytes from the first one on, or `None` if they have been read and were not copied.
    pub(crate) fn reader(&self) -> io::Result<Option<ByteReader>> {
        let mut state = self.state();
        if let State::Copied(file) = &*state {
            return Ok(Some(Box::new(CopyReader { file: Arc::clone(file), offset: 0 })));
        }
        state.open()?;
        Ok(match std::mem::replace(&mut *state, State::Read) {
            State::Begun { head, rest } => Some(Box::new(Cursor::new(head).chain(rest))),
            _ => None,
        })
    }

    /// Copies the input to a file without a name, so that it can be read again, and returns the file. Returns `None` if
    /// the input has been read before.
    #[cfg(feature = "formats")]
    pub(crate) fn copied(&self, create: impl FnOnce() -> io::Result<File>) -> io::Result<Option<File>> {
        let mut state = self.state();
        state.open()?;
        if let State::Begun { head, rest } = &mut *state {
            let mut file = create()?;
            io::copy(&mut Cursor::new(head).chain(rest), &mut file)?;
            *state = State::Copied(Arc::new(Mutex::new(file)));
        }
        match &*state {
            State::Copied(file) => lock(file).try_clone().map(Some),
            _ => Ok(None),
        }
    }

    /// Locks the state. Clones share it, because what one of them reads is gone for all.
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("is_copied", &self.is_copied()).finish_non_exhaustive()
    }
}

impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Stream {}

/// Reads a copy from its beginning, independently of other readers of the same file.
struct CopyReader {
    file: Arc<Mutex<File>>,
    offset: u64,
}

impl Read for CopyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = lock(&self.file);
        file.seek(SeekFrom::Start(self.offset))?;
        let read = file.read(buffer)?;
        self.offset += read as u64;
        Ok(read)
    }
}

/// Locks a mutex. A thread that panicked while it held the lock leaves nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
