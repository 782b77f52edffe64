//! Events told by two writers each, in languages that inflect and compound their words.

use super::{StoryFinder, StoryRules, StoryText};

/// Two articles on each of two events of one kind.
struct Told {
    language: &'static str,
    articles: [&'static str; 4],
}

const TOLD: [Told; 9] = [
    Told {
        language: "German",
        articles: [
            "Brückeneinsturz in Hellern: zwei Tote\nBeim Einsturz der Autobahnbrücke bei Hellern sind am Dienstagmorgen zwei \
             Lastwagenfahrer ums Leben gekommen. Das Bauwerk über die Lothe war nach Angaben der Polizei ohne Vorwarnung \
             zusammengebrochen. Rettungskräfte suchten bis zum Abend nach Vermissten.",
            "Autobahnbrücke stürzt ein – Lkw-Fahrer sterben\nEine Brücke der Autobahn über den Fluss Lothe ist am Dienstag eingestürzt. \
             Zwei Fahrer starben in ihren Lastwagen, wie ein Polizeisprecher in Hellern mitteilte. Die Rettungsarbeiten dauerten den \
             ganzen Tag, mehrere Menschen werden noch vermisst.",
            "Fußgängerbrücke in Taltdorf eingestürzt\nIn Taltdorf ist am Samstag bei einem Volksfest eine Fußgängerbrücke eingebrochen. \
             Elf Besucher fielen in die Eser und wurden leicht verletzt. Die Feuerwehr zog sie mit Booten aus dem Wasser. Die Holzbrücke \
             war erst im Frühjahr eröffnet worden.",
            "Elf Verletzte bei Volksfest\nWeil zu viele Menschen zugleich auf der neuen Holzbrücke standen, ist diese in Taltdorf am \
             Samstag unter der Last zerbrochen. Elf Festbesucher landeten in der Eser, sie kamen mit leichten Verletzungen davon. Der \
             Bürgermeister sagte, die Fußgängerbrücke werde nun überprüft.",
        ],
    },
    Told {
        language: "Finnish",
        articles: [
            "Autolautta ajoi karille Hirvasaaren edustalla\nAutolautta Merihelmi ajoi sunnuntaina karille Hirvasaaren eteläpuolella. \
             Lautalla oli 180 matkustajaa, jotka siirrettiin merivartioston veneillä satamaan. Kukaan ei loukkaantunut, kertoo \
             merivartiosto. Aluksen keulassa on vuoto.",
            "Merihelmen matkustajat evakuoitiin\nMerivartijat evakuoivat sunnuntaina 180 matkustajaa karille ajaneesta Merihelmestä. \
             Lautan keula vuotaa, mutta alus ei ole vaarassa upota. Onnettomuus sattui kovassa tuulessa Hirvasaaren lähellä, sanoo \
             päivystäjä.",
            "Yhteysaluksessa tulipalo Kuusluodolla\nYhteysaluksen konehuoneessa syttyi tulipalo torstaina Kuusluodon laiturissa. Miehistö \
             sammutti palon itse, ja kaksi konemestaria vietiin sairaalaan savun hengittämisen vuoksi. Liikenne Kuusluotoon on poikki \
             viikonlopun.",
            "Kuusluodon liikenne keskeytyi palon vuoksi\nKuusluodolle ei pääse ennen maanantaita, koska yhteysaluksen konehuone paloi \
             torstaina. Kaksi konemestaria sai savua keuhkoihinsa. Varustamon mukaan tulipalon syynä oli polttoaineputki, jonka miehistö \
             oli korjannut viikkoa aiemmin.",
        ],
    },
    Told {
        language: "Swedish",
        articles: [
            "Stormen Alva slog ut elen i Norrviken\nOmkring sjutusen hushåll i Norrviken blev utan el när stormen Alva drog in över kusten \
             natten till torsdag. Träd föll över ledningarna, och färjetrafiken till Gräsholmen ställdes in. Nätbolaget räknar med att \
             reparationerna tar flera dagar.",
            "Tusentals utan ström efter Alva\nElavbrottet i Norrviken fortsätter. Sjutusen kunder saknar fortfarande ström sedan stormen \
             Alva fällt träd över kraftledningarna. Färjorna till Gräsholmen går tidigast på fredag, och nätbolagets reparatörer arbetar \
             dygnet runt.",
            "Åska brände ner lada i Tolsta\nEtt blixtnedslag antände en lada i Tolsta på lördagen. Brandkåren kunde inte rädda byggnaden, \
             men korna leddes ut i tid. Lantbrukaren uppskattar skadan till två miljoner.",
            "Lada förstördes av blixten\nKorna klarade sig när blixten slog ner i en lada utanför Tolsta på lördagen. Byggnaden brann ner \
             till grunden. Lantbrukaren och brandkåren ledde ut djuren genom en bakdörr.",
        ],
    },
    Told {
        language: "Polish",
        articles: [
            "Wypadek w kopalni Jasna: uwięzieni górnicy\nTrzech górników zostało uwięzionych w kopalni Jasna po tąpnięciu, do którego \
             doszło w środę rano. Ratownicy przebijają się do nich od strony starego chodnika. Z jednym z uwięzionych nawiązano kontakt \
             głosowy, podała dyrekcja kopalni.",
            "Ratownicy walczą o trzech górników\nRatownicy słyszą głos jednego z trzech górników uwięzionych po środowym tąpnięciu. Akcja \
             w kopalni Jasna jest trudna, bo strop starego chodnika grozi zawaleniem. Dyrekcja kopalni poprosiła o pomoc sąsiednie \
             zakłady.",
            "Protest pod kopalnią Bukowa\nMieszkańcy Bukowej zablokowali w poniedziałek drogę do kopalni odkrywkowej. Skarżą się na pył i \
             pękające ściany domów. Zarząd obiecał spotkanie z protestującymi.",
            "Bukowa: blokada drogi trwa\nDrugi dzień trwa blokada drogi do odkrywki w Bukowej. Mieszkańcy pokazują pęknięcia w ścianach i \
             żądają odszkodowań. Spotkanie z zarządem kopalni zaplanowano na środę.",
        ],
    },
    Told {
        language: "Ukrainian",
        articles: [
            "Пожежа у школі в Липовці\nУ школі села Липовець у вівторок сталася пожежа. Сто двадцять учнів евакуювали до будинку культури, \
             ніхто не постраждав. Рятувальники гасили вогонь три години. Причиною, за попередніми даними, стала стара проводка.",
            "Учнів липовецької школи евакуювали через вогонь\nРятувальники три години боролися з пожежею у школі Липовця. Учителі встигли \
             вивести всіх учнів, евакуація тривала п'ять хвилин. Директорка каже, що проводку мали замінити ще торік. Уроки проведуть у \
             будинку культури.",
            "Школярі Заріччя перемогли на олімпіаді\nКоманда школи із Заріччя здобула золото на математичній олімпіаді. П'ятеро школярів \
             розв'язали всі задачі, крім однієї. Учителька готувала їх два роки.",
            "Золото олімпіади поїхало в Заріччя\nМатематична олімпіада завершилася перемогою зарічанської команди. Задачі школярі \
             розв'язували шість годин. Учителька каже, що найскладнішою була остання.",
        ],
    },
    Told {
        language: "French",
        articles: [
            "Procès Varenne : l'ancien maire condamné\nL'ancien maire de Courtemont, Émile Varenne, a été condamné vendredi à trois ans de \
             prison pour détournement de fonds. Le tribunal a retenu que les subventions de la piscine municipale avaient financé sa \
             villa. Ses avocats feront appel.",
            "Trois ans de prison pour Émile Varenne\nLa piscine ne fut jamais construite, la villa si. Le tribunal de Courtemont a \
             condamné l'ancien élu à trois ans ferme pour avoir détourné des subventions municipales. Son avocate a dénoncé un jugement \
             politique et annoncé un appel.",
            "Le boulanger de Rivecourt acquitté\nPoursuivi pour l'incendie de son fournil, le boulanger de Rivecourt a été acquitté jeudi. \
             Les experts n'ont pu établir l'origine du feu. L'assureur devra l'indemniser.",
            "Incendie du fournil : acquittement\nFaute de preuves, le tribunal a acquitté le boulanger Rivecourtois, soupçonné d'avoir mis \
             le feu à son fournil pour toucher l'assurance. Les expertises étaient contradictoires. L'assureur réfléchit à un pourvoi.",
        ],
    },
    Told {
        language: "Spanish",
        articles: [
            "Incendio forestal obliga a evacuar Valdemora\nUn incendio forestal obligó el miércoles a evacuar a ochocientos vecinos de \
             Valdemora. El fuego, avivado por el viento, ha quemado dos mil hectáreas de pinar. Los bomberos trabajan con seis \
             helicópteros, informó la delegada del Gobierno.",
            "Las llamas arrasan los pinares de Valdemora\nEl fuego que comenzó el miércoles en la sierra de Valdemora ha arrasado ya dos \
             mil hectáreas. Ochocientas personas fueron evacuadas y pasaron la noche en un polideportivo. Seis helicópteros y cien \
             bomberos intentan controlar las llamas.",
            "Arde una fábrica de muebles en Rocabel\nUna fábrica de muebles de Rocabel ardió por completo el viernes. Los bomberos \
             tardaron nueve horas en apagar el incendio. No hubo heridos porque los obreros habían terminado su turno. El humo tóxico \
             obligó a cerrar ventanas.",
            "Incendio en el polígono de Rocabel\nNueve horas necesitaron los bomberos para extinguir el viernes el incendio de la \
             mueblería de Rocabel. El humo cubrió el polígono y se pidió a los vecinos cerrar las ventanas. El dueño de la fábrica calcula \
             pérdidas millonarias.",
        ],
    },
    Told {
        language: "Italian",
        articles: [
            "Furto al museo di Castelrosso\nLadri sono entrati nella notte di sabato nel museo di Castelrosso e hanno rubato due tele del \
             Seicento. L'allarme era stato disattivato. I carabinieri interrogano i custodi e visionano le telecamere della piazza.",
            "Rubate due tele, interrogati i custodi\nI custodi del museo sono stati sentiti dai carabinieri dopo il furto delle tele \
             seicentesche a Castelrosso. Secondo gli inquirenti qualcuno ha disattivato gli allarmi dall'interno. Le telecamere hanno \
             ripreso un furgone bianco.",
            "Furti di biciclette a Montebruno\nUna banda di ragazzi rubava biciclette alla stazione di Montebruno per rivenderle in rete. \
             La polizia ferroviaria ne ha recuperate quaranta in un garage. Quattro minorenni sono stati denunciati.",
            "Quaranta biciclette recuperate\nLa polizia ha trovato in un garage di Montebruno quaranta bici rubate alla stazione. Le \
             vendevano in rete quattro minorenni, ora denunciati. I proprietari possono riprenderle in questura.",
        ],
    },
    Told {
        language: "Portuguese",
        articles: [
            "Ônibus cai em ribanceira em Vale Sereno\nUm ônibus com trinta passageiros caiu em uma ribanceira na serra de Vale Sereno, na \
             manhã de segunda-feira. Cinco pessoas ficaram feridas e foram levadas de helicóptero ao hospital de Pedralva. O motorista \
             disse que perdeu os freios.",
            "Motorista relata falha nos freios\nCinco passageiros feridos no acidente da serra seguem internados em Pedralva. O ônibus que \
             despencou na ribanceira de Vale Sereno levava trinta pessoas. A polícia vai periciar os freios do veículo, que segundo o \
             motorista falharam.",
            "Tarifa de ônibus sobe em Marilinda\nA prefeitura de Marilinda anunciou que a tarifa de ônibus subirá para seis cruzados em \
             março. Estudantes prometem protestar diante da câmara. A empresa alega aumento do diesel.",
            "Estudantes protestam contra tarifa\nEstudantes ocuparam a câmara de Marilinda contra o aumento da tarifa. A prefeitura \
             sustenta que o reajuste para seis cruzados cobre o custo do diesel. A empresa de ônibus não comentou.",
        ],
    },
];

#[test]
fn the_words_of_two_writers_are_known_by_their_beginnings() {
    for Told { language, articles } in TOLD {
        let mut finder = StoryFinder::new(StoryRules::default()).expect("valid");
        articles.iter().for_each(|article| finder.push(StoryText::new(article)));
        let index = finder.finish();
        let members = |story: super::Story| story.members.iter().map(|member| member.text).collect::<Vec<_>>();
        let mut stories: Vec<Vec<usize>> = index.stories(&index.pairs()).into_iter().map(members).collect();
        stories.sort();
        assert_eq!(stories, [[0, 1], [2, 3]], "{language}");
    }
}
