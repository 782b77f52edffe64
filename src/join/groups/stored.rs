//! Groups in a file, so that every shard of a join works with the same ones.

use super::external::{CONTENT_VERSION, Groups};
use crate::error::Error;
use crate::external::{Bits, Kind, RecordReader, Records, Role, Sorted, put};
use crate::join::storage::band_keys::SegmentHash;
use crate::join::storage::work_dir::WorkDir;
use crate::mix::mix64;

/// The name of the file.
const NAME: &str = "groups";

/// Numbers at the beginning of the file.
const HEAD: usize = 8;

/// The place of the content among them.
const CONTENT: usize = 5;

/// Groups of another version of the content are those of somebody else: they are made again.
fn role(owner: u64) -> Role {
    Role::new(Kind::Groups, HEAD as u32, mix64(owner ^ CONTENT_VERSION))
}

/// Returns the hash of all sets of an owner, if their groups are in the file.
pub(crate) fn content(work: &WorkDir, owner: u64) -> Result<Option<u64>, Error> {
    let file = work.open_current(NAME, role(owner))?;
    file.map(|mut file| Ok(file.take_numbers::<HEAD>()?[CONTENT])).transpose()
}

/// Writes groups.
pub(crate) fn write(work: &WorkDir, owner: u64, groups: Groups) -> Result<(), Error> {
    let Groups { firsts, documents, empty, equal_sets, copies, shingles, content, segment_hashes, mut members } =
        groups;
    let mut file = work.create(NAME, role(owner))?;
    let (segments, words) = (segment_hashes.len() as u64, firsts.words().len() as u64);
    let head: [u64; HEAD] = [u64::from(documents), empty, equal_sets, copies, shingles, content, segments, words];
    file.record(|bytes| put(bytes, &head))?;
    segment_hashes.iter().try_for_each(|hash| file.record(|bytes| put(bytes, &[hash.to_number()])))?;
    firsts.words().iter().try_for_each(|word| file.record(|bytes| put(bytes, &[*word])))?;
    while let Some(member) = members.next()? {
        file.record(|bytes| put(bytes, &member))?;
    }
    file.finish()
}

/// Reads groups. Their members stay in the file until they are asked for.
pub(crate) fn read(work: &WorkDir, owner: u64) -> Result<Groups, Error> {
    let mut file = work.open_file(NAME, role(owner))?;
    let [documents, empty, equal_sets, copies, shingles, content, segments, words] = file.take_numbers()?;
    let documents = u32::try_from(documents).map_err(|_| file.corrupt())?;
    let mut number = || Ok::<_, Error>(file.take_numbers::<1>()?[0]);
    let segment_hashes = (0..segments).map(|_| number().map(SegmentHash::from_number)).collect::<Result<_, Error>>()?;
    let firsts = Bits::from_words((0..words).map(|_| number()).collect::<Result<_, Error>>()?);
    let members = Sorted::Stored(RecordReader::new(file));
    Ok(Groups { firsts, documents, empty, equal_sets, copies, shingles, content, segment_hashes, members })
}
