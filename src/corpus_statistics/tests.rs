use super::*;

fn scheme() -> Scheme {
    Scheme::news()
}

fn counted(texts: &[String], memory: usize) -> CorpusStatistics {
    let mut statistics = CorpusStatistics::new(&scheme(), memory).expect("enough memory");
    texts.iter().for_each(|text| statistics.add(text));
    statistics
}

fn texts(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|i| format!("weather for the coast today w{i} x{} y{} z{}", i % 7, i % 50, i * 3)).collect()
}

#[test]
fn frequencies_are_exact_in_enough_memory() {
    let statistics = counted(&texts(0..200), 1 << 20);
    let shingler = scheme().shingler().expect("text");
    assert_eq!(statistics.documents(), 200);
    assert_eq!(statistics.shingle_frequency(shingler.hashes("for the coast")[0]), 200);
    assert_eq!(statistics.shingle_frequency(shingler.hashes("never the coast")[0]), 0);
    let words = Scheme::builder().words(1).build().and_then(|scheme| scheme.shingler()).expect("valid");
    assert_eq!(statistics.word_frequency(words.hashes("w17")[0]), 1);
    assert_eq!(statistics.word_frequency(words.hashes("Y7")[0]), 4);
}

#[test]
fn frequencies_are_never_too_low_and_seldom_too_high() {
    let texts = texts(0..2_000);
    let (small, exact) = (counted(&texts, 1 << 15), counted(&texts, 1 << 24));
    let shingler = scheme().shingler().expect("text");
    let hashes: Vec<u64> = texts.iter().flat_map(|text| shingler.hashes(text)).collect();
    let excess = |hash: &u64| small.shingle_frequency(*hash).checked_sub(exact.shingle_frequency(*hash));
    assert!(hashes.iter().all(|hash| excess(hash).is_some()), "no count is too low");
    let beyond = hashes.iter().filter(|hash| excess(hash).is_some_and(|by| by as f64 > small.max_excess())).count();
    assert!(beyond * 50 <= hashes.len(), "{beyond} of {} beyond {}", hashes.len(), small.max_excess());
}

#[test]
fn merged_parts_are_the_whole() {
    let mut first = counted(&texts(0..300), 1 << 16);
    first.merge(&counted(&texts(300..500), 1 << 16)).expect("same scheme and size");
    assert_eq!(first, counted(&texts(0..500), 1 << 16));
}

#[test]
fn counts_end_at_the_largest_number() {
    let mut whole = counted(&texts(0..3), 1 << 16);
    (whole.documents, whole.shingle_counts.counted) = (u64::MAX, u64::MAX);
    whole.merge(&counted(&texts(3..5), 1 << 16)).expect("same scheme and size");
    whole.add("one text more");
    assert_eq!((whole.documents(), whole.shingle_counts.counted), (u64::MAX, u64::MAX));
}

#[test]
fn parts_of_other_schemes_and_sizes_do_not_merge() {
    let mut statistics = counted(&texts(0..3), 1 << 16);
    let before = statistics.clone();
    let other = CorpusStatistics::new(&Scheme::web(), 1 << 16).expect("valid");
    assert!(matches!(statistics.merge(&other), Err(Error::Mismatch(_))));
    assert!(matches!(statistics.merge(&counted(&[], 1 << 17)), Err(Error::WrongLength { .. })));
    assert_eq!(statistics, before);
    assert!(CorpusStatistics::new(&scheme(), 100).is_err());
}

#[test]
fn stored_statistics_are_read_again_or_refused() {
    let statistics = counted(&texts(0..20), 1 << 12);
    let bytes = statistics.to_bytes();
    assert_eq!(CorpusStatistics::from_bytes(&scheme(), &bytes).as_ref(), Ok(&statistics));
    assert!(CorpusStatistics::from_bytes(&Scheme::web(), &bytes).is_err(), "another scheme");
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 4;
        assert!(CorpusStatistics::from_bytes(&scheme(), &damaged).is_err(), "byte {place} is damaged");
    }
    for length in 0..bytes.len() {
        assert!(CorpusStatistics::from_bytes(&scheme(), &bytes[..length]).is_err(), "cut to {length}");
    }
}
