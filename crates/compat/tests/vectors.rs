//! The presets give the values of the tools. `vectors.json` was made by the tools themselves (`make_vectors.py`); the values in this
//! file were worked out from their sources.

use serde_json::Value;
use twinprint_compat::{ByteOrder, LeanMinHash, Preset, Sketcher, SparkMinHash, datatrove, elements};

const SENTENCE: [&str; 6] = ["minhash", "is", "a", "probabilistic", "data", "structure"];
const TEXT: &str = "The quick brown fox jumps over the lazy dog. It's 3.14 o'clock on 2021-05-03, café!";

/// A preset and its seed, the first multiplier and addend, the first four values of [`SENTENCE`] and the last of 128.
type Drawn = (Preset, u32, [u64; 2], [u64; 4], u64);

fn sketcher(preset: Preset, seed: u32, num_hashes: usize) -> Sketcher {
    Sketcher::new(preset, seed, num_hashes).expect("a number of hashes in range")
}

fn numbers(value: &Value) -> Vec<u64> {
    let items = value.as_array().expect("a list").iter();
    items.map(|item| item.as_str().expect("a string").parse().expect("a number")).collect()
}

#[test]
fn the_tools_own_values_are_reproduced() {
    let tools: Value = serde_json::from_str(include_str!("vectors.json")).expect("JSON");
    let mut checked = 0;
    for (tool, made) in tools.as_object().expect("tools") {
        for vector in made["vectors"].as_array().expect("vectors") {
            let preset: Preset = vector["preset"].as_str().expect("a name").parse().expect("a preset");
            let seed = vector["seed"].as_u64().expect("a seed") as u32;
            let num_hashes = vector["num_hashes"].as_u64().expect("a number") as usize;
            let elements = vector["elements"].as_array().expect("elements").iter();
            let elements: Vec<&str> = elements.map(|element| element.as_str().expect("a string")).collect();
            let values = sketcher(preset, seed, num_hashes).sketch(&elements);
            let sum = values.iter().fold(0, |sum: u64, value| sum.wrapping_add(*value));
            assert_eq!(values[..4], numbers(&vector["first"]), "{tool} {preset} {seed} {elements:?}");
            assert_eq!(vector["sum"], sum.to_string(), "{tool} {preset} {seed} {elements:?}");
            checked += 1;
        }
    }
    assert!(checked >= 90, "{checked} vectors");
}

#[test]
fn datasketch_draws_and_hashes_as_its_sources_say() {
    let expected: [Drawn; 6] = [
        (
            Preset::DatasketchLegacy,
            1,
            [775169054918279404, 1758426461858698312],
            [297616339, 339931219, 113505080, 311917730],
            527096552,
        ),
        (
            Preset::DatasketchLegacy,
            42,
            [2297359619001564596, 1396682528897996046],
            [615829395, 121749960, 575173013, 23145198],
            2090032169,
        ),
        (
            Preset::DatasketchAffine32,
            1,
            [3582191691, 214548472],
            [208646873, 78957534, 182869272, 1127851903],
            339095134,
        ),
        (
            Preset::DatasketchAffine32,
            42,
            [3217275085, 1206604539],
            [317247126, 725961166, 290173862, 526898755],
            448792597,
        ),
        (
            Preset::DatasketchAffine64,
            1,
            [15385396165118722519, 2290593402415132572],
            [1910626457972390075, 984653113743448884, 1968645292428236507, 546309703626157697],
            1419928060955211875,
        ),
        (
            Preset::DatasketchAffine64,
            42,
            [13818091274857904999, 128244176522764997],
            [372832765148051700, 1413448443994254447, 826087745658273302, 3046075748868874309],
            1656951101542010426,
        ),
    ];
    for (preset, seed, [a, b], first, last) in expected {
        let sketcher = sketcher(preset, seed, 128);
        let (multipliers, addends) = sketcher.parameters();
        assert_eq!((multipliers[0], addends[0]), (a, b), "{preset} {seed}");
        let values = sketcher.sketch(SENTENCE);
        assert_eq!((&values[..4], values[127]), (&first[..], last), "{preset} {seed}");
    }
}

