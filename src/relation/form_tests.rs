//! Forms that are filled in with other names, products or answers, in many languages, and corrections of what they are filled in with.

use crate::relation::{Judgement, Relation, RelationRules, TextComparer};
use crate::scheme::Scheme;

fn judged(left: &str, right: &str) -> Judgement {
    let comparer = TextComparer::new(&Scheme::news(), RelationRules::default()).expect("valid");
    comparer.compare(&comparer.prepare(left), &comparer.prepare(right))
}

/// A text with places to fill in, such as `{0}`, and what two reports say at each of them.
struct Form {
    text: &'static str,
    reports: &'static [[&'static str; 2]],
}

impl Form {
    /// Fills in one of the reports, with the values of the other one at some places.
    fn filled(&self, report: usize, is_other: impl Fn(usize) -> bool) -> String {
        self.reports.iter().enumerate().fold(self.text.to_string(), |text, (place, values)| {
            let value = values[if is_other(place) { 1 - report } else { report }];
            text.replace(&format!("{{{place}}}"), value)
        })
    }

    fn reports(&self) -> [String; 2] {
        [0, 1].map(|report| self.filled(report, |_| false))
    }
}

fn assert_template(form: &Form, write: fn(&str) -> String) {
    let [left, right] = form.reports().map(|report| write(&report));
    let judged = judged(&left, &right);
    assert!(judged.phrases.containment() >= 0.5, "{left}: {judged:?}");
    assert_eq!(judged.relation, Relation::Template, "{left}: {judged:?}");
}

