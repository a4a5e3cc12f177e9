import Testing

@testable import Language

@Test(arguments: [
    ("The courier was LATE, 3 hours!", ["the", "courier", "was", "late", "hours"]),
    ("don't o’clock 'quoted' rock'n'", ["don't", "o'clock", "quoted", "rock'n"]),
    ("5G in 2024: mp3", ["5g", "in", "mp3"]), ("Ｗｉ－Ｆｉ ok", ["wi", "fi", "ok"]), ("👍 42 …", []), ("", []),
])
func `English words are runs of letters, without numbers`(text: String, expected: [String]) {
    #expect(Words.cut(text, .en) == expected)
}

@Test func `Polish words keep their accents`() {
    #expect(Words.cut("Żółta OBSŁUGA, nie polecam.", .pl) == ["żółta", "obsługa", "nie", "polecam"])
}

@Test(arguments: [
    ("等了2个小时，太慢了", ReaderLanguage.zhHans, ["等", "了", "个", "小时", "太慢", "了"]),
    ("服務態度很好 wifi.slow", .zhHant, ["服務", "態度", "很好", "wifi", "slow"]),
    ("𠮷野家好吃", .zhHans, ["𠮷", "野家", "好吃"]),
])
func `Chinese is cut by dictionary`(text: String, language: ReaderLanguage, expected: [String]) {
    #expect(Words.cut(text, language) == expected)
}

@Test func `stop words leave the words that complain`() {
    #expect(!StopWords.of(.en).contains("not") && StopWords.of(.en).contains("the"))
    #expect(!StopWords.of(.pl).contains("nie") && StopWords.of(.pl).contains("się"))
    #expect(!StopWords.of(.zhHant).contains("不") && StopWords.of(.zhHant).contains("的"))
}

@Test func `many callers at once cut alike`() async {
    let text = "服务态度很差，等了很久没有人理"
    let alone = Words.cut(text, .zhHans)
    await withTaskGroup(of: [String].self) { group in
        for _ in 0..<64 { group.addTask { Words.cut(text, .zhHans) } }
        for await words in group { #expect(words == alone) }
    }
}
