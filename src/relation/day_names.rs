//! Reads weekdays and months in many languages.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::days::Day;
use super::word_table::WordTable;

/// Weekdays from Monday on, in languages other than English.
const WEEKDAYS: [&str; 7] = [
    "montag montags lundi lundis lunes lunedì lunedi maandag måndag måndagen mandag maanantai maanantaina poniedziałek poniedziałku pondělí \
     pondelok ponedjeljak ponedeljak ponedeljek понедельник понедельника понедельнику понеділок понеділка понеделник понедељак luni hétfő \
     hétfőn δευτέρα pazartesi الاثنين الإثنين دوشنبه सोमवार সোমবার senin isnin 월요일*",
    "dienstag dienstags mardi mardis martes martedì martedi dinsdag tisdag tisdagen tirsdag tiistai tiistaina wtorek wtorku úterý utorok \
     utorak torek вторник вторника вторнику вівторок вівторка уторак marți kedd kedden τρίτη salı الثلاثاء سهشنبه मंगलवार মঙ্গলবার selasa \
     화요일*",
    "mittwoch mittwochs mercredi mercredis miércoles miercoles mercoledì mercoledi woensdag onsdag onsdagen keskiviikko keskiviikkona środa \
     środę środy středa středu streda stredu srijeda среда среду среды середа середу сряда miercuri szerda szerdán τετάρτη çarşamba الأربعاء \
     الاربعاء چهارشنبه बुधवार বুধবার rabu 수요일*",
    "donnerstag donnerstags jeudi jeudis jueves giovedì giovedi donderdag torsdag torsdagen torstai torstaina czwartek czwartku čtvrtek \
     štvrtok četvrtak четверг четверга четвергу четвер четвъртък четвртак joi csütörtök csütörtökön πέμπτη perşembe الخميس پنجشنبه गुरुवार \
     बृहस्पतिवार বৃহস্পতিবার kamis khamis 목요일*",
    "freitag freitags vendredi vendredis viernes venerdì venerdi vrijdag fredag fredagen perjantai perjantaina piątek piątku pátek piatok \
     petak petek пятница пятницу пятницы п'ятниця п'ятницю п’ятниця п’ятницю петък петак vineri péntek pénteken παρασκευή cuma الجمعة جمعه \
     शुक्रवार শুক্রবার jumat jumaat 금요일*",
    "samstag samstags sonnabend samedi samedis sábado sábados sabato zaterdag lördag lördagen lørdag lauantai lauantaina sobota sobotę soboty \
     sobotu subota суббота субботу субботы субота суботу събота sâmbătă szombat szombaton σάββατο cumartesi السبت شنبه शनिवार শনিবার sabtu \
     토요일*",
    "sonntag sonntags dimanche dimanches domingo domingos domenica zondag söndag söndagen søndag sunnuntai sunnuntaina niedziela niedzielę \
     niedzieli neděle neděli nedeľa nedeľu nedjelja nedelja воскресенье воскресенья неділя неділю duminică vasárnap κυριακή pazar الأحد \
     الاحد یکشنبه रविवार রবিবার 일요일*",
];

/// Months from January on. Some of the words mean something else, too: only two different days in one place count.
const MONTHS: [&str; 12] = [
    "januar januari janvier enero gennaio janeiro stycznia styczniu styczeń января январе січня ledna ianuarie január tammikuussa \
     ιανουαρίου ocak يناير जनवरी",
    "februar februari février fevrier febrero febbraio fevereiro lutego lutym февраля феврале лютого února februarie február helmikuussa \
     φεβρουαρίου şubat فبراير फरवरी फ़रवरी",
    "märz maart marts mars marzo março marcu marzec марта березня března martie március maaliskuussa μαρτίου mart مارس मार्च maret",
    "april avril abril aprile kwietnia kwietniu kwiecień апреля апреле квітня dubna aprilie április huhtikuussa απριλίου nisan أبريل ابريل \
     إبريل अप्रैल",
    "mai mei mayo maggio maio мая травня května május toukokuussa μαΐου mayıs مايو मई",
    "juni juin junio giugno junho czerwca czerwcu czerwiec июня июне червня června iunie június kesäkuussa ιουνίου haziran يونيو जून",
    "juli juillet julio luglio julho lipca lipcu lipiec июля июле липня července iulie július heinäkuussa ιουλίου temmuz يوليو जुलाई",
    "august augusti augustus août agosto sierpnia sierpniu sierpień августа августе серпня srpna augusztus elokuussa αυγούστου ağustos \
     أغسطس اغسطس अगस्त agustus",
    "september septembre septiembre setiembre settembre setembro września wrześniu wrzesień сентября сентябре вересня září septembrie \
     szeptember syyskuussa σεπτεμβρίου eylül سبتمبر सितंबर सितम्बर",
    "oktober octobre octubre ottobre outubro październik października październiku октября октябре жовтня října octombrie október \
     lokakuussa οκτωβρίου ekim أكتوبر اكتوبر अक्टूबर अक्तूबर",
    "november novembre noviembre novembro listopada listopadzie listopadu листопада ноября ноябре noiembrie marraskuussa νοεμβρίου kasım \
     نوفمبر नवंबर नवम्बर",
    "december dezember décembre decembre diciembre dicembre dezembro grudnia grudniu grudzień декабря декабре грудня prosince decembrie \
     joulukuussa δεκεμβρίου aralık ديسمبر दिसंबर दिसम्बर desember",
];