/// Two accidents, recalls or rulings each, in scripts without case.
const WITHOUT_CASE: [Form; 9] = [
    Form {
        text: "{0}发生车祸，{1}不幸身亡\n{0}交警部门表示，一辆{2}与一辆自行车在{3}相撞，骑车人{1}当场死亡，终年{4}岁。司机没有受伤，已被警方带走调查。事发路段封闭了{5}小时，专家对现场进行了测量。{0}警方呼吁目击者提供线索。当地居民说，这个路口没有红绿灯，多年来一直十分危险，{0}政府承诺将尽快加以改善。",
        reports: &[
            ["斯科城", "奥瓦镇"],
            ["李伟明", "王秀芳"],
            ["卡车", "客车"],
            ["南山路", "东湖街"],
            ["四十二", "六十七"],
            ["三", "五"],
        ],
    },
    Form {
        text: "{0}召回{1}，存在{2}隐患\n市场监管部门消息，{0}公司决定召回一批{1}，原因是产品存在{2}隐患。此次召回涉及在{3}商场出售的{1}共约{4}台。消费者应立即停止使用，并将{1}退回购买地点，商家将全额退款，无需出示发票。到目前为止，没有收到人员受伤的报告。{0}公司表示抱歉，并已改进生产检验流程。",
        reports: &[
            ["北线", "佩尔"],
            ["电水壶", "烤面包机"],
            ["起火", "触电"],
            ["金石", "银河"],
            ["一万二千", "八千五百"],
        ],
    },
    Form {
        text: "{0}で交通事故、{1}さん死亡\n{0}の県道で、自転車に乗っていた{1}さん（{2}）が{3}にはねられ、搬送先の病院で死亡が確認された。警察によると、{3}を運転していた男性にけがはなく、当時の状況について説明しているという。現場は{4}へ向かう見通しの良い直線道路で、約{5}時間にわたって通行止めとなった。警察は事故の原因を詳しく調べている。{0}では事故が相次いでおり、住民から対策を求める声が上がっている。",
        reports: &[
            ["須磨町", "小沼市"],
            ["高橋健一", "佐々木恵"],
            ["４２", "６７"],
            ["トラック", "バス"],
            ["大和田", "北原"],
            ["３", "５"],
        ],
    },
    Form {
        text: "{0}, {1} 혐의로 징역 {3} 년\n{2} 지방법원은 {1} 혐의로 기소된 {0} 피고인에게 징역 {3} 년을 선고했다. \
               재판장 {4} 판사는 범행이 오랫동안 계획되었고 피고인이 반성하지 않았다고 밝혔다. 검찰은 더 무거운 형을 \
               요구했었다. 변호인 {5} 변호사는 판결에 불복해 항소하겠다고 말했다. 피해자 가족은 아무 말 없이 법정을 \
               떠났다.",
        reports: &[
            ["박준호", "김미숙"],
            ["강도", "방화"],
            ["수마", "타로"],
            ["일곱", "다섯"],
            ["한상우", "정도현"],
            ["오세진", "유진경"],
        ],
    },
    Form {
        text: "مصرع {0} في حادث سير في {1}\nلقي {0} مصرعه في حادث سير على الطريق بين {1} و{2} بعد أن صدمته {3} مسرعة. \
               وقالت الشرطة إن السائق لم يصب بأذى وإنه يخضع للتحقيق. وأغلقت الطريق لمدة {4} ساعات بينما عاين الخبراء \
               المكان. وطلبت شرطة {1} من الشهود التقدم بما لديهم من معلومات. وقال سكان إن هذا التقاطع خطير منذ سنوات \
               طويلة، ووعد رئيس البلدية {5} بإقامة إشارة ضوئية في القريب العاجل.",
        reports: &[
            ["سامر الحلو", "ليلى قاسم"],
            ["وادي النخل", "عين الصخر"],
            ["تل الورد", "رأس الجسر"],
            ["شاحنة", "حافلة"],
            ["ثلاث", "خمس"],
            ["كمال", "منير"],
        ],
    },
    Form {
        text: "{0} נהרג בתאונה ליד {1}\nרוכב האופניים {0} נהרג בכביש שבין {1} לבין {2} לאחר שנפגע מפגיעת {3}. המשטרה \
               מסרה כי הנהג לא נפגע וכי הוא נחקר ושוחרר. הכביש נחסם לתנועה למשך {4} שעות בזמן שבוחנים בדקו את המקום. \
               משטרת {1} מבקשת מעדים לפנות אליה. תושבים אמרו כי הצומת מסוכן זה שנים רבות, וראש המועצה {5} הבטיח להציב \
               שם רמזור בקרוב.",
        reports: &[
            ["אורן שקד", "מיכל ערמון"],
            ["נחל ברוש", "כפר אלה"],
            ["גבעת תמר", "מצפה שחר"],
            ["משאית", "אוטובוס"],
            ["שלוש", "חמש"],
            ["דביר", "רימון"],
        ],
    },
    Form {
        text: "{0}เสียชีวิตจากอุบัติเหตุที่{1}\nตำรวจ{1}แจ้งว่า {0} ซึ่งขี่จักรยานอยู่บนถนนสาย{2} \
               ถูก{3}ชนเสียชีวิตในที่เกิดเหตุ คนขับไม่ได้รับบาดเจ็บและถูกนำตัวไปสอบปากคำ \
               ถนนถูกปิดนาน{4}ชั่วโมงระหว่างที่เจ้าหน้าที่ตรวจสอบที่เกิดเหตุ ตำรวจ{1}ขอให้ผู้เห็นเหตุการณ์แจ้งข้อมูล \
               ชาวบ้านบอกว่าทางแยกนี้อันตรายมาหลายปีแล้ว และทางการสัญญาว่าจะติดตั้งสัญญาณไฟโดยเร็ว",
        reports: &[
            ["สมชาย", "มาลี"],
            ["บ้านสวน", "หนองแก้ว"],
            ["ริมน้ำ", "เขาเขียว"],
            ["รถบรรทุก", "รถโดยสาร"],
            ["สาม", "ห้า"],
        ],
    },
    Form {
        text: "{0} में सड़क हादसा, {3} की मौत\n{0} और {1} के बीच सड़क पर {2} की टक्कर से साइकिल सवार {3} की मौत हो गई। \
               पुलिस ने बताया कि चालक को कोई चोट नहीं आई और उससे पूछताछ की जा रही है। सड़क {4} घंटे तक बंद रही और \
               विशेषज्ञों ने मौके की जांच की। {0} पुलिस ने गवाहों से सामने आने की अपील की है। लोगों का कहना है कि यह \
               चौराहा कई सालों से खतरनाक है, और महापौर {5} ने जल्द ही वहां बत्ती लगाने का वादा किया है।",
        reports: &[
            ["सरौली", "बनकट"],
            ["पीपलपुर", "नीमखेड़ा"],
            ["ट्रक", "बस"],
            ["रमेश", "सुनीता"],
            ["तीन", "पांच"],
            ["वर्मा", "मिश्रा"],
        ],
    },
    Form {
        text: "{0} ავარიას ემსხვერპლა {1}\nველოსიპედისტი {0} გზაზე დაიღუპა, რომელიც {1} და {2} შორის გადის. მას {3} \
               დაეჯახა. პოლიციის ცნობით, მძღოლი არ დაშავებულა და დაკითხვის შემდეგ გაათავისუფლეს. გზა {4} საათის \
               განმავლობაში იყო დაკეტილი, სანამ ექსპერტები ადგილს ამოწმებდნენ. {1} პოლიცია მოწმეებს სთხოვს დახმარებას. \
               ადგილობრივები ამბობენ, რომ ეს გზაჯვარედინი დიდი ხანია საშიშია, ხოლო მერმა {5} შუქნიშნის დადგმა დაჰპირდა \
               ხალხს.",
        reports: &[
            ["გიორგი ლომაძე", "ნინო ბერიძე"],
            ["სკელი", "ტარო"],
            ["ორვანი", "პელინი"],
            ["სატვირთო", "ავტობუსი"],
            ["სამი", "ხუთი"],
            ["ნიკოლაძე", "კობაძე"],
        ],
    },
];

