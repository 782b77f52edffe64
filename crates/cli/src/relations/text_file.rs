//! Texts in a file, as bytes, so that pairs can be judged in any order.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// Texts of which pairs are judged, by the numbers of their documents. Eight bytes a document are held in memory.
pub(super) struct TextFile {
    file: File,
    /// Where each text begins, and at last where the file ends.
    starts: Vec<u64>,
}

/// Writes a [`TextFile`].
pub(super) struct TextFileWriter {
    file: BufWriter<File>,
    starts: Vec<u64>,
    end: u64,
}

impl TextFileWriter {
    /// Begins a file without a name in a folder. It takes disk space until it is dropped.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(folder).with_context(|| folder.display().to_string())?;
        Ok(Self { file: BufWriter::new(file), starts: vec![0], end: 0 })
    }

    /// Adds the text of the next document. One that is in no pair is empty.
    pub(super) fn push(&mut self, text: &[u8]) -> io::Result<()> {
        self.file.write_all(text)?;
        self.end += text.len() as u64;
        self.starts.push(self.end);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<TextFile> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(TextFile { file, starts: self.starts })
    }
}

impl TextFile {
    /// Returns the bytes of a text.
    pub(super) fn length(&self, document: u32) -> u64 {
        let [start, end] = self.range(document);
        end - start
    }

    pub(super) fn read(&mut self, document: u32) -> io::Result<Vec<u8>> {
        let [start, end] = self.range(document);
        self.file.seek(SeekFrom::Start(start))?;
        let mut text = Vec::new();
        (&self.file).take(end - start).read_to_end(&mut text)?;
        Ok(text)
    }

    fn range(&self, document: u32) -> [u64; 2] {
        let start = |place: usize| self.starts.get(place).or(self.starts.last()).copied().unwrap_or(0);
        [start(document as usize), start(document as usize + 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_any_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = TextFileWriter::new(folder.path()).expect("a file");
        ["ferry", "", "北京"].iter().for_each(|text| writer.push(text.as_bytes()).expect("written"));
        let mut texts = writer.finish().expect("written");
        let read = [2, 0, 1, 7].map(|document| texts.read(document).expect("there"));
        assert_eq!(read, ["北京", "ferry", "", ""].map(|text| text.as_bytes().to_vec()));
        assert_eq!([0, 1, 2, 7].map(|document| texts.length(document)), [5, 0, 6, 0]);
    }
}
