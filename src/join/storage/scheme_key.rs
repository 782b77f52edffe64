//! The key of a keyed scheme, kept in the work folder of its joins.

use std::path::Path;

use super::work_dir::WorkDir;
use crate::error::Error;
use crate::external::{Kind, Role};
use crate::scheme::SchemeKey;

/// The name of its file.
const NAME: &str = "scheme-key";
const BYTES: usize = 16;

/// Returns the secret key that a work folder keeps for the scheme of its joins; draws one where there is none. A join that is resumed
/// in the folder then has the same scheme.
///
/// ```
/// use twinprint::join::work_folder_key;
/// use twinprint::{Document, Scheme, SimilarityJoin};
///
/// let folder = std::env::temp_dir().join("twinprint-example-keyed");
/// # let _ = std::fs::remove_dir_all(&folder);
/// let scheme = Scheme::news().keyed(work_folder_key(&folder)?);
/// let mut join = SimilarityJoin::builder(&scheme).build_on_disk(&folder)?;
/// join.push(Document::text(1, "The ferry to Skelby was cancelled on Monday."))?;
/// drop(join.finish()?);
/// assert_eq!(Scheme::news().keyed(work_folder_key(&folder)?), scheme);
/// # std::fs::remove_dir_all(&folder).expect("the example's own folder");
/// # Ok::<(), twinprint::Error>(())
/// ```
///
/// # Errors
/// [`Error::File`] names the file that cannot be read or written, or says that a join is at work in the folder.
pub fn work_folder_key(folder: impl AsRef<Path>) -> Result<SchemeKey, Error> {
    let work = WorkDir::open(folder.as_ref())?;
    let role = Role::new(Kind::SchemeKey, 2, 0);
    if work.has(NAME) {
        let mut file = work.open_file(NAME, role)?;
        let mut key = [0; BYTES];
        key.copy_from_slice(file.take(BYTES)?);
        return if file.has_more()? { Err(file.corrupt()) } else { Ok(SchemeKey::from_bytes(key)) };
    }
    let key = SchemeKey::random();
    let mut file = work.create(NAME, role)?;
    file.record(|bytes| bytes.extend_from_slice(&key.to_bytes()))?;
    file.finish()?;
    Ok(key)
}