const INTERVIEW: Form = Form {
    text: "{0}: \"{1}\"\n{0} runs a {2} in {3}. We met in the workshop and asked about courage, money and \
           patience.\nHow did the idea of leaving a well paid job in the capital and opening a small workshop in the \
           country come to you and your family? {4}\nMany young people say that they would like to learn a craft but \
           cannot find a place where somebody takes the time to teach them. What do you tell them? {5}\nWhen you look \
           back on the first difficult winter with all its bills, its empty order books and its long evenings, what \
           kept you going? {6}\nWhere will your workshop be in ten years, and who is going to stand at the bench when \
           you have put down your tools for good? {7}\nThank you for the conversation. The workshop is open to \
           visitors on Saturdays, and groups are asked to call before they come.",
    reports: &[
        ["Tessa Quill", "Halvard Brenn"],
        ["I never wanted a boss", "Wood forgives nothing"],
        ["bindery", "joinery"],
        ["Skelby", "Orvane"],
        [
            "My husband drew a barn on a napkin, and a month later we owned one with a leaking roof.",
            "It was my doctor who said that screens were killing me, so I bought planes and chisels.",
        ],
        [
            "Knock on doors. I knocked on nineteen before old Harms let me sweep his floor.",
            "Start with a broken chair. Whoever mends it twice is an apprentice.",
        ],
        [
            "Stubbornness, mostly, and soup from the neighbour across the lane.",
            "A bank clerk who believed in my tables and looked away for three months.",
        ],
        [
            "My niece already sews better than I do, so the bench is hers.",
            "Probably burnt down or twice as large, nothing in between.",
        ],
    ],
};