#[test]
fn a_lean_sketch_has_the_bytes_of_datasketch() {
    let expected = [
        (Preset::DatasketchLegacy, "010000000000000004000000d343bd1153f0421438f3c306a27c9712"),
        (Preset::DatasketchAffine32, "0100000000000000fcffffff012363cd6ccc959f1f5692b80afefe5e37"),
        (
            Preset::DatasketchAffine64,
            "0100000000000000fcffffff02dfdc89fe62e14b20aacb66dba6b79b2dfc728c3a19e0323df9f7fcc493a5470d",
        ),
    ];
    for (preset, hex) in expected {
        let values = sketcher(preset, 1, 4).sketch(SENTENCE);
        let lean = LeanMinHash::new(preset, 1, values).expect("a sketch of datasketch");
        let written =
            lean.to_bytes(ByteOrder::Little).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        assert_eq!(written, hex, "{preset}");
        for order in [ByteOrder::Little, ByteOrder::Big, ByteOrder::Native] {
            let bytes = lean.to_bytes(order);
            assert_eq!(LeanMinHash::from_bytes(&bytes, order).as_ref(), Ok(&lean), "{preset} {order:?}");
            for cut in 0..bytes.len() {
                assert!(LeanMinHash::from_bytes(&bytes[..cut], order).is_err(), "{preset} {order:?} {cut}");
            }
        }
    }
    assert!(LeanMinHash::new(Preset::BigCode, 1, vec![1]).is_err());
    assert!(LeanMinHash::new(Preset::DatasketchAffine32, 1, vec![1 << 32]).is_err());
    assert!(
        LeanMinHash::from_bytes(&[1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 9, 0, 0], ByteOrder::Little).is_err()
    );
    // A number of values that no memory holds is refused before anything is reserved.
    let huge = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 2];
    assert!(LeanMinHash::from_bytes(&huge, ByteOrder::Little).is_err());
}

#[test]
fn datatrove_simplifies_shingles_and_hashes() {
    let simple = datatrove::simplify_text(TEXT);
    assert_eq!(simple, "the quick brown fox jumps over the lazy dog it s 0 o clock on 0 0 0 cafe");
    let tokens: Vec<&str> = simple.split(' ').collect();
    let shingles = elements::joined(&tokens, 5);
    assert_eq!(shingles.len(), 15);
    let wide = sketcher(Preset::Datatrove64Xxhash, 1, 112);
    assert_eq!(wide.hash(shingles[0].as_bytes()), 7797000677988824208);
    let values = wide.sketch(&shingles);
    let bucket = [
        85330943174081874,
        663359892825767826,
        302227827184868053,
        34440879854629237,
        58618517753054747,
        117899488208280896,
        221955109921035869,
        83211966468886686,
    ];
    assert_eq!((&values[..8], values[111]), (&bucket[..], 3963570588256049));
    let values = sketcher(Preset::Datatrove32Xxhash, 1, 112).sketch(&shingles);
    let bucket = [110241695, 160445041, 197071678, 37888465, 151422927, 92867712, 104215952, 36626731];
    assert_eq!((&values[..8], values[111]), (&bucket[..], 904201873));
    assert_eq!(sketcher(Preset::Datatrove64Sha1, 1, 112).sketch(&shingles)[0], 87104305935336979);
    assert_eq!(sketcher(Preset::Datatrove32Sha1, 1, 112).sketch(&shingles)[0], 700929426);
}

#[test]
fn datatrove_replaces_numbers_of_all_scripts() {
    for (text, simple) in [
        ("1.5 and 1,500.25", "0 and 0 0"),
        ("٣٫١٤", "0"),
        ("5km", "0km"),
        ("Ünïcödé\u{a0}—\u{2028}x", "unicode x"),
        ("ı İ ǅ", "ı i ǆ"),
        ("\u{1c}a\u{85}b\u{7f}c\t\n", "a b c"),
        ("", ""),
        (" ! ", ""),
        ("Σας ΟΔΟΣ １２", "σας οδος 0"),
        ("한국어", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}"),
    ] {
        assert_eq!(datatrove::simplify_text(text), simple, "{text:?}");
    }
}

#[test]
fn text_dedup_cuts_and_hashes() {
    let of = |preset| sketcher(preset, 42, 240).sketch_text(TEXT).expect("a rule for texts").expect("five tokens");
    assert_eq!(of(Preset::TextDedup64Xxh3)[..4], [345980824, 331844803, 79858233, 567234879]);
    assert_eq!(of(Preset::TextDedup32Xxh3)[..4], [0x17b71623, 0x06345ec2, 0x1691598e, 0x0542bd29]);
    assert_eq!(of(Preset::TextDedup64Sha1)[0], 0x0b88d8fc);
    assert_eq!(sketcher(Preset::TextDedup64Sha1, 42, 8).sketch_text("a b c d"), Ok(None));
}

