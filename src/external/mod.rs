//! Records of whole numbers, sorted in memory or on disk, and files that notice every changed byte. Nothing here knows of documents.

#[cfg(feature = "disk")]
mod atomic;
mod bits;
#[cfg(feature = "disk")]
mod external_sort;
#[cfg(all(feature = "disk", test))]
pub(crate) mod faults;
#[cfg(feature = "disk")]
pub(crate) mod files;
#[cfg(feature = "disk")]
mod folder_id;
#[cfg(feature = "disk")]
mod frames;
#[cfg(feature = "disk")]
mod own_folder;
mod radix;
mod records;
#[cfg(feature = "disk")]
mod write_behind;

#[cfg(feature = "disk")]
pub use atomic::AtomicFile;

pub(crate) use bits::Bits;
#[cfg(feature = "disk")]
pub(crate) use external_sort::{RecordReader, Run, Sorted, Sorter, read_record};
#[cfg(feature = "disk")]
pub(crate) use folder_id::FolderId;
#[cfg(feature = "disk")]
pub(crate) use frames::{FrameReader, FrameWriter, Kind, Label, Role, numbers, put, put_short, short_numbers};
#[cfg(feature = "disk")]
pub(crate) use own_folder::OwnFolder;
pub(crate) use records::{InMemory, Merged, Records, Sort, SortedBy, Sorters};
#[cfg(feature = "disk")]
pub(crate) use write_behind::WriteBehind;
