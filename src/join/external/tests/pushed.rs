//! Documents that are pushed one by one, a few at a time, and many at a time.

use super::*;

#[test]
fn documents_keep_their_order_however_they_are_pushed() {
    let texts = texts(2_000);
    let expected = in_memory(&texts, 10_000);
    for seed in 0..8 {
        let folder = Folder::new("pushed");
        let mut join = open(&folder.0, Case { piece: 50_000, ..USUAL }).expect("opened");
        let (mut rest, mut step) = (&texts[..], 0);
        while !rest.is_empty() {
            step += 1;
            // One at a time, a few that wait for more, and more than are hashed together, which are some fifty.
            let random = mix64(seed << 32 | step);
            let most = [1, 20, 150][(random % 3) as usize];
            let (now, behind) = rest.split_at((random >> 8) as usize % most.min(rest.len()) + 1);
            rest = behind;
            let documents = texts_of(now.iter().map(|(id, text)| (id, text)));
            if most == 1 {
                documents.for_each(|document| join.push(document).expect("pushed"));
            } else {
                join.push_all(documents).expect("pushed");
            }
        }
        assert_eq!(join.finish().and_then(DiskPairs::load).expect("joined"), expected, "seed {seed}");
    }
}

#[test]
fn documents_before_one_that_is_refused_are_kept() {
    let texts = texts(300);
    for good in [3, 200] {
        let (kept, folder) = (&texts[..good], Folder::new("refused"));
        let mut join = open(&folder.0, USUAL).expect("opened");
        let long = ("long".to_string(), "to be or not ".repeat(400_000));
        let documents = texts_of(kept.iter().chain([&long]).chain(&texts[good..]).map(|(id, text)| (id, text)));
        assert!(matches!(join.push_all(documents), Err(Error::MemoryLimit { .. })));
        assert_eq!(join.len(), good);
        assert_eq!(join.finish().and_then(DiskPairs::load).expect("joined"), in_memory(kept, 10_000));
    }
}
