//! Reads a frozen index.

use std::fmt;
use std::ops::Range;
#[cfg(feature = "store")]
use std::path::Path;
use std::sync::Arc;

use super::DocumentId;
use super::blocks::Blocks;
use super::bytes::{number, numbers, short, shorts};
use super::format::{Kind, Layout, damaged, directory_bits, directory_bytes, table_bytes};
use super::tools::Tools;
use crate::error::Error;
use crate::lsh::Banding;
use crate::minhash::Signature;
use crate::scheme::{Scheme, SchemeId};
use crate::set::ShingleSet;

/// An index of documents in one run of bytes: a `Vec`, a memory map, or bytes that are part of a program.
///
/// [`FrozenBuilder`](super::FrozenBuilder) writes it. It never changes; a [`Store`](crate::store::Store) is made of such files.
///
/// * **It opens at once**, whatever its size: only the footer is read. What it allocates is one bit for 64 KiB of the file.
/// * **Nothing in it is trusted.** Each block of 64 KiB has a checksum, which is tested when the block is first read. Bytes that are not
///   what was written give an [`Error::Index`], and never a wrong answer.
/// * **The format is documented**, in `docs/index-format.md` of the repository, and the same on every machine.
///
/// All methods take `&self`, and threads can share it.
///
/// ```
/// use twinprint::index::{Frozen, FrozenBuilder};
/// use twinprint::{Banding, Scheme};
///
/// let scheme = Scheme::builder().custom_features("numbers").build()?;
/// let hasher = scheme.minhasher();
/// let mut builder = FrozenBuilder::new(&scheme, Banding::new(16, 8)?)?;
/// builder.push(7, &hasher.signature(&[1, 2, 3, 4]))?;
/// builder.push(8, &hasher.signature(&[5, 6, 7, 8]))?;
/// let bytes: Vec<u8> = builder.finish()?;
///
/// let frozen = Frozen::open(&bytes[..])?;
/// frozen.verify()?;
/// let hits = frozen.query(&hasher.signature(&[5, 6, 7, 8]), 0.5)?;
/// assert_eq!((hits.len(), hits[0].id, hits[0].jaccard), (1, 8.into(), 1.0));
/// # Ok::<(), twinprint::Error>(())
/// ```
pub struct Frozen<D> {
    data: D,
    layout: Layout,
    blocks: Blocks,
    tools: Arc<Tools>,
}

impl<D> fmt::Debug for Frozen<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frozen").field("layout", &self.layout).finish_non_exhaustive()
    }
}

/// Which table of an index.
#[derive(Clone, Copy)]
pub(super) enum Table {
    Ids,
    Band(usize),
}

impl<D: AsRef<[u8]>> Frozen<D> {
    /// Opens a frozen index whose scheme is stored in it.
    ///
    /// # Errors
    /// [`Error::Index`] if the bytes are not a frozen index, or are not what was written. [`Error::OutOfRange`] if the scheme is under a
    /// secret key, or one that this version does not know: open it with [`open_with`](Self::open_with).
    pub fn open(data: D) -> Result<Self, Error> {
        let layout = Layout::read(data.as_ref())?;
        let blocks = Blocks::new(&layout);
        let scheme = Scheme::from_description(description(data.as_ref(), &layout, &blocks)?)?;
        let tools = Arc::new(Tools::new(&scheme, layout.banding)?);
        Self::from_parts(data, layout, blocks, tools)
    }

    /// Opens a frozen index that must be of this scheme, which may be under a secret key.
    ///
    /// # Errors
    /// [`Error::Index`] as in [`open`](Self::open), and [`Error::Mismatch`] with the field that differs.
    pub fn open_with(data: D, scheme: &Scheme) -> Result<Self, Error> {
        let layout = Layout::read(data.as_ref())?;
        let blocks = Blocks::new(&layout);
        scheme.check_description(description(data.as_ref(), &layout, &blocks)?)?;
        let tools = Arc::new(Tools::new(scheme, layout.banding)?);
        Self::from_parts(data, layout, blocks, tools)
    }

    /// Opens a frozen index of a store, which has the tools for all of its indexes.
    pub(crate) fn open_with_tools(data: D, tools: &Arc<Tools>) -> Result<Self, Error> {
        let layout = Layout::read(data.as_ref())?;
        let blocks = Blocks::new(&layout);
        let stored = description(data.as_ref(), &layout, &blocks)?;
        if stored != tools.description() {
            tools.scheme().check_description(stored)?;
        }
        if layout.banding != tools.banding() {
            return Err(damaged("it was written with another banding"));
        }
        Self::from_parts(data, layout, blocks, Arc::clone(tools))
    }

