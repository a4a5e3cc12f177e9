/// Everything that a feature may not make up for itself: the time, new ids, chance. Made in `App`, handed
/// down.
package struct World: Sendable {
    package var now: @Sendable () -> Timestamp
    package var newID: @Sendable () -> Int64
    /// Unguessable bytes, for tokens.
    package var random: @Sendable (_ count: Int) -> [UInt8]

    package init(
        now: @escaping @Sendable () -> Timestamp, newID: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.now = now
        self.newID = newID
        self.random = random
    }

    package func id<Tag>() -> Identifier<Tag> { Identifier(newID()) }

    /// 32 letters of hexadecimal: 128 random bits, what a link to a stranger carries.
    package func linkToken() -> String { random(16).hexadecimal }
    /// 64 letters: 256 random bits, what a session or an API token carries.
    package func secretToken() -> String { random(32).hexadecimal }
}

extension Sequence<UInt8> {
    package var hexadecimal: String {
        // By one concrete loop, whatever the sequence: 100,000 invitations have two each.
        withContiguousStorageIfAvailable(letters(of:)) ?? Array(self).withUnsafeBufferPointer(letters(of:))
    }
}

private func letters(of bytes: UnsafeBufferPointer<UInt8>) -> String {
    let digits: StaticString = "0123456789abcdef"
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { letters in
        for (place, byte) in bytes.enumerated() {
            letters[2 * place] = digits.utf8Start[Int(byte >> 4)]
            letters[2 * place + 1] = digits.utf8Start[Int(byte & 15)]
        }
        return 2 * bytes.count
    }
}
