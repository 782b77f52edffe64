//! Number words of languages other than English.

use std::sync::LazyLock;

use super::word_table::WordTable;

/// Words that are numbers. Those for one are articles too, and are left out, like those that are frequent words of another language: "due",
/// "on", "fire".
const NUMBERS: [(u32, &str); 27] = [
    (2, "zwei twee deux dos dois duas två dwa dwie dwóch dwoje dva dvě dve два две двух двое дві двох iki दो"),
    (3, "drei drie trois tres três tre trzy trzech troje tři tri три трёх трех трое троє üç ثلاثة ثلاث तीन"),
    (
        4,
        "vier quatre cuatro quatro quattro fyra cztery czterech čtyři štyri четыре четырёх четырех чотири dört أربعة أربع चार",
    ),
    (5, "fünf vijf cinq cinco cinque fem pięć pięciu pět päť пять пяти п'ять п’ять beş خمسة خمس पाँच पांच"),
    (6, "sechs zes seis seks sześć sześciu šest šesť шесть шести шість altı ستة ست छह छः"),
    (7, "sieben zeven sept siete sete sette sju syv siedem siedmiu sedm sedem семь семи сім yedi سبعة سبع सात"),
    (8, "acht huit ocho oito otto åtta åtte otte osiem ośmiu osm osem восемь восьми вісім sekiz ثمانية ثماني आठ"),
    (
        9,
        "neun negen neuf nueve nove nio dziewięć dziewięciu devět deväť девять девяти дев'ять дев’ять dokuz تسعة تسع नौ",
    ),
    (10, "zehn tien dix diez dez dieci dziesięć dziesięciu deset desať десять десяти عشرة عشر दस"),
    (11, "elf onze undici elva jedenaście одиннадцать ग्यारह"),
    (12, "zwölf twaalf douze doce dodici tolv dwanaście dwunastu двенадцать двенадцати बारह"),
    (13, "dreizehn dertien treize trece treze tredici tretton тринадцать"),
    (14, "vierzehn veertien quatorze catorce catorze quattordici fjorton четырнадцать"),
    (15, "fünfzehn vijftien quinze quince quindici femton piętnaście piętnastu пятнадцать пятнадцати पंद्रह"),
    (16, "sechzehn zestien seize dieciséis dezesseis dezasseis sedici шестнадцать"),
    (17, "siebzehn zeventien diecisiete dezessete diciassette семнадцать"),
    (18, "achtzehn achttien dieciocho dezoito diciotto восемнадцать"),
    (19, "neunzehn negentien diecinueve dezenove diciannove девятнадцать"),
    (
        20,
        "zwanzig twintig vingt veinte vinte venti tjugo dwadzieścia dwudziestu двадцать двадцати yirmi عشرين عشرون बीस",
    ),
    (
        30,
        "dreißig dertig trente treinta trinta trenta trettio trzydzieści trzydziestu тридцать тридцати otuz ثلاثين ثلاثون तीस",
    ),
    (
        40,
        "vierzig veertig quarante cuarenta quarenta quaranta fyrtio czterdzieści сорок сорока kırk أربعين أربعون चालीस",
    ),
    (
        50,
        "fünfzig vijftig cinquante cincuenta cinquenta cinquanta femtio pięćdziesiąt пятьдесят пятидесяти elli خمسين خمسون पचास",
    ),
    (60, "sechzig zestig soixante sesenta sessenta sessanta шестьдесят altmış"),
    (70, "siebzig zeventig setenta settanta семьдесят yetmiş"),
    (80, "achtzig tachtig ochenta oitenta ottanta восемьдесят seksen"),
    (90, "neunzig negentig noventa novanta девяносто doksan"),
    (100, "cien cem cento сто"),
];

/// Words that multiply the number before them.
const MULTIPLIERS: [(f64, &str); 6] = [
    (1e2, "hundert honderd hundra सौ"),
    (1e3, "tausend duizend tusen mille mil mila tysiąc tysiące tysięcy tisíc тысяч* тыс тисяч ألف آلاف हजार हज़ार"),
    (1e5, "लाख lakh"),
    (
        1e6,
        "millionen millions miljoen millón millones milhão milhões milione milioni miljoner millioner milion miliony milionów миллион* \
         млн мільйон* milyon مليون ملايين",
    ),
    (1e7, "करोड़ crore"),
    (
        1e9,
        "milliarde milliarden milliard milliards miljard miliardo miliardi miljarder milliarder miliard miliardy miliardów миллиард* млрд \
         мільярд* milyar مليار bilhão bilhões",
    ),
];

/// What a word says about numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NumberWord {
    /// The word is a number.
    Number(f64),
    /// The word multiplies the number before it.
    Times(f64),
}

static WORDS: LazyLock<WordTable<NumberWord>> = LazyLock::new(|| {
    let numbers = NUMBERS.into_iter().map(|(value, words)| (NumberWord::Number(value.into()), words));
    let multipliers = MULTIPLIERS.into_iter().map(|(factor, words)| (NumberWord::Times(factor), words));
    WordTable::new(numbers.chain(multipliers))
});

/// Reads a word. With a capital it is none, because "Elf" and "Sete" are names, except the German nouns for millions.
pub(super) fn number_word(word: &str) -> Option<NumberWord> {
    if word.starts_with("Million") || word.starts_with("Milliard") {
        return WORDS.get(&word.to_lowercase());
    }
    let is_upper = word.starts_with(char::is_uppercase);
    if is_upper || word.len() < 3 { None } else { WORDS.get(word) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_two_numbers() {
        let numbers = NUMBERS.iter().map(|(_, words)| words);
        let words =
            numbers.chain(MULTIPLIERS.iter().map(|(_, words)| words)).map(|words| words.split_whitespace().count());
        assert_eq!(WORDS.len(), words.sum::<usize>());
    }

    #[test]
    fn names_are_no_numbers() {
        for (word, number) in [
            ("zwölf", Some(NumberWord::Number(12.0))),
            ("Sete", None),
            ("Elf", None),
            ("Millionen", Some(NumberWord::Times(1e6))),
            ("миллионов", Some(NumberWord::Times(1e6))),
            ("to", None),
        ] {
            assert_eq!(number_word(word), number, "{word}");
        }
    }
}