const RECALL: Form = Form {
    text: "{0} recalls {1}\nThe company {0} is calling back {1} that were sold between spring and autumn. Tests have \
           shown that a part inside can come loose after some months of use, in which case people may be hurt. Anyone \
           who owns {1} of this kind should stop using them, unplug them where that applies, and take them back to the \
           place where they were bought. The price will be refunded in full, even if the receipt is lost. According to \
           the company nobody has been hurt so far. It has informed the authorities and all shops, and has put a \
           notice with pictures on its pages, which also tell where the number of the series can be found. The safety \
           office advises buyers to register new goods, so that they can be told at once when something is wrong. \
           Questions are answered by telephone from eight in the morning until six in the evening, also on Saturdays.",
    reports: &[["Northline", "Pellware"], ["kettles", "toasters"]],
};

const RULING: Form = Form {
    text: "{0} sentenced for {1} in {2}\nThe district court has sentenced {0} to {3} years in prison for {1}. In its \
           reasons the court said that the deed had been planned over weeks, that several people had been put in \
           danger, and that the defendant had shown no remorse in all of the hearings. It took into account that he \
           had no record and that he had lived in difficult circumstances since he lost his work. The prosecution had \
           asked for a longer term, while the defence had pleaded for a suspended sentence. The presiding judge said \
           that the law left little room where trust is abused in this way, and that the public must be able to rely \
           on the courts. Relatives of those concerned followed the ruling in silence and left the building by a side \
           door. The defendant can appeal within a month; until then the ruling is not final. He remains in custody, \
           because the court sees a danger that he might flee. The trial had begun in spring and was put off twice \
           because a witness had fallen ill. In {2} the case had caused much talk, and the hall was full on every day \
           of the hearings.",
    reports: &[["Brenn", "Torvald"], ["robbery", "arson"], ["Skelby", "Orvane"], ["seven", "four"]],
};

#[test]
fn forms_in_scripts_without_case_are_templates() {
    for form in WITHOUT_CASE {
        assert_template(&form, str::to_string);
    }
}

#[test]
fn corrections_in_scripts_without_case_are_edits() {
    for form in WITHOUT_CASE {
        let [report, _] = form.reports();
        for place in 0..form.reports.len() {
            let judged = judged(&report, &form.filled(0, |other| other == place));
            assert_eq!(judged.relation, Relation::Edit, "{:?}: {judged:?}", form.reports[place]);
        }
    }
}

#[test]
fn long_forms_are_templates_in_capitals_and_lower_case_too() {
    for form in [INTERVIEW, RECALL, RULING] {
        for write in [str::to_string, str::to_uppercase, str::to_lowercase] {
            assert_template(&form, write);
        }
    }
}

#[test]
fn an_answer_or_a_product_that_is_corrected_is_an_edit() {
    for (form, place) in [(INTERVIEW, 4), (INTERVIEW, 6), (RECALL, 1), (RULING, 3)] {
        let [report, _] = form.reports();
        let judged = judged(&report, &form.filled(0, |other| other == place));
        assert_eq!(judged.relation, Relation::Edit, "{place}: {judged:?}");
    }
}

#[test]
fn other_words_here_and_there_are_an_edit_in_chinese() {
    let [report, _] = WITHOUT_CASE[0].reports();
    let reworded = report.replace("多年来一直十分危险", "长期以来都很不安全").replace("尽快加以改善", "尽早改进");
    let reworded = format!("{reworded}遇难者家属说，他每天早上都沿着这条路去上班。");
    assert_eq!(judged(&report, &reworded).relation, Relation::Edit);
}

/// What a company says of itself below each of its press releases.
const ABOUT: &str = "About Northline: Northline is a leading provider of ferry services and coastal logistics with more than 2,000 people in \
    nine countries. The company runs a fleet of six ships and has its head office in Skelby. Its shares are listed in Orvane. This press \
    release holds forward-looking statements, which involve known and unknown risks and uncertainties, many of them beyond the control of \
    the company. Actual results may differ materially from what is expected or implied. The company takes on no duty to correct such \
    statements if circumstances change, except where the law requires it. Contact: press office, telephone, weekdays from nine to four.";

