import Kernel
import Testing

@testable import Accounts

@Suite struct `Guessing` {
    private let last = Timestamp(milliseconds: 1_795_435_200_000)

    @Test(
        arguments: [
            (1, 0, nil), (9, 0, nil), (10, 0, 2), (10, 1, 1), (10, 2, nil), (11, 0, 4), (12, 0, 8),
            (18, 0, 512),
            (19, 0, 900), (1_000_000, 0, 900), (1_000_000, 899, 1), (1_000_000, 900, nil),
        ] as [(Int, Int, Int?)])
    func `waits twice as long each time, and never for good`(failures: Int, after: Int, wait: Int?) {
        let limit = SignInLimit(failures: failures, lastAt: last)
        #expect(limit.waitSeconds(free: 10, at: last + .seconds(after)) == wait)
    }

    @Test func `from one customer's network counts as one`() {
        let key = { SignInLimit.Subject.address($0).key }
        #expect(key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9"))
        #expect(key("2001:db8:1:2::1") != key("2001:db8:1:3::1"))
        #expect(key("::ffff:192.0.2.1") == key("192.0.2.1") && key("192.0.2.1") != key("192.0.2.2"))
    }

    @Test func `leaves no address or mailbox in the store`() {
        #expect(!SignInLimit.Subject.email("anna@example.com").key.contains("anna"))
        #expect(!SignInLimit.Subject.address("192.0.2.1").key.contains("192"))
    }
}
