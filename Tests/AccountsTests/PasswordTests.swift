@testable import Accounts
import Testing

@Suite struct `A password` {
    @Test(arguments: [
        ("short", "password-too-short"), ("zielona lam", "password-too-short"),
        ("123456789012", "password-guessable"), ("aaaaaaaaaaaa", "password-guessable"),
        ("abababababab", "password-guessable"), ("lkjhgfdsapoiu", "password-guessable"),
        ("15.08.1985 12", "password-guessable"), ("Password1234", "password-guessable"),
        ("P@ssw0rd2026!", "password-guessable"), ("Sunshine2026!", "password-guessable"),
        ("iloveyouiloveyou", "password-guessable"), ("SonyEricsson", "password-guessable"),
        ("1qaz2wsx3edc", "password-guessable"), ("!!123456qwerty", "password-guessable"),
        ("anna.nowak2026", "password-guessable"), ("my-rapport-pass", "password-guessable"),
        (String(repeating: "lampa drewno ", count: 11), "too-long"),
    ])
    func `that is easily guessed is refused`(password: String, code: String) {
        #expect(Password.fault(in: password, email: "anna.nowak@example.com")?.code == code)
    }

    @Test(arguments: [
        "zielona lampa 7", "correct horse battery", "四个随机的词语放在一起吧", "kX9-vf!q2Lw7",
        "sunshine over nine hills",
    ])
    func `that is long and one's own will do`(password: String) {
        #expect(Password.fault(in: password, email: "anna@example.com") == nil)
    }

    @Test func `is compared with thousands that many people have`() {
        #expect(CommonPasswords.count >= 3000)
        #expect(
            CommonPasswords.holds(anyOf: ["letmein"]) && !CommonPasswords.holds(anyOf: ["letmein in", ""]))
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
        // The shortest of some: other tests run beside.
        func shortest(for stored: String?) async throws -> Duration {
            var shortest = Duration.seconds(60)
            for _ in 0..<4 {
                let once = try await ContinuousClock().measure {
                    _ = try await Password.isRight("wrong", for: stored)
                }
                shortest = min(shortest, once)
            }
            return shortest
        }
        let (known, unknown) = (try await shortest(for: stored), try await shortest(for: nil))
        #expect(try await !Password.isRight("wrong", for: nil))
        #expect(unknown > known / 5 && known > .milliseconds(5))
    }
}
