import Testing

@testable import Formats

@Suite struct `Phrases in a text` {
    private let phrases = Phrases(["user unknown", "użytkownik", "用户不存在", "unknown", ""])

    @Test(arguments: [
        "User Unknown", "550 5.1.1 user unknown", "nieznany U\u{17B}YTKOWNIK.", "抱歉，用户不存在。", "uunknown",
        "nieznany uz\u{307}ytkownik",
    ])
    func `are heard wherever they stand`(text: String) { #expect(phrases.areHeard(in: text)) }

    @Test(arguments: ["", "user", "user  unknow", "uzytkownik", "用户不存", "u\u{301}nknown"])
    func `are not heard where a letter differs`(text: String) { #expect(!phrases.areHeard(in: text)) }

    @Test func `of none are never heard`() { #expect(!Phrases([]).areHeard(in: "a")) }
}
