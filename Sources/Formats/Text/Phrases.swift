/// Phrases in lower case, looked for in a text all at once: one pass over its bytes.
package struct Phrases: Sendable {
    private let phrases: [String]
    /// The bytes of each, by the first of them.
    private let byStart: [[[UInt8]]]

    package init(_ phrases: [String]) {
        self.phrases = phrases.filter { !$0.isEmpty }
        var byStart = [[[UInt8]]](repeating: [], count: 256)
        for phrase in self.phrases {
            let bytes = Array(phrase.utf8)
            byStart[Int(bytes[0])].append(bytes)
        }
        self.byStart = byStart
    }

    /// Whether one of them stands in it, in letters of any size.
    package func areHeard(in text: String) -> Bool {
        var text = text.lowercased()
        // A letter and its accent apart are the same character as both in one, but other bytes.
        if text.utf8.contains(where: { $0 == 0xCC || $0 == 0xCD }) {
            return phrases.contains { text.contains($0) }
        }
        return text.withUTF8 { bytes in
            bytes.indices.contains { start in
                byStart[Int(bytes[start])].contains { phrase in
                    phrase.count <= bytes.count - start
                        && phrase.indices.allSatisfy { bytes[start + $0] == phrase[$0] }
                }
            }
        }
    }
}
