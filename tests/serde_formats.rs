//! Every public type that is stored comes back from formats that name fields, and from those that know them by their order only.
#![cfg(all(feature = "serde", feature = "store"))]

use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use twinprint::audit::{AuditOptions, AuditReport, MissedPair, Proportion, RangeRecall};
use twinprint::boilerplate::{Boilerplate, BoilerplateRule, CommonShingles};
use twinprint::containment::{ContainmentEstimate, FracMinHash};
use twinprint::dedup::{LimitExceeded, RemovalLimits};
use twinprint::evaluate::{BCubed, ClusterScores, Evaluation, Scores, ThresholdScores, ThresholdTable};
use twinprint::evidence::Evidence;
use twinprint::join::{JoinStats, Origin};
use twinprint::lsh::IndexStats;
use twinprint::passages::{Coverage, Passage, PassageRules, RepeatedPassage, RepeatedPassages, SharedPassages};
use twinprint::plan::{Choice, CorpusMeasure, CorpusPlan, CorpusPlanner, CostModel, SimilarityBin};
use twinprint::relation::{
    AlignedWords, Judgement, Relation, RelationRules, Replacements, SharedQuote, Slot, SlotKind, TextComparer,
};
use twinprint::repeated_lines::Granularity;
use twinprint::result::ContainedPair;
use twinprint::rewrites::{RewritePair, RewriteRules, Rewrites};
use twinprint::scheme::{
    Algorithm, ArabicLetters, Digits, FeatureScheme, Normalization, SchemeId, ShortText, SketchParams, TextFeatures,
    Tokenization, UnicodeForm, WordFilter,
};
use twinprint::store::{ClusterChange, Committed, LiveCluster, StoreHit};
use twinprint::stories::{Story, StoryMember, StoryPair, StoryRules};
use twinprint::{
    Banding, Clustering, Estimate, Keep, LshIndex, Member, Overlap, Pair, Scheme, ShingleSet, Signature,
    SignatureMatrix, SimdLevel,
};

/// The names of the types that came back.
#[derive(Default)]
struct Checked(BTreeSet<String>);

impl Checked {
    /// Checks that a value comes back from each format.
    fn add<T: Serialize + DeserializeOwned>(&mut self, value: &T) {
        let name = type_name::<T>();
        let json = serde_json::to_value(value).expect(name);
        let is_same = |format: &str, read: Result<T, String>| match read {
            Ok(read) => assert_eq!(serde_json::to_value(&read).expect(name), json, "{name} in {format}"),
            Err(error) => panic!("{name} in {format}: {error}"),
        };
        is_same("JSON", serde_json::from_value(json.clone()).map_err(|error| error.to_string()));
        let bytes = postcard::to_allocvec(value).expect(name);
        is_same("postcard", postcard::from_bytes(&bytes).map_err(|error| error.to_string()));
        let bytes = rmp_serde::to_vec(value).expect(name);
        is_same("MessagePack", rmp_serde::from_slice(&bytes).map_err(|error| error.to_string()));
        is_same("CBOR", ciborium::from_reader(&*cbor(value)).map_err(|error| error.to_string()));
        let base = name.split('<').next().and_then(|path| path.rsplit("::").next());
        self.0.extend(base.map(str::to_string));
    }

    /// Checks a value that is most easily told by its JSON.
    fn add_json<T: Serialize + DeserializeOwned + Debug>(&mut self, value: Value) {
        let name = type_name::<T>();
        let read: T = serde_json::from_value(value.clone()).expect(name);
        assert_eq!(serde_json::to_value(&read).ok(), Some(value), "{name}");
        self.add(&read);
    }

    /// Checks that a part of a scheme comes back, also without the fields that say nothing.
    fn add_part<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, value: &T) {
        self.add(value);
        let short = cbor(&serde_json::to_value(value).expect("JSON"));
        assert_eq!(ciborium::from_reader::<T, _>(&*short).as_ref().ok(), Some(value));
    }

    fn add_all<T: Serialize + DeserializeOwned>(&mut self, values: &[T]) {
        values.iter().for_each(|value| self.add(value));
    }
}

fn cbor(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("CBOR");
    bytes
}

fn custom() -> Scheme {
    Scheme::builder().custom_features("n").num_hashes(4).build().expect("valid")
}

