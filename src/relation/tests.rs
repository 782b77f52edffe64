use proptest::prelude::*;

use super::*;
use crate::corpus_statistics::CorpusStatistics;
use crate::error::Error;
use crate::scheme::Scheme;
use crate::text::is_blank;

fn comparer() -> TextComparer<'static> {
    TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid")
}

/// Judges two texts, which have the same relation with sides swapped.
pub(super) fn judged(left: &str, right: &str) -> Judgement {
    let comparer = comparer();
    let (left, right) = (comparer.prepare(left), comparer.prepare(right));
    let judged = comparer.compare(&left, &right);
    assert_eq!(comparer.compare(&right, &left).relation, judged.relation);
    judged
}

pub(super) fn relation(left: &str, right: &str) -> Relation {
    judged(left, right).relation
}

const FERRY: &str = "The ferry from Skelby to Orvane was cancelled on Monday because of high winds, the operator Northline said. \
    About 340 passengers spent the night in a school, where volunteers brought soup and blankets. The harbour master \
    expects the winds to drop by noon, and the next boat to leave in the afternoon if the pier is not damaged.";

#[test]
fn a_changed_word_or_two_is_an_edit() {
    for (from, to) in [
        ("on Monday", "on Tuesday"),
        ("soup and blankets", "blankets"),
        ("About 340 passengers spent", "Some 340 travellers spent"),
        (" The harbour master", " Rain is expected, too. The harbour master"),
    ] {
        assert_eq!(relation(FERRY, &FERRY.replace(from, to)), Relation::Edit, "{from} became {to}");
    }
    assert_eq!(relation(FERRY, &FERRY.to_uppercase()), Relation::Copy);
}

#[test]
fn moved_paragraphs_are_an_edit() {
    let (first, last) = FERRY.split_at(FERRY.find("The harbour").expect("is there"));
    assert_eq!(relation(FERRY, &format!("{last} {first}")), Relation::Edit);
}

#[test]
fn corrections_of_short_items_are_edits() {
    let wrong = "Harrow Steel Inc 4th qtr. Shr 72 cts vs 14 cts. Net 3,309,000 vs 609,000. Revs 71.6 mln vs 64.8 mln.";
    let right =
        "Harrow Steel Inc 4th qtr. Shr 72 cts vs 14 cts. Net 3,309,000 vs 609,000. Revs 73.6 mln vs 64,800,000.";
    assert_eq!(relation(wrong, right), Relation::Edit);
    let other =
        "Tessel Foods Inc 4th qtr. Shr 31 cts vs 40 cts. Net 1,870,000 vs 2,114,000. Revs 20.9 mln vs 22.1 mln.";
    assert_eq!(relation(wrong, other), Relation::Template);
}

#[test]
fn corrected_figures_of_prose_are_edits() {
    let with_headline = |passengers: &str| {
        let text = FERRY.replace("340", passengers);
        format!(
            "Storm strands {passengers} passengers of Orvane ferry\n\n{text} Nobody was hurt, the coast guard said."
        )
    };
    for (wrong, right) in [
        (FERRY.to_string(), FERRY.replace("340", "360")),
        (FERRY.to_string(), FERRY.replace("About 340", "About three hundred")),
        (FERRY.to_string(), format!("{} (Corrects number of passengers.)", FERRY.replace("340", "360"))),
        (FERRY.to_string(), FERRY.replace("at 340", "at 360").replace("high winds", "winds of 50 knots")),
        (with_headline("340"), with_headline("360")),
    ] {
        let judged = judged(&wrong, &right);
        assert_eq!(judged.relation, Relation::Edit, "{right}: {judged:?}");
    }
}

#[test]
fn another_day_with_other_figures_is_a_template() {
    let other_day = FERRY.replace("340", "212").replace("Monday", "Thursday");
    assert_eq!(relation(FERRY, &other_day), Relation::Template);
    let reserves = |amount: &str| {
        format!(
            "BANK ADDS RESERVES. The Bank of Tarrow entered the money market to supply {amount} billion crowns against bills, \
             a spokesman said. Dealers said that overnight funds traded at 6-3/16 pct when the bank began its temporary \
             supply of reserves to the banking system."
        )
    };
    assert_eq!(relation(&reserves("2.5"), &reserves("1.5")), Relation::Template);
}

