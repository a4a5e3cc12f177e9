/// What a comment speaks of, for counting in how many comments a term stands.
package enum Terms {
    /// The distinct words of a comment without stop words and single letters, and the pairs of such words
    /// that stand side by side: `late delivery`, `等了小时`.
    package static func of(_ text: String, _ language: ReaderLanguage) -> Set<String> {
        let stopWords = StopWords.of(language)
        let isChinese = language == .zhHans || language == .zhHant
        var terms: Set<String> = []
        var before: String?
        for word in Words.cut(text, language) {
            guard !stopWords.contains(word), isChinese || word.utf8.count > 1 else {
                before = nil
                continue
            }
            terms.insert(word)
            if let before { terms.insert(isChinese ? before + word : before + " " + word) }
            before = word
        }
        return terms
    }
}

/// In how many documents of each group a term stands, in bounded memory.
///
/// When there are more terms than `capacity`, the rarest half is forgotten. A term that comes back is then
/// counted too low, by at most `forgotten`; while that is 0 every count is exact.
package struct TermCounter: Sendable {
    package struct Count: Sendable, Equatable {
        package var first: Int32 = 0
        package var second: Int32 = 0
        package var total: Int { Int(first) + Int(second) }
    }

    package private(set) var counts: [String: Count] = [:]
    /// Documents seen in each group.
    package private(set) var documents = Count()
    package private(set) var forgotten = 0
    private let capacity: Int

    package init(capacity: Int = 200_000) { self.capacity = capacity }

    /// One document: its distinct terms.
    package mutating func add(_ terms: Set<String>, toFirst isFirst: Bool) {
        documents.add(isFirst)
        for term in terms { counts[term, default: Count()].add(isFirst) }
        if counts.count > capacity { forgetRarest() }
    }

    private mutating func forgetRarest() {
        let totals = counts.values.map(\.total).sorted()
        let limit = totals[totals.count / 2]
        counts = counts.filter { $0.value.total > limit }
        forgotten += limit
    }
}

extension TermCounter.Count {
    fileprivate mutating func add(_ isFirst: Bool) { if isFirst { first += 1 } else { second += 1 } }
}