    /// Names the file that the bytes are in, for errors.
    #[cfg(feature = "store")]
    pub(crate) fn in_file(self, file: &Path) -> Self {
        Self { blocks: self.blocks.in_file(file.into()), ..self }
    }

    fn from_parts(data: D, layout: Layout, blocks: Blocks, tools: Arc<Tools>) -> Result<Self, Error> {
        let num_hashes = tools.scheme().sketch().num_hashes() as usize;
        if layout.num_hashes != num_hashes || layout.scheme != tools.scheme().id() {
            return Err(damaged("its footer contradicts its scheme"));
        }
        Ok(Self { data, layout, blocks, tools })
    }

    /// Returns the scheme of the signatures.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        self.tools.scheme()
    }

    /// Returns the id of the scheme.
    #[must_use]
    pub fn scheme_id(&self) -> SchemeId {
        self.layout.scheme
    }

    /// Returns the banding of the tables.
    #[must_use]
    pub fn banding(&self) -> Banding {
        self.layout.banding
    }

    /// Returns the number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layout.documents
    }

    /// Returns whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layout.documents == 0
    }

    /// Returns whether sets are stored, so that answers are exact.
    #[must_use]
    pub fn has_sets(&self) -> bool {
        self.layout.has(Kind::Sets)
    }

    /// Returns the bytes of the whole index.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.data.as_ref()
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    pub(crate) fn tools(&self) -> &Arc<Tools> {
        &self.tools
    }

    pub(crate) fn has_numbers(&self) -> bool {
        self.layout.has(Kind::Numbers)
    }

    /// Returns a part of a section, whose blocks were checked.
    pub(super) fn bytes(&self, kind: Kind, part: Range<usize>) -> Result<&[u8], Error> {
        part_of(self.data.as_ref(), &self.layout, &self.blocks, kind, part)
    }

    /// Returns where a document's part of a section begins and ends, from the section that has the ends.
    fn span(&self, kind: Kind, row: usize) -> Result<Range<usize>, Error> {
        let first = row.saturating_sub(1);
        let ends = self.bytes(kind, 8 * first..8 * (row + 1))?;
        let end = |at| usize::try_from(number(ends, at)).map_err(|_| damaged("an offset leads out of its section"));
        let start = if row == 0 { 0 } else { end(0)? };
        Ok(start..end(8 * (row - first))?)
    }

    /// Returns the id of the document in this row, or `None` if there is no such row.
    ///
    /// # Errors
    /// [`Error::Index`] if the bytes are not what was written.
    pub fn id(&self, row: usize) -> Result<Option<DocumentId<'_>>, Error> {
        if row >= self.len() { Ok(None) } else { self.id_of(row).map(Some) }
    }

    /// Returns the id of a document that is there.
    pub(crate) fn id_of(&self, row: usize) -> Result<DocumentId<'_>, Error> {
        if self.has_numbers() {
            return Ok(DocumentId::Number(number(self.bytes(Kind::Numbers, 8 * row..8 * row + 8)?, 0)));
        }
        let bytes = self.bytes(Kind::Ids, self.span(Kind::IdEnds, row)?)?;
        str::from_utf8(bytes).map(DocumentId::Text).map_err(|_| damaged("an id is not UTF-8"))
    }

    /// Returns the time of a document that is there.
    pub(crate) fn time_of(&self, row: usize) -> Result<u64, Error> {
        Ok(number(self.bytes(Kind::Times, 8 * row..8 * row + 8)?, 0))
    }

    /// Returns the positions of a document that is there, as bytes.
    pub(super) fn row_bytes(&self, row: usize) -> Result<&[u8], Error> {
        let width = 4 * self.layout.num_hashes;
        self.bytes(Kind::Signatures, row * width..(row + 1) * width)
    }

    /// Replaces the content of a buffer by the positions of a document that is there.
    pub(crate) fn read_row(&self, row: usize, positions: &mut Vec<u32>) -> Result<(), Error> {
        positions.clear();
        positions.extend(shorts(self.row_bytes(row)?));
        Ok(())
    }

    /// Returns the signature of the document in this row, or `None` if there is no such row.
    ///
    /// # Errors
    /// [`Error::Index`] if the bytes are not what was written.
    pub fn signature(&self, row: usize) -> Result<Option<Signature>, Error> {
        if row >= self.len() {
            return Ok(None);
        }
        let values = shorts(self.row_bytes(row)?).collect();
        Signature::from_values(self.scheme(), values).map(Some).map_err(|_| damaged("a signature is none"))
    }

    /// Returns the hashes of a document that is there, as bytes.
    pub(super) fn set_bytes(&self, row: usize) -> Result<&[u8], Error> {
        let Range { start, end } = self.span(Kind::SetEnds, row)?;
        let at = |hashes: usize| hashes.checked_mul(8).ok_or_else(|| damaged("an offset leads out of its section"));
        self.bytes(Kind::Sets, at(start)?..at(end)?)
    }

    /// Returns the sorted hashes of a document that is there.
    pub(crate) fn set_of(&self, row: usize) -> Result<Vec<u64>, Error> {
        let set: Vec<u64> = numbers(self.set_bytes(row)?).collect();
        if set.is_sorted_by(|a, b| a < b) { Ok(set) } else { Err(damaged("the hashes of a set do not ascend")) }
    }

    /// Returns the set of the document in this row, or `None` if there is no such row or sets are not stored.
    ///
    /// # Errors
    /// [`Error::Index`] if the bytes are not what was written.
    pub fn set(&self, row: usize) -> Result<Option<ShingleSet>, Error> {
        if row >= self.len() || !self.has_sets() { Ok(None) } else { Ok(Some(self.set_of(row)?.into())) }
    }

    /// Returns the row of the document with this id.
    ///
    /// # Errors
    /// [`Error::Index`] if the bytes are not what was written.
    pub fn row_of<'a>(&self, id: impl Into<DocumentId<'a>>) -> Result<Option<usize>, Error> {
        let id = id.into();
        for row in self.entries_of(Table::Ids, id.key())? {
            let row = self.checked_row(row)?;
            if self.id_of(row)? == id {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    pub(super) fn checked_row(&self, row: u32) -> Result<usize, Error> {
        if (row as usize) < self.len() { Ok(row as usize) } else { Err(damaged("a table leads to no document")) }
    }

    /// Returns section, place and number of entries of a table.
    fn table(&self, table: Table) -> (Kind, usize, usize) {
        match table {
            Table::Ids => (Kind::IdTable, 0, self.layout.documents),
            Table::Band(band) => (Kind::BandTables, band * table_bytes(self.layout.entries), self.layout.entries),
        }
    }

    /// Returns the directory of a table, and all its entries.
    pub(super) fn whole_table(&self, table: Table) -> Result<(&[u8], &[u8]), Error> {
        let (kind, start, entries) = self.table(table);
        let bytes = self.bytes(kind, start..start + table_bytes(entries))?;
        Ok(bytes.split_at(directory_bytes(entries)))
    }

    /// Returns the rows that a table has under a key, ascending.
    pub(super) fn entries_of(&self, table: Table, key: u32) -> Result<impl Iterator<Item = u32>, Error> {
        let (kind, start, count) = self.table(table);
        let bits = directory_bits(count);
        let slot = key.checked_shr(32 - bits).unwrap_or(0) as usize;
        let directory = self.bytes(kind, start + 4 * slot..start + 4 * slot + 8)?;
        let (from, to) = (short(directory, 0) as usize, short(directory, 4) as usize);
        if from > to || to > count {
            return Err(damaged("a directory leads out of its table"));
        }
        let entries = start + directory_bytes(count);
        let stretch = self.bytes(kind, entries + 8 * from..entries + 8 * to)?.as_chunks::<8>().0;
        let key_of = |entry: &[u8; 8]| (u64::from_le_bytes(*entry) >> 32) as u32;
        let first = stretch.partition_point(|entry| key_of(entry) < key);
        let found = stretch[first..].iter().take_while(move |entry| key_of(entry) == key);
        Ok(found.map(|entry| u64::from_le_bytes(*entry) as u32))
    }

    /// Checks the checksums of all blocks.
    pub(super) fn check_blocks(&self) -> Result<(), Error> {
        self.blocks.check_all(self.data.as_ref(), &self.layout)
    }
}

fn part_of<'a>(
    bytes: &'a [u8],
    layout: &Layout,
    blocks: &Blocks,
    kind: Kind,
    part: Range<usize>,
) -> Result<&'a [u8], Error> {
    let range = layout.range(kind, part)?;
    blocks.check(bytes, layout, &range)?;
    Ok(&bytes[range])
}

fn description<'a>(bytes: &'a [u8], layout: &Layout, blocks: &Blocks) -> Result<&'a str, Error> {
    let text = part_of(bytes, layout, blocks, Kind::Scheme, 0..layout.length(Kind::Scheme))?;
    str::from_utf8(text).map_err(|_| damaged("its scheme is not UTF-8"))
}
