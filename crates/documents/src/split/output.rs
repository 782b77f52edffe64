//! Files that are whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::corpus::{Compression, Inputs};
use crate::error::Error;

/// A file, or a folder, that is complete under another name.
pub(super) struct Unfinished {
    pub(super) path: PathBuf,
    pub(super) unfinished: PathBuf,
}

impl Unfinished {
    pub(super) fn at(path: PathBuf) -> Self {
        let mut unfinished = path.clone().into_os_string();
        unfinished.push(".unfinished");
        Self { path, unfinished: unfinished.into() }
    }

    /// Gives it its name.
    pub(super) fn finish(self) -> Result<PathBuf, Error> {
        fs::rename(&self.unfinished, &self.path).map_err(|error| Error::io(&self.path, &error))?;
        Ok(self.path)
    }
}

/// Writes a file, packed as said.
pub(super) struct Output {
    file: Unfinished,
    writer: Packed,
}

enum Packed {
    Plain(BufWriter<File>),
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Output {
    /// Begins a file that is packed as the first input is.
    pub(super) fn like(inputs: &Inputs, path: PathBuf) -> Result<Self, Error> {
        let compression = inputs.iter().next().map_or(Ok(Compression::None), |input| input.compression())?;
        Self::create(path, compression)
    }

    pub(super) fn create(path: PathBuf, compression: Compression) -> Result<Self, Error> {
        let file = Unfinished::at(path);
        let refused = |error: io::Error| Error::io(&file.path, &error);
        let writer = BufWriter::with_capacity(1 << 20, File::create(&file.unfinished).map_err(refused)?);
        let writer = match compression {
            Compression::None => Packed::Plain(writer),
            Compression::Gzip => Packed::Gzip(flate2::write::GzEncoder::new(writer, flate2::Compression::default())),
            Compression::Zstd => Packed::Zstd(zstd::Encoder::new(writer, 0).map_err(refused)?),
        };
        Ok(Self { file, writer })
    }

    pub(super) fn path(&self) -> &Path {
        &self.file.path
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.write_all(bytes).map_err(|error| Error::io(&self.file.path, &error))
    }

    /// Ends the file on disk, still under its other name.
    pub(super) fn end(self) -> Result<Unfinished, Error> {
        let refused = |error: io::Error| Error::io(&self.file.path, &error);
        let writer = match self.writer {
            Packed::Plain(writer) => writer,
            Packed::Gzip(encoder) => encoder.finish().map_err(refused)?,
            Packed::Zstd(encoder) => encoder.finish().map_err(refused)?,
        };
        let file = writer.into_inner().map_err(|error| refused(error.into_error()))?;
        file.sync_all().map_err(refused)?;
        Ok(self.file)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Packed::Plain(writer) => writer.write(bytes),
            Packed::Gzip(encoder) => encoder.write(bytes),
            Packed::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Packed::Plain(writer) => writer.flush(),
            Packed::Gzip(encoder) => encoder.flush(),
            Packed::Zstd(encoder) => encoder.flush(),
        }
    }
}