fn add_schemes(checked: &mut Checked) {
    let loose = Normalization::NONE.strip_strokes(true).arabic_letters(ArabicLetters::Persian).digits(Digits::Zero);
    let fast = Scheme::builder().algorithm(Algorithm::FastSimilarity).normalization(loose).build().expect("valid");
    for scheme in [Scheme::news(), Scheme::web(), Scheme::code(), custom(), fast] {
        checked.add_part::<FeatureScheme>(scheme.features());
        checked.add_part::<SketchParams>(&scheme.sketch());
        checked.add_part::<SchemeId>(&scheme.id());
        if let FeatureScheme::Text(text) = scheme.features() {
            checked.add_part::<TextFeatures>(text);
            checked.add_part::<Normalization>(&text.normalization());
        }
        checked.add_part::<Signature>(&scheme.minhasher().signature(&[1, 2]));
        checked.add_part::<SignatureMatrix>(&scheme.minhasher().matrix(&[vec![1, 2], vec![], vec![3]]));
        let mut index = LshIndex::new(&scheme, Banding::new(2, 2).expect("valid")).expect("it fits");
        index.insert("a".to_string(), &scheme.minhasher().signature(&[1, 2])).expect("new");
        checked.add::<LshIndex<String>>(&index);
        checked.add_part::<Scheme>(&scheme);
    }
    for keep_emoji in [false, true] {
        for strip_strokes in [false, true] {
            let rules = Normalization::NONE.keep_emoji(keep_emoji).strip_strokes(strip_strokes);
            checked.add_all(&[rules, rules.arabic_letters(ArabicLetters::Arabic)]);
        }
    }
    checked.add_all(&[Algorithm::Permutations, Algorithm::FastSimilarity, Algorithm::Weighted]);
    checked.add_all(&[ArabicLetters::Keep, ArabicLetters::Persian]);
    checked.add_all(&[Digits::Keep, Digits::Zero]);
    checked.add_all(&[ShortText::Whole, ShortText::Skip]);
    checked.add_all(&[Tokenization::WordsAndSigns, Tokenization::Bytes]);
    checked.add_all(&[UnicodeForm::AsIs, UnicodeForm::Nfkc]);
    checked.add_all(&[WordFilter::All, WordFilter::Figures]);
}

fn add_sets_and_results(checked: &mut Checked) {
    let hasher = custom().minhasher();
    let banding = Banding::new(20, 5).expect("valid");
    checked.add::<Banding>(&banding);
    let (left, right): (ShingleSet, ShingleSet) = ((0..9).collect(), (3..12).collect());
    checked.add::<Estimate>(&hasher.signature(&[1]).estimate(&hasher.signature(&[2])).expect("one scheme"));
    checked.add::<ContainmentEstimate>(
        &ContainmentEstimate::from_signatures(&hasher.signature(&[1]), 1, &hasher.signature(&[1, 2]), 2)
            .expect("sizes"),
    );
    checked.add::<Overlap>(&left.overlap(&right));
    checked.add::<ShingleSet>(&left);
    checked.add::<IndexStats>(&LshIndex::<String>::new(&Scheme::news(), banding).expect("it fits").stats());
    let (overlap, equal) = (json!({"left": 9, "right": 9, "shared": 6}), json!({"left": 9, "right": 9, "shared": 9}));
    checked.add_json::<Pair<String>>(json!({"left": "a", "right": "b", "overlap": overlap, "same_text": false}));
    checked.add_json::<Pair<u32>>(json!({"left": 1, "right": 2, "overlap": equal, "same_text": true}));
    checked.add_json::<ContainedPair<u32>>(json!({"inner": 1, "outer": 2, "overlap": overlap}));
    for (overlap, same_text) in [(Value::Null, false), (overlap, false), (equal, true)] {
        checked.add_json::<Member<String>>(
            json!({"document": "a", "representative": "b", "overlap": overlap, "same_text": same_text}),
        );
    }
    checked.add::<JoinStats>(&JoinStats::default());
    checked.add::<Origin>(&Origin::default().block("day").source("wire"));
    checked.add_all(&[Clustering::Leader, Clustering::Containers, Clustering::Components]);
    checked.add_all(&[Keep::First, Keep::None]);
    checked.add_all(&[SimdLevel::Portable, SimdLevel::Neon]);
    checked.add_all(&[Granularity::Line, Granularity::Paragraph]);
    checked.add::<RemovalLimits>(&RemovalLimits::new());
    let removed = json!({"representative": "a", "removed": 3, "documents": 9, "limit": 0.25});
    checked.add_json::<LimitExceeded>(json!({ "cluster": removed }));
    checked
        .add_json::<LimitExceeded>(json!({"source": {"source": "wire", "removed": 3, "documents": 9, "limit": 0.25}}));
    checked.add_json::<LiveCluster>(json!({"members": ["a", "b"]}));
    checked.add_json::<ClusterChange>(json!({"Merged": {"leader": "a", "absorbed": "b", "by": "c"}}));
    checked.add_json::<ClusterChange>(json!({"Elected": {"leader": "a", "before": "b"}}));
    checked.add::<Committed>(&Committed::default());
    checked.add_json::<StoreHit>(json!({"id": "a", "jaccard": 0.5, "overlap": null, "time": 7}));
}