#[test]
fn other_articles_in_one_frame_are_background() {
    let order = "Northline orders two electric ferries\nNorthline today announced that it has ordered two electric ferries from the yard \
        in Harstad. They will be delivered in 2028 and carry 120 cars each.";
    let director = "Northline names new finance director\nNorthline today announced that Berit Lie has been named finance director. She \
        comes from Skelby Bank and takes up the post in February.";
    let strike = "Northline cancels sailings because of strike\nNorthline today announced that all night sailings are cancelled until the \
        union and the seamen agree on wages. Tickets are refunded.";
    let release = |news: &str| format!("{news} {ABOUT}");
    for (one, other) in [(order, director), (director, strike), (order, strike)] {
        assert_eq!(judged(&release(one), &release(other)).relation, Relation::Background, "{one} {other}");
    }
    // In the middle of a page, where the leads agree.
    let (head, foot) = ABOUT.split_at(ABOUT.find("Its shares").expect("a sentence"));
    let [left, right] = [order, strike].map(|news| format!("{head}{} {foot}", news.replace("Northline", "It")));
    assert_eq!(judged(&left, &right).relation, Relation::Background);
    let reworded = order.replace("today announced that it has ordered", "said on Monday that it had ordered");
    let reworded = reworded.replace("They will be delivered in 2028", "The yard is to deliver them in 2028");
    assert_eq!(judged(&release(order), &release(&reworded)).relation, Relation::Edit);
    let longer = format!(
        "{order} The boats replace two of 1998, which will be scrapped in Tarrow after the summer season ends."
    );
    assert_eq!(judged(&release(order), &release(&longer)).relation, Relation::Edit);
}

#[test]
fn headlines_above_a_page_for_subscribers_are_known_without_a_line_of_their_own() {
    let page = "This article is for subscribers. Subscribe to The Skelby Lantern to read it and all our other journalism. You get unlimited \
        access to our pages and our apps, the digital edition each morning at five, puzzles and recipes, and our newsletters. You can \
        cancel at any time. Already a subscriber? Log in with your e-mail address and password.";
    let (mayor, snow) = ("Mayor resigns over harbour contract", "Two dead after avalanche in the Orvane mountains");
    for frame in [
        "{} | The Skelby Lantern\n",
        "{} - Lantern.example\n",
        "{}. ",
        "Home > News > Local\n{}\n",
        "Friday 27 November\n{}\n",
        "Subscribers | {}\n",
        "{}\nWhat is known, and what is not, after the first long night and the morning that followed it in the town hall\n",
    ] {
        let article = |headline: &str| format!("{}{page}", frame.replace("{}", headline));
        let judged = judged(&article(mayor), &article(snow));
        assert!(!judged.relation.is_duplicate(), "{frame}: {judged:?}");
        let again = article("Mayor resigns over a harbour contract");
        assert!(self::judged(&article(mayor), &again).relation.is_duplicate(), "{frame}");
    }
}

#[test]
fn a_notice_for_another_company_is_a_template() {
    let notice = |company: &str| {
        format!(
            "{company} investors may lead a lawsuit for securities fraud\nThe law office of Harl and Tey reminds people who bought shares \
             between 3 March and 9 October of the deadline of 14 January to ask the court for the role of lead plaintiff. If you bought \
             such shares you may be entitled to compensation without payment of any costs, under an agreement that leaves the costs to \
             us. According to the suit, the people who ran {company} made false or misleading statements, and did not tell that the \
             figures for sales had been inflated, that controls were weak, and that a result was sure to be lower than forecast. When \
             the true details entered the market, the suit claims, investors suffered damages. Many offices that send out such notices \
             have never led a case; choose with care whom you ask to speak for you."
        )
    };
    assert_eq!(judged(&notice("Northline"), &notice("Pellware")).relation, Relation::Template);
    assert_eq!(judged(&notice("Tellin Steel"), &notice("Orvane Mills")).relation, Relation::Template);
    let corrected = notice("Northline").replace("14 January", "15 January");
    assert_eq!(judged(&notice("Northline"), &corrected).relation, Relation::Edit);
}
