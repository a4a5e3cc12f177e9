import Accounts
import Testing

@Suite struct `A password` {
    @Test(arguments: [
        ("short", "password-too-short"), ("123456789", "password-too-short"),
        ("1234567890", "password-guessable"),
        ("aaaaaaaaaaaa", "password-guessable"), ("abababababab", "password-guessable"),
        ("qwertyuiop", "password-guessable"), ("poiuytrewq", "password-guessable"),
        ("Password123", "password-guessable"), ("anna.nowak2026", "password-guessable"),
        ("my-rapport-pass", "password-guessable"),
        (String(repeating: "lampa drewno ", count: 11), "too-long"),
    ])
    func `that is easily guessed is refused`(password: String, code: String) {
        #expect(Password.fault(in: password, email: "anna.nowak@example.com")?.code == code)
    }

    @Test(arguments: ["zielona lampa 7", "correct horse battery", "四个随机的词语放在一起", "kX9-vf!q2Lw"])
    func `that is long and one's own will do`(password: String) {
        #expect(Password.fault(in: password, email: "anna@example.com") == nil)
    }

    @Test func `is stored as argon2id with 46 MiB and known again`() async throws {
        let stored = try await Password.hash("zielona lampa 7")
        #expect(stored.hasPrefix("$argon2id$v=19$m=47104,t=2,p=1$"))
        #expect(try await Password.isRight("zielona lampa 7", for: stored))
        #expect(try await !Password.isRight("zielona lampa 8", for: stored))
        #expect(try await Password.hash("zielona lampa 7") != stored)
    }

    @Test func `of nobody costs as much work and is never right`() async throws {
        let stored = try await Password.hash("zielona lampa 7")
        let clock = ContinuousClock()
        let known = try await clock.measure { _ = try await Password.isRight("wrong", for: stored) }
        let unknown = try await clock.measure { _ = try await Password.isRight("wrong", for: nil) }
        #expect(try await !Password.isRight("wrong", for: nil))
        #expect(unknown > known / 5 && known > .milliseconds(5))
    }
}
