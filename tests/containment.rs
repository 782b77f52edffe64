//! Articles planted in long pages: the containment index and the join find them, and nothing that is false.

use std::collections::HashSet;

use twinprint::containment::{ContainmentIndex, FracMinHash};
use twinprint::text::Shingler;
use twinprint::{Document, Scheme, SimilarityJoin};
use twinprint_generator::{Generator, Settings};

/// Yields the words of generated news.
fn words(seed: u64) -> impl Iterator<Item = String> {
    Generator::new(Settings { seed, near_duplicates: 0.0, ..Settings::default() })
        .flat_map(|document| document.text.split_whitespace().map(str::to_string).collect::<Vec<_>>())
}

/// Pages that hold an article each, and the articles, some with words changed.
struct Planted {
    articles: Vec<String>,
    pages: Vec<String>,
}

/// Plants articles of `lengths` words, each in the middle of a page. The lengths of pages repeat `pages`, and one word in
/// `changed` is replaced.
fn planted(lengths: impl Iterator<Item = usize>, pages: &[usize], changed: usize) -> Planted {
    let (mut story, mut filler) = (words(1), words(2));
    let mut planted = Planted { articles: Vec::new(), pages: Vec::new() };
    for (length, page) in lengths.zip(pages.iter().cycle()) {
        let article: Vec<String> = story.by_ref().take(length).collect();
        let mut around: Vec<String> = filler.by_ref().take(*page).collect();
        let middle = around.len() / 3;
        let edited = article
            .iter()
            .enumerate()
            .map(|(at, word)| if at % changed == changed / 2 { format!("x{at}") } else { word.clone() });
        around.splice(middle..middle, edited);
        planted.articles.push(article.join(" "));
        planted.pages.push(around.join(" "));
    }
    planted
}

/// Returns how many articles are found in their pages, and how many are contained to 0.9. Checks all that is found.
fn found(planted: &Planted, sampling: FracMinHash) -> (usize, usize) {
    let shingler: Shingler = Scheme::news().shingler().expect("text");
    let mut index = ContainmentIndex::new(sampling);
    for (number, page) in planted.pages.iter().enumerate() {
        index.insert(number, shingler.set(page)).expect("new");
    }
    let (mut found, mut truth) = (0, 0);
    for (number, article) in planted.articles.iter().enumerate() {
        let article = shingler.set(article);
        let hits = index.containers(&article, 0.9).expect("valid");
        for hit in &hits {
            let page = index.set(hit.id).expect("held");
            assert_eq!(hit.overlap, article.overlap(page));
            assert!(article.contained_in(page) >= 0.9);
        }
        let hits: HashSet<usize> = hits.iter().map(|hit| *hit.id).collect();
        if article.contained_in(&shingler.set(&planted.pages[number])) >= 0.9 {
            truth += 1;
            found += usize::from(hits.contains(&number));
        }
    }
    (found, truth)
}

#[test]
fn articles_are_found_inside_their_pages() {
    // With three shingles lost to each changed word, containment is about 0.94 for one word in 50.
    for (lengths, changed) in [(100..501, usize::MAX), (100..501, 50), (50..100, usize::MAX), (50..100, 60)] {
        let lengths = lengths.cycle().step_by(7).take(200);
        let planted = planted(lengths, &[1_000, 2_000, 1_000, 10_000], changed);
        for scaled in [4, 8] {
            let (found, truth) = found(&planted, FracMinHash::new(scaled, 1_000).expect("within"));
            assert!(truth >= 100 && found as f64 >= 0.99 * truth as f64, "{found} of {truth}, {changed}, {scaled}");
        }
    }
}

