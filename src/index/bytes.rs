//! Little-endian numbers in bytes.

/// Reads eight bytes; the caller has checked that they are there.
pub(crate) fn number(bytes: &[u8], at: usize) -> u64 {
    let mut all = [0; 8];
    all.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(all)
}

/// Reads four bytes; the caller has checked that they are there.
pub(crate) fn short(bytes: &[u8], at: usize) -> u32 {
    let mut all = [0; 4];
    all.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(all)
}

/// Reads all numbers of eight bytes.
pub(crate) fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.as_chunks::<8>().0.iter().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Reads all numbers of four bytes.
pub(crate) fn shorts(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk))
}

/// Takes bytes from the front of what is left to read.
#[cfg(feature = "store")]
pub(crate) fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(head)
}

/// Takes a number of eight bytes from the front of what is left to read.
#[cfg(feature = "store")]
pub(crate) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    take(bytes, 8).map(|bytes| number(bytes, 0))
}

/// Takes a number of four bytes from the front of what is left to read.
#[cfg(feature = "store")]
pub(crate) fn take_short(bytes: &mut &[u8]) -> Option<u32> {
    take(bytes, 4).map(|bytes| short(bytes, 0))
}

/// Takes a text after its length in bytes, a number of eight bytes.
#[cfg(feature = "store")]
pub(crate) fn take_text(bytes: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(take_number(bytes)?).ok()?;
    Some(str::from_utf8(take(bytes, length)?).ok()?.to_string())
}
