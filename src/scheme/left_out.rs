//! Fields that are left out where they say nothing, as far as the format allows it.

use serde::ser::{Serialize, SerializeStruct, Serializer};

/// Returns whether a format has structs written with all their fields.
///
/// Formats that people read name the fields, so that those which say nothing can be left out. Others may know fields by their order only.
pub(super) fn has_all_fields(serializer: &impl Serializer) -> bool {
    !serializer.is_human_readable()
}

/// Writes a field, or leaves it out.
pub(super) fn add_if<S: SerializeStruct, T: Serialize>(
    fields: &mut S,
    is_written: bool,
    name: &'static str,
    value: &T,
) -> Result<(), S::Error> {
    if is_written { fields.serialize_field(name, value) } else { fields.skip_field(name) }
}
