//! The columns of a table, and its rows as documents.

use std::borrow::Cow;
use std::path::PathBuf;

use serde_json::Value;

use crate::batch::Part;
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, Missing, RecordUnit};
use crate::field_path::FieldPath;
use crate::fields::{FieldSource, Fields};
use crate::records::ReadConfig;
use crate::source::Source;

/// Bytes of rows in a batch, before the last row of it.
pub(super) const BATCH_BYTES: u64 = crate::batch::BATCH_BYTES as u64;

/// A table with the names of its columns. Their row is row 1, as in spreadsheets.
pub(super) struct Table {
    pub(super) path: PathBuf,
    /// The name from which ids are made.
    pub(super) name: String,
    /// The row of column names as it is in the file.
    pub(super) header: Vec<u8>,
    pub(super) columns: Vec<String>,
    pub(super) config: ReadConfig,
    pub(super) row: u64,
    begun: bool,
}

impl Table {
    /// Checks that the wanted columns are there. A file without any row has no columns.
    pub(super) fn new<'a>(
        source: &Source,
        header: Vec<u8>,
        names: impl IntoIterator<Item = &'a [u8]>,
        config: ReadConfig,
    ) -> Result<Self, Error> {
        let columns: Vec<_> = names.into_iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        if !columns.is_empty() {
            check(&columns, &config.fields).map_err(|kind| Error {
                path: source.path.clone(),
                line: Some(1),
                unit: RecordUnit::Row,
                kind,
            })?;
        }
        let (path, name) = (source.path.clone(), source.label.clone());
        Ok(Self { path, name, header, columns, config, row: 1, begun: false })
    }

    /// Adds the document of a row of this length in bytes.
    pub(super) fn add<'a>(
        &self,
        values: impl Iterator<Item = &'a [u8]>,
        length: usize,
        part: &mut Part,
    ) -> Result<(), ErrorKind> {
        let limit = self.config.options.max_record;
        if length > limit {
            return Err(ErrorKind::TooLong(Some(length as u64), limit as u64));
        }
        let values: Vec<_> = values.collect();
        if values.len() != self.columns.len() {
            return Err(ErrorKind::WrongLength(values.len(), self.columns.len()));
        }
        let row = Row {
            columns: &self.columns,
            values: strings(&values, self.config.options.lossy)?,
            fields: &self.config.fields,
        };
        part.push_with(self.row, |text| self.config.fields.parse(&row, text))
    }

    /// Returns the index of the column of the id.
    pub(super) fn id_column(&self) -> Option<usize> {
        let id = self.config.fields.id.as_ref()?;
        self.columns.iter().position(|name| name == id.as_str())
    }

    /// Returns whether this is the first batch, which a table without rows has too if it is to be written again, for
    /// its columns.
    pub(super) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.begun, true) && self.config.keep_raw
    }

    pub(super) fn columns(&self) -> Columns {
        if self.columns.is_empty() { Columns::None } else { Columns::Names(self.columns.clone()) }
    }
}

/// A row with the names of its columns.
struct Row<'a> {
    columns: &'a [String],
    values: Vec<Cow<'a, str>>,
    fields: &'a Fields,
}

impl FieldSource for Row<'_> {
    fn value(&self, path: &FieldPath) -> Result<Option<Cow<'_, Value>>, ErrorKind> {
        let column = self.columns.iter().position(|name| name == path.as_str());
        let value = column.and_then(|column| self.values.get(column));
        // An empty value is missing, but an empty text is a text.
        let present = value.filter(|value| !value.is_empty() || self.fields.text.contains(path));
        Ok(present.map(|value| Cow::Owned(Value::from(value.as_ref()))))
    }

    fn names(&self) -> Vec<String> {
        self.columns.to_vec()
    }
}

/// Checks that the wanted columns exist, once each. Of several text columns, one is enough.
fn check(columns: &[String], fields: &Fields) -> Result<(), ErrorKind> {
    let count = |path: &FieldPath| columns.iter().filter(|name| *name == path.as_str()).count();
    let may_be_missing = |path: &FieldPath| {
        let other_text = fields.text.contains(path) && fields.text.iter().any(|text| count(text) > 0);
        other_text || (fields.id_if_present && fields.id.as_ref() == Some(path))
    };
    for path in fields.all() {
        match count(path) {
            0 if !may_be_missing(path) => {
                let missing = Missing::new(path.as_str(), fields.role(path), columns.iter().cloned());
                return Err(ErrorKind::MissingColumn(missing));
            }
            0 | 1 => {}
            _ => return Err(ErrorKind::RepeatedColumn(path.as_str().to_string())),
        }
    }
    Ok(())
}

/// Decodes the values of a row. Offsets in errors count from the start of the row, as if no value were quoted.
fn strings<'a>(row: &[&'a [u8]], lossy: bool) -> Result<Vec<Cow<'a, str>>, ErrorKind> {
    let mut offset = 0;
    row.iter()
        .map(|value| {
            let string = match std::str::from_utf8(value) {
                Ok(string) => Cow::Borrowed(string),
                Err(_) if lossy => String::from_utf8_lossy(value),
                Err(error) => return Err(ErrorKind::NotUtf8(offset + error.valid_up_to())),
            };
            offset += value.len() + 1;
            Ok(string)
        })
        .collect()
}
