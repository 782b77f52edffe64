//! Texts in parts, between which a call looks for Ctrl-C.

/// The most texts of a part.
const TEXTS: usize = 16_384;

/// The bytes from which on a part takes no more texts.
const BYTES: usize = 1 << 24;

/// Cuts items into parts that all cores work on in a fraction of a second. `size` tells the bytes of an item.
pub fn batches<T>(mut items: &[T], size: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let has_room = |item: &&T| {
            let before = bytes;
            bytes += size(item);
            before < BYTES
        };
        let (batch, rest) = items.split_at(items.iter().take(TEXTS).take_while(has_room).count());
        items = rest;
        (!batch.is_empty()).then_some(batch)
    })
}

/// Cuts texts into parts.
pub fn of_texts<'a, 'b>(texts: &'a [Option<&'b str>]) -> impl Iterator<Item = &'a [Option<&'b str>]> {
    batches(texts, |text| text.map_or(0, str::len))
}