fn add_passages_and_relations(checked: &mut Checked) {
    let (one, two) = ("\"one two three four five six\" seven eight nine", "\"one two three four five six\" eight ten");
    let news = Scheme::news();
    let (shingler, rules) = (news.shingler().expect("text"), PassageRules::new(3, 6).expect("within"));
    checked.add::<PassageRules>(&rules);
    let shared = SharedPassages::new(&shingler, one, two, rules);
    checked.add::<Passage>(&shared.passages()[0]);
    checked.add::<Coverage>(&shared.left());
    checked.add_all(&[shared, SharedPassages::default()]);
    let repeated = RepeatedPassages::new(&shingler, "one two three. A. One two three! B. one two three", rules);
    checked.add_all::<RepeatedPassage>(repeated.passages());
    checked.add_all(&[repeated, RepeatedPassages::default()]);
    checked.add::<Evidence>(&Evidence::new(&news, one, two, rules).expect("text"));
    let comparer = TextComparer::new(&news, RelationRules::default()).expect("valid");
    let judged = comparer.compare(&comparer.prepare(one), &comparer.prepare(two));
    checked.add_all::<SharedQuote>(&judged.quotes);
    checked.add::<AlignedWords>(&judged.words);
    checked.add::<Replacements>(&judged.replacements);
    checked.add::<Judgement>(&judged);
    checked.add::<RelationRules>(&RelationRules::default());
    checked.add_all(&[Relation::Copy, Relation::Unrelated]);
    checked.add_all(&[SlotKind::Figures, SlotKind::Days]);
    let bytes = json!({"start": 2, "end": 9});
    checked.add_json::<Slot>(json!({"left": bytes, "right": bytes, "kind": "Names", "is_subject": true}));
}

fn add_stories_and_boilerplate(checked: &mut Checked) {
    checked.add_json::<StoryPair>(json!({"left": 0, "right": 1, "similarity": 0.5, "shared": 3}));
    let member = |text, time| json!({"text": text, "similarity": 0.5, "time": time});
    checked.add_json::<StoryMember>(member(1, Value::Null));
    let members = [member(1, json!(7)), member(2, Value::Null)];
    checked.add_json::<Story>(json!({"members": members, "center": 1, "sources": ["wire"]}));
    checked.add_all(&[StoryRules::default(), StoryRules::default().threshold(0.5).window(None)]);
    let rules = RewriteRules::new(0.5, 3, 1).expect("valid");
    checked.add::<RewriteRules>(&rules);
    let found = rules.find(&[ShingleSet::from(vec![1, 2, 3]), ShingleSet::from(vec![2, 3, 4])]);
    checked.add_all::<RewritePair>(&found.pairs);
    checked.add::<Rewrites>(&found);
    checked.add::<BoilerplateRule>(&BoilerplateRule::new(0.5, 3).expect("valid"));
    let common =
        json!({"scheme": Scheme::news().id().to_string(), "documents": 9, "min_documents": 3, "hashes": [1, u64::MAX]});
    checked.add_json::<CommonShingles>(common.clone());
    let sources = json!({ "7": common });
    checked.add_json::<Boilerplate>(json!({"scheme": Scheme::news().id().to_string(), "sources": sources}));
    checked.add::<FracMinHash>(&FracMinHash::new(10, 100).expect("valid"));
}

fn add_measurements(checked: &mut Checked) {
    let scores = json!({"true_pairs": 3, "false_pairs": 2, "missed_pairs": 1});
    checked.add_json::<Scores>(scores.clone());
    checked.add_json::<BCubed>(json!({"precision": 0.5, "recall": 1.0}));
    let b_cubed = json!({"precision": 0.5, "recall": 1.0});
    checked.add_json::<ClusterScores>(json!({"pairs": scores, "b_cubed": b_cubed, "documents": 9, "unlabelled": 1}));
    let points = [json!({"threshold": 0.5, "scores": scores}), json!({"threshold": 0.75, "scores": scores})];
    checked.add_json::<ThresholdScores>(points[0].clone());
    checked.add_json::<ThresholdTable>(json!({ "rows": points }));
    checked.add_json::<Evaluation>(json!({"points": points, "duplicates": 4, "never_scored": 0, "unlabelled": 1}));
    checked.add::<AuditOptions>(&AuditOptions::new(0.5));
    let part = json!({"part": 1, "whole": 2, "low": 0.25, "high": 0.75});
    let missed = json!({"left": 1, "right": 2, "jaccard": 0.5});
    let range = json!({"from": 0.5, "to": 1.0, "recall": part});
    checked.add_json::<Proportion>(part.clone());
    checked.add_json::<MissedPair>(missed.clone());
    checked.add_json::<RangeRecall>(range.clone());
    checked.add_json::<AuditReport>(json!({
        "threshold": 0.5, "confidence": 0.95, "sampled": 4, "documents": 9, "recall": part, "document_recall": part,
        "ranges": [range], "precision": part, "pairs_per_document": 0.5, "missed": [missed], "false_pairs": [[1, 2]],
    }));
    let sample: Vec<ShingleSet> = (0..40).map(|n| (n..n + 8).collect()).collect();
    let measure = CorpusMeasure::from_sample(&sample, 1);
    let plan = CorpusPlanner::new(0.5, 1_000).plan(&measure).expect("reachable");
    checked.add_all::<SimilarityBin>(measure.similarities());
    checked.add::<CorpusMeasure>(&measure);
    checked.add::<Choice>(&plan.chosen());
    checked.add::<CorpusPlan>(&plan);
    checked.add::<CostModel>(&CostModel::default());
}