/// A join of all articles and pages finds the same, in memory and in a folder.
#[test]
fn a_join_finds_articles_inside_their_pages() {
    let planted = planted((100..501).cycle().step_by(7).take(100), &[1_000, 2_000, 10_000], 50);
    let shingler = Scheme::news().shingler().expect("text");
    let set = |text: &String| shingler.set(text);
    let (articles, pages): (Vec<_>, Vec<_>) =
        (planted.articles.iter().map(set).collect(), planted.pages.iter().map(set).collect());
    let mut truth = Vec::new();
    for (inner, article) in articles.iter().enumerate() {
        let outer = pages.iter().enumerate().filter(|(_, page)| article.contained_in(page) >= 0.9);
        truth.extend(outer.map(|(outer, _)| (inner, 100 + outer)));
    }
    let builder = SimilarityJoin::builder(&Scheme::news()).containment(0.9, FracMinHash::default());
    let texts = || planted.articles.iter().chain(&planted.pages);
    let mut join = builder.clone().build().expect("valid");
    join.push_all((texts().enumerate()).map(|(id, text)| Document::text(id, text))).expect("few");
    let found = join.finish().expect("few");
    let in_memory: Vec<_> = found.contained(1).iter().map(|pair| (*pair.inner, *pair.outer)).collect();
    assert!(truth.len() >= 90 && in_memory == truth, "{in_memory:?} {truth:?}");
    assert_eq!((found.pairs().len(), found.stats().contained), (0, truth.len() as u64));

    let folder = std::env::temp_dir().join(format!("twinprint-containment-{}", std::process::id()));
    let mut join = builder.memory_limit(64 << 20).build_on_disk(&folder).expect("opened");
    join.push_all(
        (texts().enumerate().map(|(number, text)| (number.to_string(), text)))
            .map(|(id, text)| Document::text(id, text)),
    )
    .expect("pushed");
    let found = join.finish().expect("joined");
    let on_disk = found.contained(1).expect("sorted").map(|pair| pair.expect("read"));
    assert_eq!(on_disk.map(|pair| (pair.inner as usize, pair.outer as usize)).collect::<Vec<_>>(), truth);
    drop(found);
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// A page of 50,000 words.
#[test]
fn an_article_is_found_in_a_very_long_page() {
    let planted = planted([100, 50, 500].into_iter(), &[50_000], usize::MAX);
    assert_eq!(found(&planted, FracMinHash::default()), (3, 3));
}

#[test]
fn a_long_page_finds_the_articles_within_it() {
    let planted = planted((100..140).step_by(2), &[1_000], usize::MAX);
    let shingler = Scheme::news().shingler().expect("text");
    let mut index = ContainmentIndex::new(FracMinHash::default());
    for (number, article) in planted.articles.iter().enumerate() {
        index.insert(number, shingler.set(article)).expect("new");
    }
    for (number, page) in planted.pages.iter().enumerate() {
        let found = index.contained(&shingler.set(page), 0.9).expect("valid");
        assert_eq!(found.iter().map(|found| *found.id).collect::<Vec<_>>(), [number]);
    }
    for (number, page) in planted.pages.iter().enumerate() {
        index.insert(100 + number, shingler.set(page)).expect("new");
    }
    let pairs = index.pairs(0.9).expect("valid");
    let pairs: Vec<(usize, usize)> = pairs.iter().map(|pair| (*pair.inner, *pair.outer)).collect();
    assert_eq!(pairs, (0..planted.articles.len()).map(|number| (number, 100 + number)).collect::<Vec<_>>());
}

#[test]
fn texts_that_are_too_common_are_counted() {
    let (mut filler, notice) = (words(2), "the pier of Skelby is closed for repairs until the first day of spring");
    let mut around = || filler.by_ref().take(60).collect::<Vec<_>>().join(" ");
    let mut texts = vec![notice.to_string()];
    texts.extend((0..30).map(|_| format!("{} {notice} {}", around(), around())));
    for (limit, found, too_common) in [(30, 0, 1), (31, 30, 0)] {
        let rules = FracMinHash::new(1, limit).expect("valid");
        let builder = SimilarityJoin::builder(&Scheme::news()).threshold(0.9).containment(0.8, rules);
        let folder = std::env::temp_dir().join(format!("twinprint-common-{limit}-{}", std::process::id()));
        let (mut in_memory, mut on_disk) =
            (builder.clone().build::<usize>().expect("valid"), builder.clone().build_on_disk(&folder).expect("opened"));
        for (number, text) in texts.iter().enumerate() {
            in_memory.push(Document::text(number, text)).expect("new");
            on_disk.push(Document::text(number.to_string(), text)).expect("new");
        }
        let (in_memory, on_disk) =
            (in_memory.finish().expect("joins").stats(), on_disk.finish().expect("joins").stats());
        assert_eq!((in_memory.contained, in_memory.contained_too_common), (found, too_common));
        assert_eq!((on_disk.contained, on_disk.contained_too_common), (found, too_common));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
