//! Texts to shingles, and to signatures.

use twinprint::scheme::Algorithm;
use twinprint::text::TextScratch;
use twinprint::{Scheme, SchemeBuilder};
use unicode_segmentation::UnicodeSegmentation;

use super::Setting;
use crate::measure::{Contestant, Outcome, Times, race};
use crate::peers;
use crate::table::{Table, number};

/// Bytes of text that are read: more than the nearest caches hold, and few enough for many rounds.
const BYTES: usize = 4_000_000;

pub(crate) fn print(setting: &Setting) -> Outcome<()> {
    let Some(corpus) = setting.corpora.first() else { return Ok(()) };
    let mut texts = corpus.texts()?;
    let mut bytes = 0;
    let within = texts.iter().take_while(|text| {
        bytes += text.len();
        bytes <= BYTES
    });
    texts.truncate(within.count().max(1));
    let input = format!("the first {} texts ({:.1} MB) of {}", texts.len(), megabytes(&texts), corpus.line());
    signatures(setting, &texts, &input)?;
    shingles(setting, &texts, &input)?;
    added(setting, &texts, &input)
}

fn megabytes(texts: &[String]) -> f64 {
    texts.iter().map(String::len).sum::<usize>() as f64 / 1e6
}

/// Measures every contestant that reads text.
fn signatures(setting: &Setting, texts: &[String], input: &str) -> Outcome<()> {
    setting.title(
        "Text to signature",
        &format!("Text to signatures of 128 positions over word 5-grams, one core. Input: {input}."),
    );
    let times = race(&mut peers::text_signatures(texts)?, setting.effort)?;
    let mut table = Table::new(&["path", "MB/s", "time / twinprint"]);
    for contestant in 0..times.len() {
        let speed = number(megabytes(texts) / times.seconds(contestant));
        table.row(vec![times.names[contestant].clone(), speed, format!("{}×", number(times.ratio(contestant, 0)))]);
    }
    setting.publish("text_signatures", input, &table)
}

/// Measures the text path alone, in several scripts, against splitting into words.
fn shingles(setting: &Setting, english: &[String], input: &str) -> Outcome<()> {
    setting.title(
        "Text to shingle hashes",
        &format!(
            "The text path alone (`Shingler::hashes_into`) against iterating over `unicode_words()` of \
             unicode-segmentation, one core; other scripts are the same text with its letters replaced. Input: {input}."
        ),
    );
    let letters = [("Cyrillic", 'а', 32), ("Greek", 'α', 25), ("Arabic", 'ا', 26), ("Korean", '가', 11_000)];
    let spaceless = [("Chinese", '一', 6_000), ("Japanese", 'ぁ', 83)];
    let moved = |first, count| english.iter().map(|text| in_script(text, first, count)).collect::<Vec<_>>();
    let mut scripts = vec![("English", english.to_vec())];
    scripts.extend(letters.map(|(script, first, count)| (script, moved(first, count))));
    scripts.extend(spaceless.map(|(script, first, count)| {
        (script, moved(first, count).iter().map(|text| text.replace(' ', "")).collect())
    }));
    let mut table = Table::new(&["script", "path", "MB/s", "time / `unicode_words`"]);
    for (script, texts) in &scripts {
        let mut contestants = vec![
            Contestant::new("`unicode_words()`", || {
                texts.iter().map(|text| text.unicode_words().map(|word| word.len() as u64).sum::<u64>()).sum()
            }),
            path("**twinprint** word 5-grams", Scheme::builder().words(5), texts)?,
            path("**twinprint** character 5-grams", Scheme::builder().characters(5), texts)?,
        ];
        let times = race(&mut contestants, setting.effort)?;
        for contestant in 0..times.len() {
            let speed = number(megabytes(texts) / times.seconds(contestant));
            let ratio = format!("{}×", number(times.ratio(contestant, 0)));
            table.row(vec![(*script).to_string(), times.names[contestant].clone(), speed, ratio]);
        }
    }
    setting.publish("text_shingles", input, &table)
}

fn path<'a>(name: &str, scheme: SchemeBuilder, texts: &'a [String]) -> Outcome<Contestant<'a>> {
    let shingler = scheme.build()?.shingler()?;
    let mut scratch = TextScratch::default();
    Ok(Contestant::new(name, move || {
        texts.iter().map(|text| shingler.hashes_into(text, &mut scratch).len() as u64).sum()
    }))
}

/// Replaces the ASCII letters of a text by those of another script.
fn in_script(text: &str, first: char, letters: u32) -> String {
    let moved = |c: char| char::from_u32(first as u32 + (c as u32 * 7 + c as u32 / 3) % letters).unwrap_or(c);
    text.chars().map(|c| if c.is_ascii_alphabetic() { moved(c) } else { c }).collect()
}

/// Measures what a signature adds to the text path.
fn added(setting: &Setting, texts: &[String], input: &str) -> Outcome<()> {
    setting.title(
        "What the signature adds to the text path",
        &format!("Text to shingle hashes, with and without the signature of 128 positions, one core. Input: {input}."),
    );
    let shingler = Scheme::builder().words(5).build()?.shingler()?;
    let shingles: usize = texts.iter().map(|text| shingler.hashes(text).len()).sum();
    let mut contestants = vec![path("text to shingle hashes", Scheme::builder().words(5), texts)?];
    for (algorithm, name) in peers::us::ALGORITHMS {
        contestants.push(signed(&format!("and signature, {name}"), algorithm, texts)?);
    }
    let times = race(&mut contestants, setting.effort)?;
    let a_shingle = |times: &Times, contestant| number(times.seconds(contestant) * 1e9 / shingles as f64);
    let mut table = Table::new(&["path", "ns a shingle", "ns a shingle more", "time / text path"]);
    for contestant in 0..times.len() {
        let more = number(times.difference(contestant, 0) * 1e9 / shingles as f64);
        let ratio = format!("{}×", number(times.ratio(contestant, 0)));
        table.row(vec![times.names[contestant].clone(), a_shingle(&times, contestant), more, ratio]);
    }
    setting.publish("signature_on_text", input, &table)
}

fn signed<'a>(name: &str, algorithm: Algorithm, texts: &'a [String]) -> Outcome<Contestant<'a>> {
    let scheme = Scheme::builder().words(5).num_hashes(128).algorithm(algorithm).build()?;
    let (shingler, hasher) = (scheme.shingler()?, scheme.minhasher());
    let (mut scratch, mut signature) = (TextScratch::default(), hasher.empty());
    Ok(Contestant::fallible(name, move || {
        let mut sum = 0;
        for text in texts {
            hasher.signature_into(shingler.hashes_into(text, &mut scratch), &mut signature)?;
            sum += u64::from(signature.values()[0]);
        }
        Ok(sum)
    }))
}