const TALKS: &str = "TARROW DOCK TALKS PUT OFF. Talks due today between the harbour board and the dockers of Tarrow Dock Ltd \
    have been moved to Thursday, a company spokesman said. Loading at the dock has been halted since October 19, when the \
    men walked out in protest at new levels of manning.";

#[test]
fn another_day_in_other_words_is_a_follow_up() {
    let later = TALKS.replace("PUT OFF", "PUT OFF TILL MONDAY").replace("Thursday", "Monday");
    let later = later.replace("due today", "set for today").replace("halted", "at a standstill");
    let judged = judged(TALKS, &later);
    assert_eq!(judged.relation, Relation::SameStory, "{judged:?}");
    assert_eq!(judged.slots.iter().map(|slot| slot.kind).collect::<Vec<_>>(), [SlotKind::Days]);
    for (from, to) in [("Thursday", "Monday"), ("October", "Oct."), ("today", "on Tuesday"), ("the men", "workers")] {
        assert_eq!(relation(TALKS, &TALKS.replace(from, to)), Relation::Edit, "{from} became {to}");
    }
}

#[test]
fn brief_items_that_are_sent_again_in_other_words_are_edits() {
    let first = "PELL FOODS TO GET CLEAN AUDIT. Pell Foods said its 2025 statements will receive an unqualified opinion by the \
        company's auditors, Harl and Tey. The company said the qualified opinion on its 2024 statements will be changed to an \
        unqualified one. The 2024 opinion had been qualified because of doubts about its dairy at Skelby.";
    let again = "PELL FOODS AUDIT CLEAN. Pell Foods said it will receive an unqualified opinion on 2025 statements from auditors \
        Harl and Tey, and the qualified opinion on its 2024 statements will be changed to unqualified from qualified. The 2024 opinion \
        had been qualified because of doubts about the value of its dairy at Skelby, which was sold in May.";
    let judged = judged(first, again);
    assert!((0.45..0.75).contains(&judged.phrases.containment()), "{judged:?}");
    assert_eq!(judged.relation, Relation::Edit, "{judged:?}");
}

#[test]
fn a_long_form_is_a_template() {
    let form = |[council, mayor, street, day, cost]: [&str; 5]| {
        format!(
            "Residents of {council} can have their say. The plans for the renewal of the main square are on show in the town \
             hall until {day}, where staff will be at hand in the afternoons to answer questions and to note what people would \
             like to see changed. Anyone who cannot come is welcome to write a letter or to fill in the short form on the web \
             site of the council. Mayor {mayor} said that the square had been a place to park for far too long, and that trees, \
             benches and a fountain would bring people back into the middle of the town. Work is to begin in spring along \
             {street} and will cost {cost} thousand crowns, half of which comes from the regional fund for the renewal of \
             towns. Shops stay open while the work lasts, and buses will stop around the corner. The council will decide on the \
             final plans after the summer, once all comments have been read and answered, and the first stone is to be laid in \
             the presence of a school class that took part in the design of the playground."
        )
    };
    let (skelby, orvane) = (
        form(["Skelby", "Ann Torvald", "Mill Lane", "Friday", "340"]),
        form(["Orvane", "Piet Harrow", "Quay Road", "Tuesday", "515"]),
    );
    assert_eq!(relation(&skelby, &orvane), Relation::Template);
}

#[test]
fn a_long_form_in_which_only_figures_differ_is_a_template() {
    let form = |figures: &[u32]| {
        let sentence =
            "The harbour board counts boats, boxes and tons each night and reports them to the county by noon, with";
        figures.iter().map(|figure| format!("{sentence} {figure} of them from the north. ")).collect::<String>()
    };
    assert_eq!(relation(&form(&[512, 87, 340, 996, 41]), &form(&[498, 90, 355, 871, 38])), Relation::Template);
    assert_eq!(relation(&form(&[512, 87, 340, 996, 41]), &form(&[512, 87, 340, 969, 41])), Relation::Edit);
}

