import Language
import Statistics

/// A term that the lowest band says and the highest does not.
package struct TermFinding: Sendable {
    package let term: String
    /// In how many comments of the lowest band, and of the highest.
    package let low: Int
    package let high: Int
    package let z: Double
    package let q: Double
    /// At most two, personal data masked.
    package let quotes: [String]
}

/// What the lowest band says and the highest does not, and how much was looked at.
package struct TermReport: Sendable {
    /// At most this many are sent, and shown.
    static let mostTerms = 30
    static let mostShown = 12

    /// The surest first; only those with q < .05.
    package let findings: [TermFinding]
    package var shown: [TermFinding] { Array(findings.prefix(Self.mostShown)) }

    /// Comments of both bands in the file, and how many of them were read.
    package let comments: Int
    package let read: Int
    package let low: Int
    package let high: Int

    init(low: CommentSample, high: CommentSample) {
        comments = low.seen + high.seen
        read = low.texts.count + high.texts.count
        self.low = low.texts.count
        self.high = high.texts.count
        let prior = Self.commonLanguage(low.texts + high.texts)
        var counter = TermCounter()
        for text in low.texts { counter.add(Self.terms(text, prior), toFirst: true) }
        for text in high.texts { counter.add(Self.terms(text, prior), toFirst: false) }
        let counts = counter.counts
        let odds = LogOdds(
            firstTotal: counts.values.reduce(0) { $0 + Int($1.first) },
            secondTotal: counts.values.reduce(0) { $0 + Int($1.second) })
        // In the order of words, so that equal ones always come out alike.
        let terms = counts.filter { $0.value.total >= 10 }.sorted { $0.key < $1.key }
            .map { LogOdds.Term(word: $0.key, first: Int($0.value.first), second: Int($0.value.second)) }
        let proven = odds.findings(terms).filter { $0.z > 0 && $0.q < 0.05 }
        let chosen = Array(Self.merged(proven).prefix(Self.mostTerms))
        let quotes = Quotes.find(chosen.map(\.word), in: low.texts) { Self.terms($0, prior) }
        findings = chosen.map { finding in
            TermFinding(
                term: finding.word, low: finding.first, high: finding.second, z: finding.z, q: finding.q,
                quotes: quotes[finding.word] ?? [])
        }
    }

    private static func terms(_ text: String, _ prior: ReaderLanguage) -> Set<String> {
        Terms.of(text, LanguageGuess.of(text, prior: prior) ?? prior)
    }

    /// The language of most comments, by a few hundred of them.
    private static func commonLanguage(_ texts: [String]) -> ReaderLanguage {
        let step = max(1, texts.count / 300)
        var votes: [ReaderLanguage: Int] = [:]
        for index in stride(from: 0, to: texts.count, by: step) {
            if let language = LanguageGuess.of(texts[index]) { votes[language, default: 0] += 1 }
        }
        return votes.max { ($0.value, $1.key.tag) < ($1.value, $0.key.tag) }?.key ?? .en
    }

    /// Without terms that stand inside a longer one which is as sure (z within a tenth).
    static func merged(_ findings: [LogOdds.Finding<String>]) -> [LogOdds.Finding<String>] {
        findings.filter { short in
            !findings.contains { long in
                long.word != short.word && isPart(short.word, of: long.word) && long.z >= 0.9 * short.z
            }
        }
    }

    private static func isPart(_ short: String, of long: String) -> Bool {
        guard long.utf8.count > short.utf8.count else { return false }
        if short.first?.isHan == true { return long.contains(short) }
        return " \(long) ".contains(" \(short) ")
    }
}

/// Two quotes for each term, readable ones first and none twice.
enum Quotes {
    /// In Latin letters; a Chinese character says as much as two.
    static let longest = 220
    private static let candidates = 12

    static func find(
        _ words: [String], in texts: [String], terms: (String) -> Set<String>
    ) -> [String: [String]] {
        var found: [String: [String]] = [:]
        var open = Set(words)
        for text in texts where !open.isEmpty {
            for word in terms(text).intersection(open) {
                found[word, default: []].append(text)
                if found[word]?.count == candidates { open.remove(word) }
            }
        }
        var used: Set<String> = []
        return words.reduce(into: [:]) { quotes, word in
            let best = (found[word] ?? []).sorted { awkwardness($0) < awkwardness($1) }
            for text in best.filter({ !used.contains($0) }) + best where quotes[word, default: []].count < 2 {
                let quote = quote(text, around: word)
                if quotes[word]?.contains(quote) != true { quotes[word, default: []].append(quote) }
                used.insert(text)
            }
        }
    }

    /// How far a comment is from one or two sentences.
    private static func awkwardness(_ text: String) -> Int {
        let letters = text.reduce(0) { $0 + ($1.isHan ? 3 : 1) }
        return letters < 30 ? 30 - letters + 200 : max(0, letters - 160)
    }

    /// The comment on one line, masked, and cut to the part that holds the word.
    static func quote(_ text: String, around word: String) -> String {
        let line = Masking.masked(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let room = line.contains(where: \.isHan) ? longest / 2 : longest
        guard line.count > room else { return line }
        let first = word.split(separator: " ").first.map(String.init) ?? word
        let place = place(of: first, in: line)
        let start = max(0, min(place - room / 3, line.count - room))
        let part = line.dropFirst(start).prefix(room)
        return (start > 0 ? "…" : "") + part + (start + room < line.count ? "…" : "")
    }

    private static func place(of word: String, in line: String) -> Int {
        let letters = Array(line.lowercased()), wanted = Array(word)
        guard letters.count >= wanted.count else { return 0 }
        return (0...letters.count - wanted.count).first {
            letters[$0..<$0 + wanted.count].elementsEqual(wanted)
        } ?? 0
    }
}
