/// What a server says of a mailbox, read from the lines of its answer (RFC 9051).
package enum IMAPAnswer {
    package struct Status: Equatable, Sendable {
        /// Numbers of messages mean something within one value of it.
        package let validity: Int64
        /// The next message gets at least this number.
        package let next: Int64
    }

    /// Of `* STATUS "INBOX" (UIDVALIDITY 3 UIDNEXT 8)`. `nil` where either is missing.
    package static func status(_ bytes: [UInt8]) -> Status? {
        for line in bytes.split(separator: 0x0A) {
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasPrefix("* STATUS "), let open = text.lastIndex(of: "("),
                let close = text.lastIndex(of: ")"), open < close
            else { continue }
            let words = text[text.index(after: open)..<close].split(separator: " ")
            func value(_ name: String) -> Int64? {
                words.firstIndex { $0.uppercased() == name }.flatMap { place in
                    place + 1 < words.count ? number(words[place + 1]) : nil
                }
            }
            if let validity = value("UIDVALIDITY"), let next = value("UIDNEXT") {
                return Status(validity: validity, next: next)
            }
        }
        return nil
    }

    /// Of `* SEARCH 4 6 7`: those above `last`, each once, in order. A server that is asked for `5:*` names
    /// its last message even when that is older.
    package static func found(_ bytes: [UInt8], after last: Int64) -> [Int64] {
        var found: Set<Int64> = []
        for line in bytes.split(separator: 0x0A) {
            let words = line.split { $0 == 0x20 || $0 == 0x0D }.map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 2, words[0] == "*", words[1].uppercased() == "SEARCH" else { continue }
            found.formUnion(words[2...].compactMap { number(Substring($0)) }.filter { $0 > last })
        }
        return found.sorted()
    }

    /// Of 32 bits and above 0, as all numbers of IMAP.
    private static func number(_ word: Substring) -> Int64? {
        UInt32(word).flatMap { $0 > 0 && word.first != "+" ? Int64($0) : nil }
    }
}
