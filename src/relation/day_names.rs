//! Reads weekdays and months in many languages.

use std::sync::LazyLock;

use super::days::Day;
use super::word_table::WordTable;

/// Weekdays from Monday on, in languages other than English.
const WEEKDAYS: [&str; 7] = [
    "montag* lundi* lunes lunedì lunedi maandag* måndag* mandag* maanantai* poniedział* pondělí pondelok ponedjeljak ponedeljak \
     ponedeljek понедельник* понеділок понеділка понеділок понеделник понедељак luni hétfő* δευτέρα δευτέρας pazartesi* الاثنين \
     الإثنين دوشنبه सोमवार* সোমবার* senin isnin 월요일*",
    "dienstag* mardi* martes martedì martedi dinsdag* tisdag* tirsdag* tiistai* wtorek wtorku úterý utorok utorak torek вторник* \
     вівторок вівторка уторак marți kedd* τρίτη τρίτης salı الثلاثاء سهشنبه मंगलवार* মঙ্গলবার* selasa 화요일*",
    "mittwoch* mercredi* miércoles miercoles mercoledì mercoledi woensdag* onsdag* keskiviik* środa środę środy środzie středa středu \
     středy streda stredu srijeda sreda среда среду среды среде середа середу сряда miercuri szerda* szerdán τετάρτη τετάρτης çarşamba* \
     الأربعاء الاربعاء چهارشنبه बुधवार* বুধবার* rabu 수요일*",
    "donnerstag* jeudi* jueves giovedì giovedi donderdag* torsdag* torstai* czwartek czwartku čtvrtek štvrtok četvrtak четверг* четвер \
     четвъртък четвртак joi csütörtök* πέμπτη πέμπτης perşembe* الخميس پنجشنبه गुरुवार* बृहस्पतिवार* বৃহস্পতিবার* kamis khamis 목요일*",
    "freitag* vendredi* viernes venerdì venerdi vrijdag* fredag* perjantai* piątek piątku pátek piatok petak petek пятниц* п'ятниця \
     п'ятницю п’ятниця п’ятницю петък петак vineri péntek* παρασκευή παρασκευής cuma الجمعة جمعه शुक्रवार* শুক্রবার* jumat jumaat 금요일*",
    "samstag* sonnabend* samedi* sábado sábados sabato zaterdag* lördag* lørdag* lauantai* sobota sobotę soboty sobocie sobotu subota \
     суббот* субота суботу събота sâmbătă szombat* σάββατο σαββάτου cumartesi* السبت شنبه शनिवार* শনিবার* sabtu 토요일*",
    "sonntag* dimanche* domingo domingos domenica zondag* söndag* søndag* sunnuntai* niedziela niedzielę niedzieli neděle neděli nedeľa \
     nedeľu nedjelja nedelja воскресень* неділя неділю неделя недеља duminică vasárnap* κυριακή κυριακής pazar الأحد الاحد یکشنبه रविवार* \
     রবিবার* 일요일*",
];

/// Months from January on. Words that mean something else as often are left out.
const MONTHS: [&str; 12] = [
    "januar januari janvier enero gennaio janeiro stycznia styczniu styczeń январ* січня ledna ianuarie január* tammikuu* ιανουαρίου \
     ocak يناير जनवरी জানুয়ারি",
    "februar februari février febrero febbraio fevereiro lutego lutym феврал* лютого února februarie február* helmikuu* φεβρουαρίου \
     şubat* فبراير फरवरी फ़रवरी",
    "märz maart marts mars marzo março marca marcu marzec марта марте березня března martie március* maaliskuu* μαρτίου mart'ta مارس \
     मार्च maret",
    "avril abril aprile kwietnia kwietniu kwiecień апрел* квітня dubna aprilie április* huhtikuu* απριλίου nisan* أبريل ابريل إبريل अप्रैल",
    "mai mei mayo maggio maio maja maju мая травня května május* toukokuu* μαΐου mayıs* مايو मई",
    "juni juin junio giugno junho czerwca czerwcu czerwiec июн* червня června iunie június* kesäkuu* ιουνίου haziran* يونيو जून",
    "juli juillet julio luglio julho lipca lipcu lipiec июл* липня července iulie július* heinäkuu* ιουλίου temmuz* يوليو जुलाई",
    "augusti augustus août agosto sierpnia sierpniu sierpień август* серпня srpna augusztus* elokuu* αυγούστου ağustos* أغسطس اغسطس \
     अगस्त agustus",
    "septembre septiembre setiembre settembre setembro września wrześniu wrzesień сентябр* вересня září septembrie szeptember* syyskuu* \
     σεπτεμβρίου eylül* سبتمبر सितंबर सितम्बर",
    "oktober octobre octubre ottobre outubro październik* октябр* жовтня října octombrie október* lokakuu* οκτωβρίου ekim أكتوبر \
     اكتوبر अक्टूबर अक्तूबर",
    "novembre noviembre novembro listopada listopadzie listopadu листопада ноябр* noiembrie marraskuu* νοεμβρίου kasım نوفمبر नवंबर नवम्बर",
    "dezember décembre diciembre dicembre dezembro grudnia grudniu grudzień декабр* грудня prosince decembrie joulukuu* δεκεμβρίου \
     aralık ديسمبر दिसंबर दिसम्बर desember",
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

/// Reads a word of the original text, with the words before and behind it.
pub(super) fn day(word: &str, [before, behind]: [&str; 2]) -> Option<Day> {
    if let Some(day) = Day::parse(word) {
        return Some(day);
    }
    let word = &*word.to_lowercase();
    let place = |names: &[&str]| names.iter().position(|name| *name == word).map(|place| Day::Weekday(place as u8));
    match (before, behind) {
        (_, "曜") => JAPANESE.chars().position(|letter| word.starts_with(letter)).map(|day| Day::Weekday(day as u8)),
        ("期" | "周" | "週" | "拜" | "禮拜" | "礼拜", _) => {
            CHINESE.iter().position(|names| names.contains(word)).map(|day| Day::Weekday(day as u8))
        }
        ("thứ" | "Thứ", _) => place(&VIETNAMESE),
        (_, "feira") => place(&PORTUGUESE),
        _ if word.len() < 3 => None,
        _ => NAMES.get(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Vec<Day> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let word = |at: Option<usize>| at.and_then(|at| words.get(at).copied()).unwrap_or_default();
        let parse = |at: usize| day(words[at], [at.checked_sub(1), Some(at + 1)].map(word));
        (0..words.len()).filter_map(parse).collect()
    }

    #[test]
    fn days_are_read_in_many_languages() {
        for (monday, tuesday) in [
            ("Montag", "dienstags"),
            ("lundi", "mardi"),
            ("lunes", "martes"),
            ("lunedì", "martedì"),
            ("segunda feira", "terça feira"),
            ("poniedziałku", "wtorek"),
            ("понедельника", "вторником"),
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
        assert_eq!(days("segunda hai mondo 月 一 martini sombre"), []);
    }
}