/// A body below several headlines.
fn below(headline: &str, body: &str) -> String {
    format!("{headline}\n{body}")
}

#[test]
fn updates_of_a_running_story_are_no_template() {
    let sinking = |dead: &str, missing: &str| {
        format!(
            "A ferry with 80 people on board sank off Skelby on Tuesday morning. At least {dead} people died, the coastguard said. \
             Lifeboats from Brell are searching for {missing} others."
        )
    };
    let first = below("Ferry sinks off Skelby", &sinking("4", "76"));
    let later = below("Hope fades after sinking of ferry", &sinking("19", "52"));
    assert_eq!(relation(&first, &later), Relation::SameStory);
    let form = below("Ferry sinks off Skelby", &sinking("19", "52"));
    assert_eq!(relation(&first, &form), Relation::Template);
    let other = below("Hope fades after sinking of ferry", &sinking("19", "52").replace("Skelby", "Orvane"));
    assert_eq!(relation(&first, &other), Relation::Template);
}

#[test]
fn what_a_page_says_instead_of_two_articles_is_background() {
    let stub = "This article is for subscribers only. Sign in to your account or choose one of our offers to continue reading. With the \
        Lantern digital subscription you get unlimited access to all articles on our page, the e-paper from the evening before, and our \
        newsletter. You can cancel at any time. Students pay half. Our service is there for you from eight to six, by telephone or by mail.";
    let abo = "Dieser Artikel ist nur für Abonnenten lesbar. Melden Sie sich an oder wählen Sie eines unserer Angebote, um weiterzulesen. Mit \
        dem Digitalabo der Laterne haben Sie Zugang zu allen Artikeln, dem E-Paper vom Vorabend und unserem Rundbrief. Sie können jederzeit \
        kündigen. Studenten zahlen die Hälfte. Unser Service ist werktags von acht bis sechs für Sie da.";
    for (one, other, body) in [
        ("Council raises parking fees", "Storm uproots old oak", stub),
        ("Stadtrat erhöht Parkgebühren", "Sturm entwurzelt alte Eiche", abo),
    ] {
        assert_eq!(relation(&below(one, body), &below(other, body)), Relation::Background, "{one}");
        assert_eq!(relation(&below(one, body), &below(&format!("{one}: update"), body)), Relation::Edit, "{one}");
    }
    assert_eq!(relation(&below("Winds strand ferry", FERRY), &below("Night in a school", FERRY)), Relation::Edit);
}

#[test]
fn an_article_under_another_headline_is_an_edit_in_languages_that_inflect_words() {
    for (headlines, body) in [
        (
            ["Brückeneinsturz in Hellern: zwei Tote", "Autobahnbrücke stürzt ein – Lkw-Fahrer sterben"],
            "Beim Einsturz der Autobahnbrücke bei Hellern sind am Dienstagmorgen zwei Lastwagenfahrer ums Leben gekommen. Das Bauwerk über \
             die Lothe war nach Angaben der Polizei ohne Vorwarnung zusammengebrochen. Rettungskräfte suchten bis zum Abend nach \
             Vermissten.",
        ),
        (
            ["Yhteysaluksessa tulipalo Kuusluodolla", "Kuusluodon liikenne keskeytyi palon vuoksi"],
            "Kuusluodolle ei pääse ennen maanantaita, koska yhteysaluksen konehuone paloi torstaina. Kaksi konemestaria sai savua \
             keuhkoihinsa. Varustamon mukaan tulipalon syynä oli polttoaineputki, jonka miehistö oli korjannut viikkoa aiemmin.",
        ),
        (
            ["Автобусы Светлогорска не вышли на маршруты", "Профсоюз и «Горавтотранс» садятся за переговоры"],
            "Бастующие водители согласились встретиться с руководством компании. Жители Светлогорья третий день добираются пешком или на \
             попутных машинах, автобусов почти нет. Профсоюзный лидер заявил, что от требований о зарплате не откажется.",
        ),
    ] {
        let [one, other] = headlines.map(|headline| below(headline, body));
        assert_eq!(relation(&one, &other), Relation::Edit, "{}", headlines[0]);
    }
    let quarter = "Quarterly dividend 12 cents a share, payable April 10 to holders of record March 27, as in the quarter before.";
    let [one, other] =
        ["Orvane Mills keeps payout", "Skelby Steel: no change"].map(|headline| below(headline, quarter));
    assert!(!relation(&one, &other).is_duplicate(), "two companies");
}

