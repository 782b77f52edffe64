//! Memory that grows without moving what is in it.

/// Slices of values, which are added at the end and stay where they are.
#[derive(Clone, Debug)]
pub(super) struct Arena<T> {
    chunks: Vec<Chunk<T>>,
    /// Values for which there is room in all chunks.
    capacity: usize,
}

#[derive(Clone, Debug)]
struct Chunk<T> {
    values: Vec<T>,
    used: usize,
}

/// Where a slice begins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    pub(super) chunk: u32,
    pub(super) start: u32,
}

/// Bytes of a chunk, of which a slice may need more. Each chunk is as large as all before it, within these bounds, so few documents take
/// little memory, and many are in few chunks. Memory that nothing was written to is not taken from the system yet.
const MIN_CHUNK_BYTES: usize = 1 << 16;
const MAX_CHUNK_BYTES: usize = 1 << 26;

impl<T: Copy + Default> Arena<T> {
    pub(super) fn new() -> Self {
        Self { chunks: Vec::new(), capacity: 0 }
    }

    /// Adds a slice of zeros behind all others.
    pub(super) fn reserve(&mut self, length: usize) -> Place {
        let has_room = |chunk: &Chunk<T>| chunk.values.len() - chunk.used >= length;
        if !self.chunks.last().is_some_and(has_room) {
            let [min, max] = [MIN_CHUNK_BYTES, MAX_CHUNK_BYTES].map(|bytes| bytes / size_of::<T>());
            let room = self.capacity.clamp(min, max).max(length);
            self.chunks.push(Chunk { values: vec![T::default(); room], used: 0 });
            self.capacity += room;
        }
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        let place = Place { chunk: number as u32, start: chunk.used as u32 };
        chunk.used += length;
        place
    }

    #[inline]
    pub(super) fn get(&self, place: Place, length: usize) -> &[T] {
        &self.chunks[place.chunk as usize].values[place.start as usize..][..length]
    }

    pub(super) fn get_mut(&mut self, place: Place, length: usize) -> &mut [T] {
        &mut self.chunks[place.chunk as usize].values[place.start as usize..][..length]
    }

    /// Returns slices, named by their places and lengths in the order in which they were added, side by side.
    pub(super) fn get_all_mut(&mut self, slices: impl IntoIterator<Item = (Place, usize)>) -> Vec<&mut [T]> {
        let mut chunks = self.chunks.iter_mut();
        // What is left of the chunk that is read, where that begins, and how many chunks were begun.
        let (mut rest, mut at, mut begun) = (&mut [][..], 0, 0);
        let mut take = |(place, length): (Place, usize)| {
            while begun <= place.chunk {
                rest = chunks.next().map(|chunk| &mut chunk.values[..]).unwrap_or_default();
                (at, begun) = (0, begun + 1);
            }
            let (_, from) = std::mem::take(&mut rest).split_at_mut(place.start as usize - at);
            let (slice, behind) = from.split_at_mut(length);
            (rest, at) = (behind, place.start as usize + length);
            slice
        };
        slices.into_iter().map(&mut take).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Some slices are larger than a first chunk.
        #[test]
        fn slices_stay_where_they_are_and_as_they_are(
            lengths in prop::collection::vec(prop_oneof![9 => 1_usize..3_000, 1 => 1_usize..200_000], 1..100),
            chosen in prop::collection::vec(any::<bool>(), 100),
        ) {
            let mut arena: Arena<u64> = Arena::new();
            let places: Vec<(Place, usize)> = lengths.iter().map(|&length| (arena.reserve(length), length)).collect();
            let of_this = |places: &[(Place, usize)]| places.iter().copied().zip(&chosen).filter(|(_, chosen)| **chosen)
                .map(|(place, _)| place).collect::<Vec<_>>();
            prop_assert!(places.iter().all(|&(place, length)| arena.get(place, length).iter().all(|value| *value == 0)));
            for (number, slice) in arena.get_all_mut(of_this(&places)).into_iter().enumerate() {
                slice.fill(number as u64 + 1);
            }
            let copy = arena.clone();
            let mut number = 0;
            for (&(place, length), chosen) in places.iter().zip(&chosen) {
                number += u64::from(*chosen);
                let expected = if *chosen { number } else { 0 };
                prop_assert!(arena.get(place, length).iter().all(|value| *value == expected));
                prop_assert_eq!(copy.get(place, length), arena.get(place, length));
                prop_assert_eq!(arena.get_mut(place, length).len(), length);
            }
        }
    }
}
