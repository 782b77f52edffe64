//! Numbers in memory that is zero at first, in huge pages where the system has them.
//!
//! The first write to a page costs a page fault, which took a ninth of the time of a join with pages of 4 KiB. Those of 2 MiB are 512
//! times fewer. They do not help the tables of an online index, which grow: there copies cost more than page faults.

#[cfg(all(target_os = "linux", feature = "huge-pages"))]
mod mapped;

/// A type of which all bytes are values.
#[cfg(all(target_os = "linux", feature = "huge-pages"))]
pub(super) use bytemuck::Pod as Number;

#[cfg(all(target_os = "linux", feature = "huge-pages"))]
pub(super) use self::mapped::{Pages, zeros};

#[cfg(not(all(target_os = "linux", feature = "huge-pages")))]
pub(super) use self::heap::{Number, Pages, zeros};

#[cfg(not(all(target_os = "linux", feature = "huge-pages")))]
mod heap {
    /// Numbers on the heap.
    pub(in super::super) type Pages<T> = Vec<T>;

    pub(in super::super) trait Number: Copy + Default {}

    impl Number for u32 {}
    impl Number for u64 {}

    /// Returns zeros.
    pub(in super::super) fn zeros<T: Number>(length: usize) -> Pages<T> {
        vec![T::default(); length]
    }
}
