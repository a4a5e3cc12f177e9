import Testing

@testable import Language

@Test(arguments: [
    ("The courier was rude and late", ReaderLanguage.en), ("ok, thanks", .en), ("Great", .en),
    ("Kurier był niemiły i się spóźnił", .pl), ("nie polecam", .pl),
    ("bardzo dlugo czekalem na obsluge", .pl),
    ("Szybko i sprawnie", .pl), ("drogo", .pl), ("服务态度很差", .zhHans), ("服務態度很差", .zhHant), ("等了两个小时", .zhHans),
    ("等了兩個小時", .zhHant), ("wifi 太慢，东西不好", .zhHans), ("這裡的iPhone維修不錯", .zhHant),
])
func `a comment tells its language`(text: String, expected: ReaderLanguage) {
    #expect(LanguageGuess.of(text) == expected)
}

@Test(arguments: ["", "👍👍", "10/10", "Привет, как дела", "ありがとうございます", "مرحبا"])
func `what is none of our languages is none`(text: String) {
    #expect(LanguageGuess.of(text) == nil)
}

@Test func `where two are open the prior decides`() {
    #expect(LanguageGuess.of("很好", prior: .zhHant) == .zhHant)
    #expect(LanguageGuess.of("很好", prior: .pl) == .zhHans)
    #expect(LanguageGuess.of("super", prior: .en) == .en)
}