#[test]
fn names_on_both_sides_of_an_equal_word_are_a_slot() {
    let rate = |bank: &str| format!("{bank} cuts prime rate to 8-3/4 pct from 9-1/4 pct, effective tomorrow");
    let judged = judged(&rate("Tarrow Union Bank"), &rate("Bank of Skelby"));
    assert_eq!(judged.relation, Relation::Template);
    assert!(judged.slots[0].is_subject, "{judged:?}");
    let moved = FERRY.replace("on Monday because of high winds", "because of high winds on Monday");
    assert_eq!(self::judged(FERRY, &moved).slots, []);
}

#[test]
fn a_prepared_text_takes_little_memory() {
    let text = FERRY.repeat(100);
    let words = comparer().prepare(&text).words();
    let bytes = comparer().prepare(&text).memory() as f64;
    assert!(bytes / words < 20.0, "{bytes} bytes for {words} words");
}

#[test]
fn another_subject_is_a_template() {
    let (left, right) = (
        "Northline raises fares by 50 cents from Monday, effective at once.",
        "Castellan raises fares by 50 cents from Monday, effective at once.",
    );
    let judged = judged(left, right);
    assert_eq!(judged.relation, Relation::Template);
    assert_eq!(judged.slots.len(), 1);
    assert_eq!(
        (&left[judged.slots[0].left.clone()], &right[judged.slots[0].right.clone()]),
        ("Northline", "Castellan")
    );
    assert!(judged.slots[0].is_subject && judged.slots[0].kind == SlotKind::Names);
}

#[test]
fn two_states_of_a_table_are_a_template() {
    let table =
        "Copper 1030 APR 6270 UP 5 MAY 6245 UP 10 JUN 6265 UP 15 JUL 6285 UP 10 AUG 6340 UP 15 SEP 6350 UP 20 OCT 6360";
    assert_eq!(relation(table, &table.replace("1030", "1130")), Relation::Template);
    assert_eq!(relation(table, &table.replace("Copper", "Copper (repeated)")), Relation::Edit);
}

#[test]
fn a_page_contains_an_article() {
    let page = format!("{} {FERRY}", "Councillors voted to close the road for the summer. ".repeat(30));
    assert_eq!(relation(FERRY, &page), Relation::Contained);
}

#[test]
fn figures_count_in_every_script() {
    let monday = "北京时间周一，市场共售出鱼五百箱，价格为每箱三十二元，比上周低。";
    let tuesday = "北京时间周二，市场共售出鱼七百箱，价格为每箱四十五元，比上周低。";
    assert_eq!(relation(monday, tuesday), Relation::Template);
    assert_eq!(relation(monday, &monday.replace("比上周低", "比上周略低")), Relation::Edit);
}

#[test]
fn mixed_scripts_are_judged_alike_from_both_sides() {
    let (left, right) = ("the Orvane ferry 京 京 12 12 ٣", "the the twelve ½ ٣");
    let (found, swapped) = (judged(left, right), judged(right, left));
    let sides = |slot: &Slot| (slot.left.clone(), slot.right.clone());
    let mirrored = |slot: &Slot| (slot.right.clone(), slot.left.clone());
    assert_eq!(found.relation, swapped.relation);
    assert_eq!(
        found.slots.iter().map(sides).collect::<Vec<_>>(),
        swapped.slots.iter().map(mirrored).collect::<Vec<_>>()
    );
}

#[test]
fn long_texts_are_compared_in_near_linear_time() {
    const WORDS: usize = 100_000;
    let text = |step: usize| (0..WORDS).map(|i| format!("{} ", i * step % 10_007)).collect::<String>();
    let (left, right) = (text(3), text(7));
    let judged = judged(&left, &right);
    assert!(!judged.relation.is_duplicate());
    assert!(judged.slots.len() <= WORDS);
}

