//! Notices that say the same of other streets or another day.

use super::Relation;
use super::tests::{judged, relation};

const POWER: &str = "Power will be off in parts of Tarrow on {day} from nine in the morning until three in the afternoon, because old cables \
    are replaced and a transformer is tested, the grid company said.\n\nHomes and shops in {streets} have no power in that time. They have \
    been told by letter. The work may end before three, so each line has to be treated as live, and stoves, heaters and irons had better be \
    switched off. Food keeps for some hours if fridges stay closed.\n\n\"The supply gets safer for many years, and we thank all neighbours \
    for their patience,\" a spokeswoman said. People who need medical devices at home can ring the company at any hour to borrow a \
    generator, which is brought to the door free of charge.";

fn power(streets: &str, day: &str) -> String {
    POWER.replace("{streets}", streets).replace("{day}", day)
}

#[test]
fn a_notice_for_other_streets_is_a_template() {
    let first = power("Mill Lane, Chapel Street and Park Road", "Tuesday");
    for streets in [
        "Station Road, Queen Street and Victoria Avenue",
        "Oak Drive, Elm Close and Beech Way",
        "Orchard Way, Cherry Lane and Meadow View",
    ] {
        let judged = judged(&first, &power(streets, "Tuesday"));
        assert_eq!((judged.replacements.items, judged.relation), (3, Relation::Template), "{streets}");
    }
}

#[test]
fn a_list_with_a_correction_or_in_another_order_is_an_edit() {
    let first = power("Mill Lane, Chapel Street and Park Road", "Tuesday");
    for streets in [
        "Mill Lane, Chapel Street and Pine Road",
        "Park Road, Chapel Street and Mill Lane",
        "Mill Lane, Chapel Street, Park Road and Quay Walk",
        "several streets",
    ] {
        assert_eq!(relation(&first, &power(streets, "Tuesday")), Relation::Edit, "{streets}");
    }
    assert_eq!(relation(&first, &power("Mill Lane, Chapel Street and Park Road", "Thursday")), Relation::Edit);
}

#[test]
fn a_notice_for_another_day_and_street_is_a_template() {
    let first = power("Mill Lane", "Tuesday");
    assert_eq!(relation(&first, &power("Quay Walk", "Tuesday")), Relation::Edit);
    assert_eq!(relation(&first, &power("Quay Walk", "Thursday")), Relation::Template);
}

#[test]
fn days_numbers_and_lists_are_known_in_other_languages() {
    for (text, reports) in [
        (
            "Am {0} wird in Teilen von Tarrow das Wasser abgestellt, weil alte Rohre ersetzt werden. Betroffen sind Haushalte und Betriebe in \
             der {1}. Die Stadtwerke bitten darum, rechtzeitig Vorräte anzulegen und alle Hähne geschlossen zu halten. Danach kann das Wasser \
             für kurze Zeit trüb sein; es hilft, es ein paar Minuten laufen zu lassen.",
            [["Montag", "Gartenstraße"], ["Donnerstag", "Bahnhofstraße"]],
        ),
        (
            "El suministro de agua se interrumpirá este {0} por obras en la red. El corte afectará a la calle {1} y a los comercios cercanos. La \
             empresa recomienda a los vecinos que guarden agua y que mantengan los grifos cerrados hasta que termine la obra. Es posible que \
             después el agua salga turbia durante unos minutos.",
            [["lunes", "Mayor"], ["martes", "Olivo"]],
        ),
        (
            "В {0} в посёлке отключат холодную воду из-за ремонта водопровода. Без воды останутся жители улицы {1}. Специалисты заменят старые \
             трубы и проверят давление в сети. Жителей просят заранее запастись водой и закрыть краны, чтобы избежать протечек, когда подача \
             возобновится.",
            [["понедельник", "Садовой"], ["четверг", "Лесной"]],
        ),
        (
            "मरम्मत के कारण {1} में {0} को सुबह से शाम तक बिजली बंद रहेगी। पुराने तार और ट्रांसफार्मर बदले जाएंगे ताकि गर्मियों में लोगों को परेशानी न हो। \
             विभाग ने लोगों से अपील की है कि वे जरूरी काम पहले निपटा लें और पानी का भंडारण कर लें। विभाग ने असुविधा के लिए खेद जताया है।",
            [["सोमवार", "विनय खंड"], ["गुरुवार", "विशाल खंड"]],
        ),
        (
            "因线路检修需要，供电公司定于星期{0}对江城部分街道实施计划停电。停电范围包括{1}沿线的居民小区和商户。检修期间，工作人员将更换老旧电缆并对变压器进\
             行安全检查。由于工作可能提前结束，请用户始终将线路视为带电，切勿触碰。供电公司对由此带来的不便表示歉意。",
            [["二", "建设路、人民路和滨河路"], ["四", "解放路、长江路和文昌路"]],
        ),
    ] {
        let filled = |[day, place]: [&str; 2]| text.replace("{0}", day).replace("{1}", place);
        let [left, right] = reports.map(filled);
        assert_eq!(relation(&left, &right), Relation::Template, "{left}");
    }
}
