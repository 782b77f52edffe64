//! The few forms of parallel work in this crate. They run on the current thread pool of rayon, or on the calling thread without the
//! feature `rayon`. Outcomes are in the order of the items, so the number of threads changes nothing but the time.

/// Applies `work` to every item, each thread with a scratch of its own.
pub(crate) fn map<T: Sync, S: Send, R: Send>(
    items: &[T],
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(&T, &mut S) -> R + Sync + Send,
) -> Vec<R> {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        items.par_iter().map_init(scratch, |scratch, item| work(item, scratch)).collect()
    }
    #[cfg(not(feature = "rayon"))]
    {
        let mut scratch = scratch();
        items.iter().map(|item| work(item, &mut scratch)).collect()
    }
}

/// Gives every item its row of `width` values to fill.
pub(crate) fn for_each_row<T: Sync, V: Send, S: Send>(
    rows: &mut [V],
    width: usize,
    items: &[T],
    scratch: impl Fn() -> S + Sync + Send,
    fill: impl Fn(&T, &mut S, &mut [V]) + Sync + Send,
) {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        rows.par_chunks_mut(width).zip(items).for_each_init(scratch, |scratch, (row, item)| fill(item, scratch, row));
    }
    #[cfg(not(feature = "rayon"))]
    {
        let mut scratch = scratch();
        rows.chunks_mut(width).zip(items).for_each(|(row, item)| fill(item, &mut scratch, row));
    }
}

/// Applies `work` to every item, which it may keep, each thread with a scratch of its own.
pub(crate) fn map_owned<T: Send, S: Send, R: Send>(
    items: Vec<T>,
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(T, &mut S) -> R + Sync + Send,
) -> Vec<R> {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        items.into_par_iter().map_init(scratch, |scratch, item| work(item, scratch)).collect()
    }
    #[cfg(not(feature = "rayon"))]
    {
        let mut scratch = scratch();
        items.into_iter().map(|item| work(item, &mut scratch)).collect()
    }
}

/// Applies `work` to every item, which it may change, with its number.
pub(crate) fn for_each_mut<T: Send>(items: &mut [T], work: impl Fn(usize, &mut T) + Sync + Send) {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        items.par_iter_mut().enumerate().for_each(|(number, item)| work(number, item));
    }
    #[cfg(not(feature = "rayon"))]
    items.iter_mut().enumerate().for_each(|(number, item)| work(number, item));
}

/// Runs two closures side by side.
pub(crate) fn both<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    #[cfg(feature = "rayon")]
    {
        rayon::join(a, b)
    }
    #[cfg(not(feature = "rayon"))]
    (a(), b())
}

/// Drops a large value beside what follows: to give a gigabyte back to the system takes a tenth of a second.
pub(crate) fn drop_behind(value: impl Send + 'static) {
    #[cfg(feature = "rayon")]
    rayon::spawn(|| drop(value));
    #[cfg(not(feature = "rayon"))]
    drop(value);
}

/// Sorts on all threads; equal items are alike.
pub(crate) fn sort<T: Ord + Send>(items: &mut [T]) {
    #[cfg(feature = "rayon")]
    rayon::slice::ParallelSliceMut::par_sort_unstable(items);
    #[cfg(not(feature = "rayon"))]
    items.sort_unstable();
}
