//! Columns of tables, which must agree if several tables are written as one.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
#[cfg(feature = "parquet")]
use crate::schemas::unified;

/// The columns of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    /// The format has none, or the file is empty.
    None,
    /// Columns without types.
    #[cfg(feature = "formats")]
    Names(Vec<String>),
    /// Columns with types.
    #[cfg(feature = "parquet")]
    Schema(arrow_schema::SchemaRef),
}

/// The columns of the first file that has any, with which all others must agree.
#[derive(Debug, Default)]
pub(crate) struct FirstColumns(Option<(PathBuf, Columns)>);

impl FirstColumns {
    /// Refuses a file whose columns differ. Columns with types may differ as far as no value is lost.
    pub(crate) fn check(&mut self, path: &Path, columns: Columns) -> Result<(), Error> {
        if columns == Columns::None {
            return Ok(());
        }
        let Some((first_path, first)) = &mut self.0 else {
            self.0 = Some((path.into(), columns));
            return Ok(());
        };
        let difference = match (first, columns) {
            #[cfg(feature = "formats")]
            (Columns::Names(first), Columns::Names(names)) => difference(first, &names),
            #[cfg(feature = "parquet")]
            (Columns::Schema(first), Columns::Schema(schema)) => match unified(first, &schema) {
                Ok(both) => {
                    *first = both;
                    None
                }
                Err(difference) => Some(difference),
            },
            #[allow(unreachable_patterns, reason = "there are no columns in builds without tables")]
            _ => None,
        };
        let kind = |difference| ErrorKind::MixedColumns(first_path.clone(), difference);
        difference.map_or(Ok(()), |difference| Err(Error::new(path, kind(difference))))
    }

    /// Returns the types of all columns so far.
    #[cfg(feature = "parquet")]
    pub(crate) fn schema(self) -> Option<arrow_schema::SchemaRef> {
        match self.0 {
            Some((_, Columns::Schema(schema))) => Some(schema),
            _ => None,
        }
    }
}

/// Says how the names of columns differ.
#[cfg(feature = "formats")]
fn difference(first: &[String], names: &[String]) -> Option<String> {
    let lacks = |names: &[String], name: &String| !names.contains(name);
    if first == names {
        None
    } else if let Some(name) = first.iter().find(|name| lacks(names, name)) {
        Some(format!("it lacks the column {name:?}"))
    } else if let Some(name) = names.iter().find(|name| lacks(first, name)) {
        Some(format!("it has the column {name:?} besides"))
    } else {
        Some("its columns are in another order".to_string())
    }
}
