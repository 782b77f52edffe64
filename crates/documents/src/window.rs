//! Calendar windows.

/// Names a window of the UTC calendar into which a date falls.
///
/// Documents of neighbouring windows are never compared, even if an hour lies between them. Longer windows miss
/// fewer such pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Window {
    /// A day, such as `2026-11-25`.
    Day,
    /// A week from Monday to Sunday (ISO 8601), such as `2026-W48`.
    Week,
    /// A month, such as `2026-11`.
    Month,
    /// A year, such as `2026`.
    Year,
}
