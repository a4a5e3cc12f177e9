import Testing

@testable import Language

/// Whether a database that only compares words would find `text` by `query`.
private func isFound(_ text: String, by query: String) -> Bool {
    let words = Set(SearchWords.cut(text)), asked = SearchWords.asked(query)
    return !asked.isEmpty && asked.allSatisfy(words.contains)
}

@Test(arguments: [
    ("Obsługa była POWOLNA", "obsluga"), ("Obsluga byla powolna", "obsługa"), ("łódź", "LODZ"),
    ("Crème brûlée", "creme brulee"), ("ＡＢＣ１２３", "abc123"), ("straße", "STRASSE"),
    ("order 20240131", "20240131"),
    ("don’t", "don't"), ("Ёлка", "елка"), ("cafe\u{301}", "café"),
])
func `case, accents and width do not matter`(text: String, query: String) {
    #expect(isFound(text, by: query))
}

@Test(arguments: [
    ("服務態度很好", "服务态度"), ("服务态度很好", "態度"), ("等太久了", "太久"), ("這裡的麵很好吃", "面"), ("后面的面条", "後面"),
    ("自動售貨機壞了", "售货机"), ("慢", "慢"), ("太慢了", "慢"), ("𠮷野家", "野家"),
])
func `either script finds the other, and any part finds the whole`(text: String, query: String) {
    #expect(isFound(text, by: query))
}

@Test(arguments: [("服务很好", "服装"), ("good service", "bad"), ("慢", "快"), ("anything", "…")])
func `what is not there is not found`(text: String, query: String) {
    #expect(!isFound(text, by: query))
}

@Test func `every part of a Chinese comment finds it`() {
    let text = "状元楼饭店第一次去服务员的素质更体现我们宁波人的精神面貌"
    let letters = Array(text)
    for start in letters.indices {
        for end in start + 1...letters.count { #expect(isFound(text, by: String(letters[start..<end]))) }
    }
}

@Test func `a text gives its characters and their pairs, each once`() {
    #expect(SearchWords.cut("太慢太慢 Slow slow") == ["太", "慢", "太慢", "慢太", "slow"])
    #expect(SearchWords.asked("太慢了") == ["太慢", "慢了"])
}

@Test func `a word that nobody could type is cut off`() {
    #expect(SearchWords.cut(String(repeating: "x", count: 5000)).map(\.count) == [64])
    #expect(isFound(String(repeating: "x", count: 5000), by: String(repeating: "x", count: 4000)))
}

/// What is looked up letter by letter is what ICU makes of the whole text, which the last letter asks for.
@Test(
    arguments: [
        "", " ", "Don't stop, DON'T!", "a1 A1 a-1", String(repeating: "Xy ", count: 90), "x\u{7F}y\0w",
        (0..<60).map { "word\($0 % 40)" }.joined(separator: "-"), "Żółw nie żyje… naprawdę",
        "「客服」很快就回電話，問題解決了……謝謝！ＯＫ５", "a\u{A8}o a\u{B4} x\u{2033}y 1\u{BD}2 \u{3007}三",
        "Ærø ĳ ǆ ſ ŉ ĸ µ ª º ² ¼ ÷ × ß", String(repeating: "ą", count: 80),
    ])
func `a plain text is cut as any other`(text: String) {
    #expect(SearchWords.cut(text + " か") == SearchWords.cut(text) + ["か"])
}

@Test func `letters that are looked up are those that ICU gives, in any company`() {
    let units = (0...UInt16.max).filter { SearchLetters.folded[Int($0)] != 0xFFFF }
    #expect(units.count > 28_000)
    for start in stride(from: 0, to: units.count, by: 97) {
        let some = Array(units[start..<min(start + 97, units.count)])
        let orders: [[UInt16]] = [some, some.reversed(), some.flatMap { [$0, 0x61] }]
        for order in orders {
            let text = String(decoding: order, as: UTF16.self)
            #expect(SearchWords.cut(text + " か") == SearchWords.cut(text) + ["か"])
        }
    }
}

@Test func `one line holds the words of several texts, each once`() {
    var line = SearchLine()
    #expect(line.line(of: ["Slow 慢", "slow, żal"]) == "slow 慢 zal")
    #expect(line.line(of: ["…", ""]) == "")
    let many = (0..<500).map { "w\($0)" }
    #expect(line.line(of: [many.joined(separator: " ")]) == many.joined(separator: " "))
    #expect(line.line(of: ["𠮷野"]) == "𠮷 野 𠮷野")
}

@Test(arguments: ["\u{0}", "a\u{0}b", "'; DROP", "🙂👨‍👩‍👧", "a\"b*", "مرحبا", "\u{200B}x\u{FEFF}"])
func `words hold letters and digits only`(text: String) {
    for word in SearchWords.cut(text) {
        #expect(
            word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || $0.properties.numericType != nil })
    }
}