#[test]
fn data_juicer_nemo_and_daft_cut_and_hash() {
    let text = "the quick brown fox jumps over the lazy dog";
    let of = |preset, seed, num_hashes| {
        sketcher(preset, seed, num_hashes).sketch_text(text).expect("a rule").expect("long enough")
    };
    assert_eq!(of(Preset::DataJuicer, 42, 256)[..4], [186966786, 59101012, 343111293, 638598101]);
    let (multipliers, addends) = sketcher(Preset::Nemo32, 42, 4).parameters();
    assert_eq!(multipliers, [1608637543, 1935803229, 996406379, 423734973]);
    assert_eq!(addends, [1273642419, 787846414, 1201263687, 415968276]);
    assert_eq!(of(Preset::Nemo32, 42, 260)[..4], [288489571, 231969616, 175714076, 264915830]);
    assert_eq!(of(Preset::DaftMurmur3, 1, 4), [169963456, 170055958, 883624793, 221172847]);
    assert_eq!(of(Preset::DaftXxh64, 1, 4), [1033625329, 396628155, 361202831, 312981342]);
    assert_eq!(of(Preset::DaftXxh3, 1, 4), [1185614209, 492896735, 86489531, 805083587]);
    assert_eq!(of(Preset::DaftSha1, 1, 4), [257919682, 169868844, 44262999, 112030124]);
}

#[test]
fn spark_draws_and_hashes() {
    let model = SparkMinHash::new(12345, 3);
    let pairs = [(776966252, 1102109080), (2003588242, 1969488828), (1789050056, 80902084)];
    assert_eq!(model.coefficients(), pairs);
    assert_eq!(model.values([0, 1, 2]), [617966841, 1866029325, 1371902766]);
    assert_eq!(model.values([2, 3, 4]), [133824602, 1797056323, 873853392]);
    assert_eq!(SparkMinHash::new(42, 3).values([0, 1, 2]), [728536670, 428433145, 647982753]);
}

#[test]
fn every_preset_has_a_name_and_an_id_of_its_own() {
    let mut ids = Vec::new();
    for preset in Preset::ALL {
        assert_eq!(preset.name().parse(), Ok(preset));
        let sketcher = sketcher(preset, preset.default_seed(), preset.default_num_hashes());
        ids.push(sketcher.id());
        // An element that comes twice changes nothing, nor does the order.
        assert_eq!(sketcher.sketch(["a", "b", "a"]), sketcher.sketch(["b", "a"]), "{preset}");
        let none: [&str; 0] = [];
        assert!(sketcher.sketch(none).iter().all(|&value| value == sketcher.empty_value()), "{preset}");
        assert!(Sketcher::new(preset, 1, 0).is_err());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), Preset::ALL.len());
    assert!("datasketch".parse::<Preset>().is_err());
}

#[test]
fn texts_are_cut_as_the_tools_cut_them() {
    let of = |preset, text| elements::of_text(preset, text).expect("a rule").unwrap_or_default();
    assert_eq!(of(Preset::BigCode, "if (a) B"), ["if  a  B"]);
    assert!(of(Preset::BigCode, "a b c d").is_empty());
    assert_eq!(of(Preset::DataJuicer, "A  b c\nd e f"), ["a b c\nd e f"]);
    assert_eq!(of(Preset::TextDedup64Xxh3, "a-b c_d é ½ 2 f"), ["a b c_d é 2", "b c_d é 2 f"]);
    assert_eq!(of(Preset::DaftXxh3, "a  b c"), ["a  b", " b c"]);
    assert_eq!(of(Preset::DaftXxh3, "a b"), ["a b"]);
    assert!(of(Preset::DaftXxh3, "").is_empty());
    assert_eq!(of(Preset::Nemo32, "short"), ["short"]);
    assert_eq!(of(Preset::Nemo32, &"é".repeat(25)), ["é".repeat(24), "é".repeat(24)]);
    assert!(elements::of_text(Preset::DatasketchLegacy, "a").is_err());
}