#[test]
fn texts_without_words_are_copies_only_of_themselves_and_blank_ones_of_nothing() {
    for blank in ["", " \n", "\u{feff}"] {
        assert_eq!(relation(blank, blank), Relation::Unrelated, "{blank:?}");
        assert_eq!(relation(blank, ""), Relation::Unrelated, "{blank:?}");
    }
    assert_eq!(relation("?!", "?!"), Relation::Copy);
    assert_eq!(relation("?!", "…"), Relation::Unrelated);
    assert_eq!(relation("", "a"), Relation::Unrelated);
}

#[test]
fn rules_and_statistics_are_checked() {
    let refused = |change: fn(&mut RelationRules)| {
        let mut rules = RelationRules::default();
        change(&mut rules);
        TextComparer::new(&Scheme::news(), rules).err()
    };
    assert!(matches!(refused(|rules| rules.min_aligned = 0.0), Some(Error::OutOfRange { field: "min_aligned", .. })));
    assert!(refused(|rules| rules.max_conflict = f64::NAN).is_some());
    assert!(refused(|rules| rules.words_per_slot = f64::INFINITY).is_some());
    assert!(refused(|rules| rules.max_length_ratio = 0.5).is_some());
    let other = CorpusStatistics::new(&Scheme::web(), 1 << 12).expect("valid");
    assert!(matches!(comparer().with_statistics(&other), Err(Error::Mismatch(_))));
}

