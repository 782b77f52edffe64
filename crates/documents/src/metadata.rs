//! Metadata of documents.

use serde_json::Value;

/// Holds what a record says about a document besides its id and text, as far as [`Fields`](crate::Fields) ask for
/// it.
///
/// A missing field and `null` are `None`. A value of another type is an error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    /// The part of the block's name that each block field gives; `None` where the record lacks the field.
    pub block: Vec<Option<String>>,
    /// The source, such as an outlet.
    pub source: Option<String>,
    /// The number that each score field gives.
    pub scores: Vec<Option<f64>>,
    /// The date that each date field gives, in seconds since 1970.
    pub dates: Vec<Option<i64>>,
    /// The group, such as a repository.
    pub group: Option<String>,
}

impl Metadata {
    /// Returns the name of the block, which two documents share only if they agree in every block field.
    ///
    /// With one block field it is the field's value, or empty if that is missing; with several it is a JSON array.
    ///
    /// ```
    /// use twinprint_documents::Metadata;
    ///
    /// let of = |block: &[Option<&str>]| {
    ///     let block = block.iter().map(|part| part.map(str::to_string)).collect();
    ///     Metadata { block, ..Metadata::default() }.block_name()
    /// };
    /// assert_eq!(of(&[]), "");
    /// assert_eq!(of(&[Some("en")]), "en");
    /// assert_eq!(of(&[Some("en"), None]), r#"["en",null]"#);
    /// ```
    #[must_use]
    pub fn block_name(&self) -> String {
        match self.block.as_slice() {
            [] => String::new(),
            [one] => one.clone().unwrap_or_default(),
            several => Value::from(several.to_vec()).to_string(),
        }
    }
}
