import Testing

@testable import Language

private func say(_ text: String, _ values: [String: MessageValue] = [:], _ language: ReaderLanguage = .en)
    -> String
{
    Messages(language, texts: ["key": text], over: .of(language))("key", values)
}

@Test func `placeholders are filled, and one without a value stays visible`() {
    #expect(say("{name} has {count} cases", ["name": "Ann", "count": 1204]) == "Ann has 1,204 cases")
    #expect(say("{name} has {count}", ["count": 2]) == "{name} has 2")
    #expect(say("{score, number}", ["score": "1204"]) == "1,204")
    #expect(say("{low} to {high}", ["low": 27.04, "high": .signed(-3)]) == "27.0 to \u{2212}3.0")
}

@Test(arguments: [
    (0, "nobody"), (1, "one answer"), (2, "2 answers"), (1000, "1,000 answers"),
])
func `an exact number goes before a plural form`(count: Int, expected: String) {
    let text = "{n, plural, =0{nobody} one{one answer} other{# answers}}"
    #expect(say(text, ["n": .int(count)]) == expected)
    #expect(say(text, ["n": .string("\(count)")]) == expected)
}

@Test(arguments: [
    (0, "0 spraw"), (1, "1 sprawa"), (3, "3 sprawy"), (5, "5 spraw"), (12, "12 spraw"), (22, "22 sprawy"),
    (112, "112 spraw"),
])
func `Polish counts in one, few and many`(count: Int, expected: String) {
    #expect(
        say("{n, plural, one{# sprawa} few{# sprawy} many{# spraw} other{# sprawy}}", ["n": .int(count)], .pl)
            == expected)
}

@Test func `a number with decimals takes the form for fractions`() {
    #expect(say("{n, plural, one{# punkt} few{f} many{m} other{# punktu}}", ["n": 1.5], .pl) == "1,5 punktu")
    #expect(say("{n, plural, one{# point} other{# points}}", ["n": 1.0]) == "1.0 points")
}

@Test(arguments: [("agent", "an agent of 3"), ("owner", "somebody of 3"), ("", "somebody of 3")])
func `select falls back to other, and a plural around it keeps its number`(role: String, expected: String) {
    let text = "{n, plural, one{x} other{{role, select, agent{an agent} other{somebody}} of #}}"
    #expect(say(text, ["n": 3, "role": .string(role)]) == expected)
}

@Test(arguments: [
    ("don't", "don't"), ("it''s", "it's"), ("'{n}'", "{n}"), ("'{' and '}'", "{ and }"),
    ("# stays", "# stays"),
    ("{n, plural, other{'#' is #}}", "# is 4"), ("a '{''}' b", "a {'} b"), ("end'", "end'"),
])
func `apostrophes quote as ICU does it`(text: String, expected: String) {
    #expect(say(text, ["n": 4]) == expected)
}

@Test(arguments: [
    "{", "{}", "}", "{n", "{n,}", "{n, plural}", "{n, plural, one{x}}", "{n, plural, other{x}",
    "{n, select, a{x}}",
    "{n, colour}", "{n, plural, two{x} other{y}}", "{n, number", "{a b}", "{n, plural, other x}",
])
func `a broken text is refused`(text: String) {
    #expect(throws: MessageSyntaxError.self) { try MessagePattern(text) }
}

@Test func `a key that a language lacks is said in English, an unknown one as itself`() {
    let empty = Messages(.pl, texts: [:])
    #expect(empty("action.save") == "Save")
    #expect(empty("no.such-key") == "no.such-key")
    #expect(!empty.has("action.save"))
    #expect(Messages.of(.pl)("action.save") == "Zapisz")
}

@Test(arguments: [
    ("pl-PL", ReaderLanguage.pl), ("en_GB", .en), ("zh", .zhHans), ("zh-CN", .zhHans), ("zh-SG", .zhHans),
    ("zh-TW", .zhHant), ("zh-HK", .zhHant), ("zh-MO", .zhHant), ("zh-Hant-CN", .zhHant),
    ("zh-Hans-TW", .zhHans),
    ("ZH-hant", .zhHant),
])
func `a tag leads to the nearest language we speak`(tag: String, expected: ReaderLanguage) {
    #expect(ReaderLanguage(tag: tag) == expected)
}

@Test func `the first language that we speak is taken`() {
    #expect(ReaderLanguage.first(of: ["de-DE", "fr", "zh-HK", "en"]) == .zhHant)
    #expect(ReaderLanguage.first(of: ["de", "", "x"]) == nil)
    #expect(ReaderLanguage.allCases.map(\.ownName) == ["English", "简体中文", "繁體中文", "polski"])
}