#[cfg(feature = "serde")]
#[test]
fn rules_are_stored_by_name() {
    let rules: RelationRules = serde_json::from_str(r#"{"min_containment": 0.7}"#).expect("valid");
    assert_eq!(rules, RelationRules { min_containment: 0.7, ..RelationRules::default() });
    assert!(serde_json::from_str::<RelationRules>(r#"{"min_containments": 0.7}"#).is_err());
    let judged = judged(FERRY, &FERRY.replace("soup", "tea"));
    let stored = serde_json::to_string(&judged).expect("plain");
    assert!(stored.contains(r#""relation":"edit""#), "{stored}");
    assert_eq!(serde_json::from_str::<Judgement>(&stored).expect("valid"), judged);
}

/// Texts of few words, so that they have much in common, and of any characters.
fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "the",
        "The",
        "ferry",
        "Skelby",
        "Orvane",
        "12",
        "twelve",
        "1.5",
        "mln",
        "3,000",
        "北",
        "京",
        "三",
        "ไทย",
        "ß",
        "İ",
        "é",
        "\u{301}",
        "—",
        "½",
        "٣",
        "क्या",
        "ДЕСЯТЬ",
        "десять",
        "カナ",
        "ｶﾅ",
        "한국",
        "ﬁrst",
        "2nd",
        "two hundred",
        "👩‍🚀",
        "",
    ]);
    prop_oneof![
        4 => prop::collection::vec(word, 0..60).prop_map(|words| words.join(" ")),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sides_can_be_swapped(left in text(), right in text()) {
        let (found, swapped) = (judged(&left, &right), judged(&right, &left));
        prop_assert_eq!(found.relation, swapped.relation);
        let sides = |judged: &Judgement| (judged.phrases.left(), judged.phrases.right(), judged.phrases.shared());
        let (a, b) = (sides(&found), sides(&swapped));
        prop_assert_eq!((a.0, a.1, a.2), (b.1, b.0, b.2));
        prop_assert_eq!(found.words.shared, swapped.words.shared);
        prop_assert_eq!(found.slots.len(), swapped.slots.len());
        for (slot, other) in found.slots.iter().zip(&swapped.slots) {
            prop_assert_eq!((&slot.left, &slot.right, slot.kind), (&other.right, &other.left, other.kind));
            prop_assert!(left.get(slot.left.clone()).is_some_and(|slot| !slot.is_empty()));
            prop_assert!(right.get(slot.right.clone()).is_some_and(|slot| !slot.is_empty()));
        }
    }

    #[test]
    fn a_text_is_a_copy_of_itself_unless_it_is_blank(text in text()) {
        let judged = judged(&text, &text);
        let expected = if is_blank(&text) { Relation::Unrelated } else { Relation::Copy };
        prop_assert_eq!(judged.relation, expected);
        prop_assert!(judged.slots.is_empty());
    }

    #[test]
    fn texts_that_normalize_alike_are_copies(words in prop::collection::vec("[a-z]{1,8}|[0-9]{1,4}|北|ß|é", 1..60)) {
        let left = words.join(" ");
        let right = words.iter().map(|word| word.to_ascii_uppercase()).collect::<Vec<_>>().join(" — \n");
        prop_assert_eq!(relation(&left, &right), Relation::Copy);
    }

    #[test]
    fn what_is_cut_out_is_contained(
        words in prop::collection::vec("[a-z]{4,9}", 30..80), before in prop::collection::vec("[A-Z][a-z]{4,9}", 0..300),
    ) {
        let inner = words.join(" ");
        let page = format!("{} {inner} {}", before.join(" "), "lorem ipsum dolor sit amet ".repeat(60));
        prop_assert_eq!(relation(&inner, &page), Relation::Contained);
        prop_assert_eq!(relation(&page, &inner), Relation::Contained);
    }

    #[test]
    fn ranges_of_slots_are_text(left in any::<String>(), right in any::<String>(), shared in text()) {
        let (left, right) = (format!("{shared} {left} {shared}"), format!("{shared} {right} {shared}"));
        let judged = judged(&left, &right);
        let mut end = (0, 0);
        for slot in &judged.slots {
            prop_assert!(left.get(slot.left.clone()).is_some() && right.get(slot.right.clone()).is_some());
            prop_assert!(slot.left.start >= end.0 && slot.right.start >= end.1);
            end = (slot.left.end, slot.right.end);
        }
        prop_assert!(judged.words_per_slot() > 0.0 && (0.0..=1.0).contains(&judged.conflict()));
    }
}

/// A minus, a currency, an operator and a thumb say as much as a figure.
#[test]
fn texts_with_other_signs_are_no_copies_and_those_of_one_form_are_templates() {
    let quarter = "Skelby Fisheries Ltd, first quarter: operating result -12.4 million crowns, net result -8.1 million crowns, \
                   order intake change -3.0 percent, outlook unchanged, dividend none.";
    let prices = "Exchange table: one barrel costs $71, one ounce of gold costs $2100, one bushel of wheat costs $6 and one pound \
                  of coffee costs $2 at the close of trading this evening.";
    for (left, right) in [
        (quarter, quarter.replace('-', "")),
        (prices, prices.replace('$', "€")),
        ("The fund lost -2.5 % in the month of May.", "The fund lost +2.5 % in the month of May.".to_string()),
        ("It holds if x ≤ y for all of them.", "It holds if x ≥ y for all of them.".to_string()),
        ("What a match that was 👍👍👍", "What a match that was 👎👎👎".to_string()),
    ] {
        for (left, right) in [(left, &*right), (&*right, left)] {
            assert_eq!(relation(left, right), Relation::Template, "{left} | {right}");
        }
    }
}

#[test]
fn signs_that_one_text_leaves_out_make_an_edit() {
    let one = "The ferry Orvane was built for $71 million at the yard of Skelby, and carries 400 cars from the island to the coast.";
    assert_eq!(relation(one, &one.replace('$', "")), Relation::Edit);
    assert_eq!(relation(one, one), Relation::Copy);
    assert_eq!(relation(one, &one.replace(", and", " – and")), Relation::Copy);
}

/// One corrected sign in a long text is a correction, as one corrected figure is.
#[test]
fn a_corrected_sign_is_a_correction() {
    let body = "The harbour master of Skelby said on Friday that the new quay would be opened in the spring of next year, when the \
                cranes have been tested and the fishermen have moved their boats from the old basin to the outer one. The town \
                council had voted for it after a long debate, in which the mayor spoke of jobs and the opposition of debts. ";
    let text = format!("{body}The quay costs $71 million. {body}");
    assert_eq!(relation(&text, &text.replace('$', "£")), Relation::Edit);
}