/// The days that a Chinese or Japanese week names by one letter, from Monday on.
const CHINESE: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日天"];
const JAPANESE: &str = "月火水木金土日";
/// The numbers of weekdays in Vietnamese and Portuguese, from Monday on.
const VIETNAMESE: [&str; 6] = ["hai", "ba", "tư", "năm", "sáu", "bảy"];
const PORTUGUESE: [&str; 5] = ["segunda", "terça", "quarta", "quinta", "sexta"];

static NAMES: LazyLock<WordTable<Day>> = LazyLock::new(|| {
    let weekdays = (0..).zip(WEEKDAYS).map(|(place, words)| (Day::Weekday(place), words));
    let months = (0..).zip(MONTHS).map(|(place, words)| (Day::Month(place), words));
    WordTable::new(weekdays.chain(months))
});

/// Chinese letters before a word for weeks that are counted: 一周一次 is once a week.
const COUNTED: &str = "一二两三四五六七八九十几每数";

/// The words beside a word: the two before it, and the one behind it.
pub(super) type Beside<'a> = [&'a str; 3];

/// Reads a word of the original text.
pub(super) fn day(word: &str, [first, before, behind]: Beside<'_>) -> Option<Day> {
    if let Some(day) = Day::parse(word) {
        return Some(day);
    }
    let word = &*lower(word);
    let place = |names: &[&str]| names.iter().position(|name| *name == word).map(|place| Day::Weekday(place as u8));
    let chinese = || CHINESE.iter().position(|names| names.contains(word)).map(|place| Day::Weekday(place as u8));
    match (first, before, behind) {
        (_, _, "曜") => {
            JAPANESE.chars().position(|letter| word.starts_with(letter)).map(|day| Day::Weekday(day as u8))
        }
        ("星", "期", _) | ("礼" | "禮", "拜", _) => chinese(),
        (_, "周" | "週", _) if !COUNTED.contains(first) || first.is_empty() => chinese(),
        // "Lần thứ hai" is the second time.
        (_, "thứ" | "Thứ", _) if first != "lần" => place(&VIETNAMESE),
        (_, _, "feira" | "Feira") => place(&PORTUGUESE),
        _ if word.len() < 3 => None,
        _ => NAMES.get(word),
    }
}

/// Returns a word in lower case and without the joiner of no width that Persian writes between parts of a name.
fn lower(word: &str) -> Cow<'_, str> {
    let is_lower = word.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_lower { word.into() } else { word.to_lowercase().replace('\u{200c}', "").into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Vec<Day> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let word = |at: Option<usize>| at.and_then(|at| words.get(at).copied()).unwrap_or_default();
        let parse = |at: usize| day(words[at], [at.checked_sub(2), at.checked_sub(1), Some(at + 1)].map(word));
        (0..words.len()).filter_map(parse).collect()
    }

    #[test]
    fn no_word_is_two_days() {
        let words = WEEKDAYS.iter().chain(&MONTHS).map(|words| words.split_whitespace().count());
        assert_eq!(NAMES.len(), words.sum::<usize>());
    }

    #[test]
    fn days_are_read_in_many_languages() {
        for (monday, tuesday) in [
            ("Montag", "dienstags"),
            ("lundi", "mardi"),
            ("lunes", "martes"),
            ("lunedì", "martedì"),
            ("segunda feira", "Terça Feira"),
            ("poniedziałku", "wtorek"),
            ("د\u{648}شنبه", "سه\u{200c}شنبه"),
            ("понедельника", "вторник"),
            ("pazartesi", "salı"),
            ("الإثنين", "الثلاثاء"),
            ("सोमवार", "मंगलवार"),
            ("星 期 一", "周 二"),
            ("月 曜 日", "火 曜 日"),
            ("월요일에", "화요일"),
            ("thứ hai", "thứ ba"),
        ] {
            assert_eq!((days(monday), days(tuesday)), (vec![Day::Weekday(0)], vec![Day::Weekday(1)]), "{monday}");
        }
        for (january, december) in
            [("Januar", "Dezember"), ("enero", "diciembre"), ("января", "декабря"), ("ocak", "aralık")]
        {
            assert_eq!((days(january), days(december)), (vec![Day::Month(0)], vec![Day::Month(11)]), "{january}");
        }
        assert_eq!(
            days("segunda hai mondo 月 一 martini sombre Montague Lundin lần thứ ba 为 期 三 天 一 周 一 次"),
            []
        );
    }
}
