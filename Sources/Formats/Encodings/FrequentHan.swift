/// Characters that make up most of any Chinese text, and of what customers write above all. They tell the
/// encodings apart: read in the wrong one, a text is full of rare characters.
enum FrequentHan {
    static let simplified = """
        的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多
        经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性
        知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次
        度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建
        务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路
        记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运满服态质差店味客售退货快慢贵宜喜欢推荐购买
        价钱待排环境菜吃送修装评分户非常满意一般失望希望谢谢您请
        """
    static let traditional = """
        的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡裏用道行所然家種事成方
        多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性
        知全三又關點正業外將兩高間由問很最重並物手應向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門
        任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接
        必場件計管期市直資命金指許統區保至形社便空決展科司五基眼書非則聽白卻界達光放強即像難且權思完設式色路記南品住告類求據程北邊
        該交規萬取格望覺術領共確傳師觀清今切院讓識候帶導爭運滿服態質差店味客售退貨快慢貴宜喜歡推薦購買價錢待排隊環境菜吃送修裝評戶
        嘅咗喺啲唔係失望希謝您請
        """

    /// The two bytes of each in the encoding that it is written in.
    static let inGB18030 = pairs(simplified, .gb18030)
    static let inBig5 = pairs(traditional, .big5)

    private static func pairs(_ text: String, _ encoding: TextEncoding) -> Set<UInt16> {
        text.reduce(into: []) { pairs, character in
            let bytes = Transcoder.encode(String(character), as: encoding)
            if bytes.count == 2 { pairs.insert(UInt16(bytes[0]) << 8 | UInt16(bytes[1])) }
        }
    }
}
