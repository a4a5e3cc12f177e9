import Kernel
import Language
import Surveys

extension AlertRule {
    /// Whether an answer is to be told.
    package func matches(_ answer: AlertedAnswer) -> Bool {
        isEnabled && (survey ?? answer.response.survey) == answer.response.survey
            && conditions.match(answer)
    }
}

extension AlertConditions {
    package func match(_ answer: AlertedAnswer) -> Bool {
        let score = answer.response.score
        if !bands.isEmpty, !bands.contains(score.band) { return false }
        if let atMost, score.raw > atMost { return false }
        if let atLeast, score.raw < atLeast { return false }
        guard segments.allSatisfy({ answer.segments[$0.name] == $0.value }) else { return false }
        if let worth {
            guard let value = answer.segments[worth.attribute].flatMap({ Self.number($0) }),
                value >= worth.atLeast
            else { return false }
        }
        return words.isEmpty || words.contains { says($0, in: answer.words) }
    }

    /// Case, width, accents and the two ways to write Chinese make no difference; of several words all must
    /// be there.
    private func says(_ asked: String, in words: Set<String>) -> Bool {
        let pieces = SearchWords.asked(asked)
        return !pieces.isEmpty && pieces.allSatisfy(words.contains)
    }

    /// `12000`, `12 000`, `12,000.50`; a comma is a decimal point where it is the only mark and less than
    /// three digits follow.
    static func number(_ text: String) -> Double? {
        var digits = text.filter { !$0.isWhitespace && $0 != "'" && $0 != "_" }
        if digits.contains(".") || digits.count(where: { $0 == "," }) > 1 {
            digits.removeAll { $0 == "," }
        } else if let comma = digits.lastIndex(of: ",") {
            let isThousand = digits.distance(from: comma, to: digits.endIndex) == 4
            digits.replaceSubrange(comma...comma, with: isThousand ? "" : ".")
        }
        guard let value = Double(digits), value.isFinite else { return nil }
        return value
    }
}
