//! The words themselves: version 1 of the table, which a published scheme refers to. Any change makes a new version.
//!
//! In the row of each language are words that stand in a text whatever it is about: its function words with its verbs
//! of saying, days and months, and for English also everyday verbs, nouns and adjectives, the vocabulary of reporting
//! and what web pages leave in their text. Not in are names of countries, cities, people and companies. As all
//! languages are looked up together, nor is a word that is a topic or a name in another of them (German `war`, Italian
//! `ai`). Chinese, Japanese and Thai are not in: their letters are tokens of their own.
//!
//! The row `en-news` has the everyday nouns of news: institutions, offices, walks of life, of which every story has
//! some, so that two stories about one country's politics do not look like one story.
//!
//! Words are as the default normalization leaves them: NFC, case folded (`ss` for `ß`, `σ` at the end of Greek words,
//! Turkish words in `i` also with a dot above, to which `İ` folds), ASCII apostrophes, no joiners inside Persian
//! words. Those with an apostrophe are in whole and in the pieces that remain where it separates.

/// One row a language: its ISO 639-1 code (or a name that begins with it) and its words, in the order of code points and separated by white space.
pub(super) const TABLE: [(&str, &str); 26] = [
    (
        "en",
        "a able about above according accordingly across actually add added adding adds advertisement \
         advertising after afternoon again against agencies agency ago ahead ain ain't all allegedly almost \
         along alongside already also although always am amid among amongst amount an and announce \
         announced announcement announces announcing another any anybody anyone anything anywhere apart \
         apparently appear appeared appearing appears apr april are area aren aren't around article \
         articles as ask asked asking asks at aug august available away b back bad based be became because \
         become becomes becoming been before began begin beginning begins begun behind being believe \
         believed believes believing below beneath beside besides best better between beyond big billion \
         both briefing bring bringing brings brought but by c call called calling calls came can can't \
         cannot case cases certain certainly change changed changes claim claimed claiming claims clear \
         clearly com come comes coming comment comments confirm confirmed confirming confirms consider \
         considered considering considers const continue continued continues continuing cookie copyright \
         correspondent could couldn couldn't current currently d date day days dec december describe \
         described describes describing despite did didn didn't directly do document does doesn doesn't \
         doing don don't done down dr due during e each earlier early editor editors eight eighth either \
         eleven else email emphasise emphasised emphasises emphasising emphasize emphasized emphasizes \
         emphasizing enough especially even evening ever every everybody everyone everything everywhere \
         except expect expected expecting expects explain explained explaining explains express expressed \
         expresses expressing f far farther feb february feel feeling feels felt few fewer fifth finally \
         find finding finds first five follow followed following follows for former forward found four \
         fourth fri friday from full function further furthermore g gave generally get gets getting give \
         given gives giving go goes going gone good got gotten great greater group groups h had hadn hadn't \
         half happened has hasn hasn't have haven haven't having he he'd he'll he's held help helped \
         helping helps hence her here here's hers herself high higher him himself his hold holding holds \
         hour hours how however html http https hundred i i'd i'll i'm i've if image immediately important \
         in include included includes including indeed initially inside insist insisted insisting insists \
         instead interview interviews into is isn isn't issue issues it it'll it's its itself j jan january \
         journalist journalists js jul july jun june just k keep keeping keeps kept key knew know knowing \
         known knows l large largely larger last late later latest latter lead leading leads least leaving \
         led left less let let's level like likely list little ll local long longer look looked looking \
         looks low lower m made main mainly major make makes making man many march matter matters may maybe \
         me meanwhile media meet meeting meets member members men mention mentioned mentioning mentions met \
         might million mine minor minute minutes mon monday month months more moreover morning most mostly \
         move moved moves moving mr mrs ms much must mustn mustn't my myself n near nearly need needed \
         needing needn needn't needs neither never new newly news newsletter newspaper next night nine \
         ninth no nobody none nor not note noted notes nothing noting nov november now nowhere number \
         numbers o oct october of off offer offered offering offers official officially officials often ok \
         okay old older on once one online only onto or other others otherwise ought our ours ourselves out \
         outside over overall own p page part particularly parts past people per percent percentage perhaps \
         person persons photo photos place places plan planned planning plans pm point points possible \
         possibly post posted press previous previously probably provide provided provides providing public \
         published put q question questions quite quote quoted r range rate rather re reach reached reaches \
         reaching read reading ready really reason receive received receives receiving recent recently \
         refer referred referring refers release released releases releasing remain remained remaining \
         remains remark remarked remarks report reported reportedly reporter reporters reporting reports \
         reserved respond responded responding responds response result results return returned rights run \
         s said same sat saturday saw say saying says script second see seeing seem seemed seeming seems \
         seen sees sep sept september series set sets setting seven seventh several shall share she she'd \
         she'll she's short should shouldn shouldn't show showed showing shown shows side significant \
         simply since sir site six sixth small smaller so some somebody someone something sometimes \
         somewhere soon source sources speak spoke spokesman spokesperson spokeswoman start started state \
         stated statement statements states stating stay stayed stays still stories story subscribe such \
         suggest suggested suggesting suggests sunday t take taken takes taking tell telling tells ten \
         tenth than that that's the their theirs them themselves then there there's therefore these they \
         they'd they'll they're they've think thinking thinks third this those though thought thousand \
         three through throughout thu thur thurs thursday thus till time times to today together told \
         tomorrow tonight too took toward towards tue tues tuesday twelve twice two type u under underneath \
         unless unlike unlikely until up update updated updates upon us use used uses using usually v var \
         various ve very via video videos w want wanted wanting wants warn warned warning warns was wasn \
         wasn't way ways we we'd we'll we're we've web website wed wednesday week weekend weeks well went \
         were weren weren't what what's whatever when whenever where where's whereas wherever whether which \
         whichever while who who's whoever whom whose why will window with within without woman women won't \
         work worked working works would wouldn wouldn't written www x y year years yes yesterday yet you \
         you'd you'll you're you've your yours yourself yourselves z",
    ),
    (
        "en-news",
        "access action actions administration administrations agreement agreements air america american areas \
         army art attack attacks authorities authority bank banks board book british budget building \
         buildings business businesses campaign campaigns candidate candidates capital car cars central \
         ceremony chairman chairwoman challenge challenges charge charged charges chief child children \
         chinese cities citizen citizens city climate club coach commission committee communities community \
         companies company computer concern concerns conditions conference conflict congress control \
         corporate cost costs council countries country county court courts crime crisis cultural culture cup \
         customer customers cut cuts data dead deal deals death deaths decision decisions department \
         departments development die died digital director discussion discussions district doctor doctors \
         dollar dollars domestic drop east eastern economic economically economics economy effect effort \
         efforts election elections emergency employee employees energy english environment environmental \
         euro europe european euros event events executive fall families family federal figure figures film \
         final finance financial fire firm firms food football force forces foreign freedom french fund \
         funding funds future game games german global government governments growth head health historic \
         historical history home homes hospital house houses impact increase industry injured international \
         internationally internet investigate investigation investment investor investors job jobs judge \
         justice kill killed killing kingdom labor labour land law laws leader leaders leadership league \
         legal legislation life lives lose lost market markets match measure measures medical medicine \
         meetings military minister ministers ministry mobile money music nation national nations nationwide \
         north northern office officer officers offices oil parliament parties party patients peace phone \
         player players police policies policy political politically politician politicians politics \
         population position pound pounds power powers present president presidential presidents price prices \
         private problem problems process program programme programmes programs project projects province \
         radio record region regional relation relations relationship relationships research researchers \
         resident residents rise risk risks road role russian safety school schools science scientific \
         scientist scientists season secretary security senate senior service services shares situation \
         social software south southern sport sports step steps stock street student students studies study \
         summit support supported supporters supporting system systems talks tax taxes team teams technology \
         telephone television term terms threat threats top tourists town towns trade trial union unions \
         united university vehicle victim victims victory village visit visitor visitors vote voters votes \
         war wars water weather west western win winning wins worker workers world worldwide",
    ),
    (
        "de",
        "aber alle alles als am an andere april auch auf august aus bei bereits bis damit dann das dass dem \
         den der des dezember die dienstag diese diesen dieser dieses doch donnerstag drei durch ein eine \
         einem einen einer eines er es etwa februar freitag für gegen gestern habe haben hat hatte heute \
         hier ich ihn ihnen ihr ihre ihren ihrer im in ist jahr jahre januar jede jetzt juli juni kann kein \
         keine konnte können mai man mehr mit mittwoch montag muss märz nach nicht noch november nur oder \
         oktober sagt sagte samstag schon sehr sein seine seiner seit september sich sie sind so soll \
         sollen sondern sonntag sowie uhr um und unter vier vom von vor waren was weil wenn werden wie \
         wieder will wir wird wo wurde wurden während würde zu zum zur zwei zwischen über",
    ),
    (
        "fr",
        "a ainsi an ans août après au aussi autres aux avait avant avec avril bien c c' c'est ce cela \
         certains ces cet cette comme d d' d'un d'une dans de des deux dimanche dit doit dont du décembre \
         déjà elle elles en encore entre est et faire fait février hier il ils j j' j'ai janvier je jeudi \
         juillet juin l l' l'on la le les leur lui lundi m m' mai mais mardi mars me mercredi même n n' \
         n'est ne ni nous novembre octobre on ont ou où par parce pas peut peuvent plus pour premier \
         première qu qu' qu'elle qu'il que qui quoi s s' s'est sa samedi sans se selon septembre sera ses \
         si son sont sous sur t tous tout toute toutes trois très un une vendredi vous y à ça était été être",
    ),
    (
        "es",
        "a abril agosto ahora al algunos allí antes así aunque ayer año años aún cada como con contra \
         cuales cuando de del desde después dice diciembre dijo domingo donde dos durante el ella ellos en \
         enero entre era eran es esa ese esos esta estaba estar estas este esto estos está están febrero \
         fue fueron ha haber había hace hacer han hasta hay hoy jueves julio junio la las le les lo los \
         lunes martes marzo mayo me mismo miércoles muy más ni no nos noviembre o octubre otra otras otro \
         otros para pero por porque puede pueden que quien qué se según septiembre ser si sido siempre sin \
         sino sobre solo son su sus sábado sí sólo también tiene tienen toda todas todavía todo todos tras \
         tres un una unos viernes y ya él",
    ),
    (
        "it",
        "a agosto al all all' alla alle altre altri altro anche ancora anni anno aprile aveva c'è che chi \
         ci come con contro così d d' da dal dall dalla dalle degli dei del dell dell' della delle dello \
         detto di dicembre domenica dopo due durante e era erano essere fare fatto febbraio gennaio giovedì \
         giugno gli ha hanno ho i il in l l' la le lo loro luglio lui lunedì ma maggio martedì marzo mentre \
         mercoledì molto ne nei nel nell nell' nella nelle nello non novembre o ottobre per perché però più \
         prima può quale quando quella quelli questa queste questo sabato se secondo sempre senza settembre \
         si solo sono stata stato su sua sue sul sull sulla sulle suo suoi tra tre tutta tutte tutti tutto \
         un un' una uno venerdì verso è",
    ),
    (
        "pt",
        "a abril agora agosto ainda ano anos antes ao aos após as até cada com como contra da das de depois \
         desde deste dezembro disse do dois domingo dos duas durante e ela elas ele eles em enquanto entre \
         era eram essa esse esta estar estas estava este estes está estão feira fevereiro foi foram havia \
         hoje há isso isto janeiro julho junho já maio mais março mas menos mesmo muito muitos na nas nem \
         no nos novembro não nós o onde ontem os ou outro outros outubro para pela pelo pode podem por \
         porque quais qual quando quarta que quem quinta se segunda segundo sem ser será setembro seu seus \
         sexta sim sobre sua suas sábado são só também tem ter terça tinha toda todo todos três têm um uma \
         uns vai você à às é",
    ),
    (
        "nl",
        "aan al aldus alle alleen alles als altijd andere april augustus bij daar dag dan dat de december \
         deze die dinsdag dit donderdag door drie dus een eerst eerste en er februari gaan gaat geen \
         geweest gisteren haar had hadden heb hebben heeft heel hem het hier hij hoe hun ik in is jaar \
         januari jaren je juli juni kan kon kunnen later maandag maar maart mag mei met mijn moet na naar \
         niet nog nooit november nu of oktober om omdat onder ons onze ook op over september sinds te tegen \
         tijdens toch toen tot tussen twee u uit van vandaag veel voor vooral vrijdag waar want waren was \
         wat we weer weinig wel werd werden wie wij woensdag worden wordt zal zaterdag ze zeer zegt zei \
         zich zij zijn zo zondag zonder zou zouden zullen",
    ),
    (
        "sv",
        "alla allt andra annan annat april att augusti av bara blev bli blir blivit dag de december dem den \
         denna deras dessa det detta du där då efter eller en enligt er ett fanns februari fem fick finns \
         fredag från fyra få får för före första genom går gör ha hade haft han hans har henne hennes hon \
         honom hos hur här i in ingen inget inte jag januari juli juni kan kom kommer kunde lördag maj mars \
         med mellan men mest mig mot mycket måndag många måste november nu när någon och också oktober om \
         onsdag oss på sa sade sedan september sig sin sina sitt ska skall skulle som säger så söndag till \
         tisdag torsdag tre två under upp ut utan vad var vara varit vem vi vid vilken vill ville vår än är \
         även år över",
    ),
    (
        "da",
        "af alle alt anden andet andre april at august blev blevet blive bliver da dag de december dem den \
         denne der deres det dette disse du efter eller en end er et februar fik for fordi fra fredag få \
         får før første gennem går gør haft ham han hans har havde have hende hendes her hos hun hvad hvem \
         hver hvilken hvis hvor hvordan hvorfor i ifølge ikke ind ingen januar jeg juli juni kan kom kommer \
         kun kunne lørdag maj mandag mange marts med meget mellem men mens mere mest mod må måtte nogen \
         noget nogle november nu når og også oktober om onsdag op os over på sagde selv september siden sig \
         siger sin sine sit skal skulle som så søndag til tirsdag to torsdag tre ud uden under var ved vi \
         vil ville vores være været år",
    ),
    (
        "no",
        "alle alt andre annen annet april at august av bare ble bli blir blitt da dag de dem den denne der \
         deres desember det dette disse du eller en enn er et etter februar fikk for fordi fra fredag få \
         får før første gjennom gjør går ha hadde han hans har hatt henne hennes her hos hun hva hvem hver \
         hvilken hvis hvor hvordan hvorfor i ifølge ikke inn januar jeg juli juni kan kom kommer kun kunne \
         lørdag mai mandag mange mars med mellom men mens mest mot mye må måtte noe noen november nå når og \
         også oktober om onsdag opp oss over på sa seg selv september siden sier sin sine sitt skal skulle \
         som så søndag til tirsdag to torsdag tre under ut uten var ved vi vil ville vår våre være vært å år",
    ),
    (
        "fi",
        "aikana ei eilen eivät elokuu elokuuta en enemmän ennen ensimmäinen että he heidän heinäkuu \
         heinäkuuta helmikuu helmikuuta huhtikuu huhtikuuta hyvin hän hänen ilman ja jo joka jonka jos \
         jossa jotka jotta joulukuu joulukuuta jälkeen kaikki kaksi kanssa kautta kertoi kertoo \
         keskiviikkona kesäkuu kesäkuuta kolme koska kuin kuka kun lauantaina lokakuu lokakuuta maaliskuu \
         maaliskuuta maanantaina marraskuu marraskuuta miksi mikä minä missä miten mitä muassa muita mukaan \
         mutta muun muut myös ne neljä niiden niin niitä noin nyt näiden nämä ole olen olevan oli olisi \
         olivat olla olleet ollut oma omaa on ovat paljon perjantaina pitää saa saanut sanoi sanoo se sekä \
         sen siinä siitä sille sitten sitä sunnuntaina syyskuu syyskuuta tai tammikuu tammikuuta te \
         tiistaina torstaina toukokuu toukokuuta tulee tuli tullut tämä tämän tänään tässä tästä tätä \
         vaikka vain vastaan vielä viisi voi voidaan voivat vuoden vuonna vuotta välillä yksi",
    ),
    (
        "pl",
        "a aby albo ale bardziej bardzo bez byli być był była było były będzie będą co czerwca czwartek czy \
         dla do dodał dodała dwa dwóch gdy gdzie go grudnia i ich im jak je jego jej jemu jest jeszcze \
         jeśli już ją kiedy kto która które którego której który których którym którzy którą kwietnia lat \
         lata lipca listopada lub lutego ma mają miał między mogą może można na nad nich nie niedziela \
         niedzielę niej nim o od on ona oni ono oraz października piątek po pod poniedziałek ponieważ \
         powiedział powiedziała przed przez przy rok roku również sierpnia się sobota sobotę stycznia \
         swoich są ta tak także tam te tego tej ten teraz to trzeba trzy tu tych tylko tym tymi tę u w we \
         według więc września wtorek z za ze został została zostały środa środę że",
    ),
    (
        "cs",
        "a aby ale ani až bez bude budou by byl byla byli bylo být března co dnes do dodal dubna dva ho i \
         jak jako je jeden jeho jej jejich její jen ještě ji jsem jsme jsou k kde kdo kdy když ke kterou \
         která které který kterých kteří května ledna let listopadu lze mají mezi mohou mu musí má měl může \
         na nad ne nebo neděle neděli nejsou není než o od on ona po pod podle pokud pondělí pouze pro \
         prosince proti protože pátek před přes při roce rok roku s se si sobota sobotu srpna středa středu \
         svou své svůj tady tak také tam tato ten tento to toho toto této tím těch tři u uvedl už v ve \
         velmi více včera však všech všechny z za ze září února úterý července června čtvrtek řekl října že",
    ),
    (
        "ro",
        "a aceasta această acest acesta aceste acestei acești aici al ale alte altă am an ani anul anului \
         apoi aprilie ar are astfel astăzi au august avea ați ca ce cea cei cel cele cu cum când cât că \
         către da dacă dar de decembrie deci declarat deja despre din doar doi două duminică după ea ei el \
         ele era erau este februarie fi foarte fost fără ianuarie ieri in iulie iunie joi la le lor lui \
         luni mai martie marți miercuri ne noi noiembrie nu numai o octombrie pe pentru poate precizat \
         prima prin până sa sale sau se septembrie si spre spus sub sunt sâmbătă să său toate tot toți \
         trebuie trei un una unde unei unor unui va vineri voi vor împotriva în încă însă între își şi și",
    ),
    (
        "hu",
        "a ahogy ahol aki akik akkor alatt amely amelyek amelyet ami amikor amit arra augusztus az azok \
         azonban azt azért be csak csütörtök csütörtökön de december egy el ellen elmondta első előtt erre \
         ez ezek ezt ezért február fel ha hanem hat hogy hogyan hol három hétfő hétfőn illetve is itt \
         január július június kedd kedden kell kettő kevés két közölte között le lehet lenne lesz lett majd \
         meg mellett mert mi miatt minden mindenki mint mit miért mondta most május már március más még \
         nagyon ne nem nincs november négy október ott pedig péntek pénteken s saját sem sok során \
         szeptember szerda szerdán szerint szombat szombaton tehát tette ti több után vagy valamint való \
         van vannak vasárnap viszont volna volt voltak által április át én és év évben éve így öt úgy ő ők \
         őt",
    ),
    (
        "ru",
        "а августа апреля без более больше бы был была были было быть в во воскресенье вот все всего всех \
         всё вторник вчера где говорит год года году да даже два две декабря для до добавил его ее если \
         есть еще ещё же за заявил заявила и из или им их июля июня к как какой когда которая которого \
         которое которой которые который которым которых кто лет марта мая может мы на над не нет них но \
         ноября ну о об октября он она они оно от отметил первый по под понедельник после потому при \
         пятница пятницу раз с своей своих свой сегодня сентября сказал сказала словам со сообщил среда \
         среду суббота субботу так также такой то того только том три ту у уже февраля хотя чем через \
         четверг что чтобы эта эти этих это этого этой этом этот я января",
    ),
    (
        "uk",
        "а або але без березня би був була були було бути більше в вересня вже вона вони воно все всі всіх \
         вчора вівторок від він грудня два дві де для до додав дуже жовтня з за зазначив заявив заявила зі \
         й його квітня коли липня листопада лише лютого мають має ми може можна можуть між на над не неділю \
         неділя немає них но о об п'ятницю п'ятниця перед перший по повідомив понеділок при про під після \
         року років році рік свої своїх свій середа середу серпня сказав сказала словами субота суботу \
         сьогодні січня та так також там те ти того тоді тому травня три ту тільки у усі хто це цей цим цих \
         цього ця ці червня через четвер чи чого ще що щоб щодо я як яка яке який якщо які є і із інші їх її",
    ),
    (
        "el",
        "άλλα άλλεσ άλλο έγινε ένα ένασ έτοσ έχει έχουν έωσ ή ήδη ήταν ίδιο ακόμα αλλά αν ανέφερε απριλίου \
         από αυγούστου αυτά αυτή αυτήσ αυτού αυτό αυτόσ αυτών γίνει για γιατί δήλωσε δε δεκεμβρίου δεν \
         δευτέρα δύο είναι είπε είχαν είχε εδώ εκεί εμείσ ενόσ ενώ επί επίσησ η θα ιανουαρίου ιουλίου \
         ιουνίου κάθε και κατά κι κυριακή λιγότερο μέχρι μαΐου μαρτίου μασ με μετά μεταξύ μη μην μια μιασ \
         μπορεί μόνο να νοεμβρίου ο οι οκτωβρίου οποία οποίο οποίοι οποίοσ πάντα πέμπτη παρασκευή \
         περισσότερο πιο πολύ που πού πρέπει πριν προσ πρώτη πωσ σάββατο σήμερα σασ σε σεπτεμβρίου στα στη \
         στην στισ στο στον στουσ σύμφωνα τα τετάρτη τη την τησ τι τισ το τον του τουσ τρία τρίτη τρεισ των \
         τόνισε τώρα υπάρχει υπό φεβρουαρίου χρόνια χωρίσ ωσ όλα όλεσ όλοι όμωσ όπωσ όταν ότι ώστε",
    ),
    (
        "tr",
        "aldı altı ama ancak aralık artık aynı az ağustos bazı belirtti beş bin bir biz bu bugün buna \
         bunlar bunu bunun böyle bütün cuma cumartesi da daha de dedi değil diye diğer dokuz dolayı dört \
         dün edildi edilen ediyor ekim en etti ettiği eylül eğer fakat gibi göre gün hangi hatta haziran \
         hem henüz her hiç ifade iki ile ilk ise için i̇fade i̇ki i̇le i̇lk i̇se i̇çin kadar karşı kasım kendi \
         kendisi mart mayıs mi mu mı nasıl ne neden nisan o ocak olacak olan olarak oldu olduğu olduğuna \
         olduğunu olmak olması ona onların pazar pazartesi perşembe rağmen sadece salı sekiz sen siz son \
         sonra söyledi temmuz tüm var ve veya ya yani yaptı yapılan yedi yer yine yok yüz yıl yılında \
         çarşamba çok çünkü önce öyle üzere üç şimdi şu şubat şöyle",
    ),
    (
        "id",
        "ada adalah agar agustus akan aku anda antara apa april atas atau bagaimana bagi bahwa banyak bawah \
         beberapa belum berapa bila bisa bukan bulan dalam dan dapat dari dengan desember di dia dua empat \
         enam februari hanya hari harus hingga ingin ini itu jangan januari jika juga juli jumat juni kalau \
         kami kamis kapan karena kata ke kepada ketika kini kita lagi lain lainnya lebih maka mana maret \
         masih mei mengapa mengatakan menjadi menurut menyatakan mereka merupakan meskipun minggu namun \
         november oktober oleh pada paling para perlu pernah pun rabu saat sabtu saja sampai sangat satu \
         saya sebab sebagai sebelum sebuah secara sedang sedangkan sejak sekali selama selasa seluruh semua \
         senin seorang seperti september serta sesudah setelah setiap siapa sini sudah supaya tahun tak \
         tapi telah tentang terhadap tersebut tetapi tidak tiga ujar untuk walaupun ya yaitu yakni yang",
    ),
    (
        "ar",
        "أبريل أضاف أغسطس أكتوبر أكثر أكد أم أمام أمس أن أنه أنها أو أول أي أيضا إبريل إذا إلا إلى إن اذا \
         الأحد الأربعاء الإثنين الاثنين التي الثلاثاء الجمعة الخميس الذي الذين السبت الى اليوم ان او ب بأن \
         بسبب بعد بعض بل به بها بين تحت تكون تلك ثم حتى حول حيث خلال ديسمبر ذلك س سبتمبر ضد عام عبر على \
         عليه عليها عن عندما غير ف فبراير فقط فوق فى في فيه فيها قال قالت قبل قد ك كان كانت كل كما ل لأن لا \
         لدى لقد لكن لم لن له لها لهم ليس ما ماذا مارس مايو مثل مع من منذ منه منها نحو نوفمبر هذا هذه هم \
         هنا هناك هو هي و وأضاف وأكد وأن واحد وعلى وفي وقال وقالت وقد وكان وكانت ولا ولكن ولم وما ومن وهذا \
         وهو وهي يكون يناير يوليو يوم يونيو",
    ),
    (
        "fa",
        "آبان آذر آن آنان آنها آوریل آیا اردیبهشت از است اسفند افزود اما امروز او اوت اول اکتبر اکنون اگر \
         ای ایشان این با باشد باشند باید بدون بر برای بسیار بعد بلکه به بهمن بود بودند بوده بیشتر بین تا تو \
         جمعه حال خرداد خواهد خواهند خود خیلی دارد دارند داشت داشته در درباره دسامبر دو دوشنبه دیروز دیگر \
         را روز روی زیر زیرا سال سه سهشنبه سپتامبر شاید شد شدند شده شما شنبه شهریور شود طی فروردین فوریه \
         قبل ما مارس ماه مرداد من مورد می میان میتواند میشود میشوند میکند میکنند نمی نوامبر نیز نیست نیستند \
         ها های هایی هر هست هستند هم همان همه همچنین همین و ولی وی پس پنج پنجشنبه پیش چند چنین چه چهار \
         چهارشنبه چون چگونه ژانویه ژوئن ژوئیه کرد کردند کرده کمتر کند کنند که گفت گفتند گفته یا یک یکشنبه",
    ),
    (
        "he",
        "אבל או אוגוסט אולי אוקטובר אותה אותו אותם אחד אחר אחרי אחרים אחת אין אך אל אלה אלו אם אמר אמרה \
         אמרו אנחנו אני אפריל את אתה אתמול ב בגלל בה בהם בו ביותר בין בכל גם דצמבר ה הוא הוסיף הזאת הזה הזו \
         היא היה היו היום הייתה היתה הם הן ו וגם ולא זאת זה זו חמישי יהיה יהיו יולי יום יוני יותר ינואר יש \
         כ כאן כאשר כבר כדי כי כך כל כמה כמו ל לא לאחר לדברי לדבריו לה להיות להם לו ליד לך לכן למה למרות \
         לנו לפי לפני מ מאוד מאי מה מול מחר מי ממנו מסר מרץ מתוך מתי נגד נובמבר נמסר ספטמבר עד עוד עכשיו על \
         עם פברואר פחות ראשון רביעי רק ש שבת שהוא שהיא שישי של שלא שלה שלהם שלו שלישי שלנו שם שנה שני שנים \
         שתי תהיה תחת",
    ),
    (
        "hi",
        "अक्टूबर अगर अगस्त अधिक अपना अपनी अपने अप्रैल अब आज आप इन इस इसका इसकी इसके इसे उन उनका उनकी उनके \
         उन्हें उन्होंने उस उसका उसकी उसके उसे एक एवं और कर करता करती करते करना करने कल कहना कहा कहां का कि \
         किए किया किसी की कुछ के को कोई क्या क्यों गई गए गया गुरुवार जनवरी जब जा जाता जाने जिस जिसके जिसमें \
         जिसे जुलाई जून जो तक तथा तब तीन तो था थी थे दिए दिन दिया दिसंबर दी दो द्वारा न नवंबर नहीं ने पर \
         पहले फरवरी बताया बहुत बाद बुधवार भी मंगलवार मई मार्च में मैं यदि यह या ये रविवार रहा रही रहे लिए \
         लेकिन वह वाली वाले वे शनिवार शुक्रवार सकता सकते सब सभी साथ साल सितंबर से सोमवार सौ हम ही हुआ हुई \
         हुए है हैं हो होगा होता होती होते होने",
    ),
    (
        "ko",
        "가장 강조했다 같은 같이 것 것도 것으로 것은 것을 것이 것이다 관해 그 그가 그녀는 그는 그들은 \
         그래서 그러나 그리고 그의 금요일 까지 나는 내일 년 다른 다시 대한 대해 더 덧붙였다 동안 됐다 되고 \
         되는 된 된다 될 뒤 등 등을 등의 등이 따라 따라서 따르면 때문 때문에 또 또는 또한 라고 많은 많이 \
         말했다 매우 모두 모든 목요일 무엇 및 바로 밝혔다 부터 설명했다 수 수요일 아니다 아니라 아닌 아직 \
         약 어떤 어떻게 어제 없는 없다 없이 여러 오는 오늘 우리 우리가 우리는 우리의 월 월요일 위한 위해 \
         의해 이 이날 이는 이라고 이를 이미 이번 이에 이와 이후 일 일요일 있는 있다 있다고 있도록 있었다 \
         있으며 있을 저 전 전했다 중 지난 첫 토요일 통한 통해 특히 하고 하기 하나 하는 하며 하지 하지만 한 \
         한다 한다고 할 함께 해 했다 했다고 했으며 현재 화요일 후",
    ),
];