/// Returns the names of the public types below a folder that are derived to be read.
fn stored_types(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            names.extend(stored_types(&path));
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        let derived = text.split("cfg_attr(feature = \"serde\", derive(").skip(1);
        for after in derived.filter(|after| after.lines().next().is_some_and(|line| line.contains("Deserialize"))) {
            let item = after.lines().find(|line| line.starts_with("pub struct ") || line.starts_with("pub enum "));
            let name = item.and_then(|item| item.split([' ', '<', '(', ';']).nth(2));
            names.extend(name.map(str::to_string));
        }
    }
    names
}

#[test]
fn every_stored_type_comes_back_from_every_format() {
    let mut checked = Checked::default();
    add_schemes(&mut checked);
    add_sets_and_results(&mut checked);
    add_passages_and_relations(&mut checked);
    add_stories_and_boilerplate(&mut checked);
    add_measurements(&mut checked);
    let stored = stored_types(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(stored.len() > 70, "{stored:?}");
    assert_eq!(stored.difference(&checked.0).collect::<Vec<_>>(), Vec::<&String>::new(), "no value is checked");
}

#[test]
fn several_values_in_one_record_come_back() {
    let record = (Scheme::news().sketch(), Normalization::NONE, custom(), 5_u8, "x".to_string());
    let bytes = postcard::to_allocvec(&record).expect("postcard");
    let read: (SketchParams, Normalization, Scheme, u8, String) = postcard::from_bytes(&bytes).expect("read");
    assert_eq!(read, record);
}

#[test]
fn formats_with_names_leave_out_what_says_nothing() {
    let written = |scheme: &Scheme| serde_json::to_string(scheme).expect("JSON");
    assert_eq!(
        written(&custom()),
        r#"{"revision":1,"features":{"custom":"n"},"sketch":{"algorithm":"permutations","num_hashes":4,"seed":1}}"#
    );
    let features = r#"{"revision":1,"unicode":"17.0.0","features":{"text":{"normalization":{"form":"nfc","fold_case":true,"strip_marks":false,"drop_ignorable":true,"fold_quotes":true,"digits":"keep","drop_punctuation":false,"collapse_white_space":false,"keep_emoji":true},"tokenization":"words-and-signs","filter":"all","tokens":3,"spaceless_tokens":5,"short_text":"whole"}}"#;
    let sketch = r#""sketch":{"algorithm":"permutations","num_hashes":256,"seed":1}}"#;
    assert_eq!(written(&Scheme::news()), format!("{features},{sketch}"));
    let keyed = written(&Scheme::news().keyed(7_u128));
    assert!(
        keyed.starts_with(&format!(r#"{features},"sketch":{{"algorithm":"permutations","num_hashes":256,"key":""#))
    );
    assert!(keyed.ends_with(r#""}}"#));
    let rules = Normalization::NONE.strip_strokes(true).arabic_letters(ArabicLetters::Arabic);
    assert!(
        serde_json::to_string(&rules)
            .is_ok_and(|json| json.ends_with(r#":false,"strip_strokes":true,"arabic_letters":"arabic"}"#))
    );
}

#[test]
fn a_scheme_under_a_key_is_refused_by_name_in_every_format() {
    let scheme = Scheme::news().keyed(7_u128);
    let bytes = postcard::to_allocvec(&scheme).expect("postcard");
    assert!(postcard::from_bytes::<Scheme>(&bytes).is_err());
    let bytes = rmp_serde::to_vec(&scheme).expect("MessagePack");
    let refused = rmp_serde::from_slice::<Scheme>(&bytes).expect_err("no key").to_string();
    assert!(refused.contains("secret key"), "{refused}");
}
