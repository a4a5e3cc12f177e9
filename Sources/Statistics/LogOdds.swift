import RealModule

/// What one group of documents says and another does not: log-odds ratio with an informative Dirichlet prior,
/// Monroe, Colaresi & Quinn (2008), Political Analysis 16:372, on counts of documents.
package struct LogOdds: Sendable {
    /// A word and in how many documents of each group it stands.
    package struct Term<Word: Sendable>: Sendable {
        package let word: Word
        package let first: Int
        package let second: Int

        package init(word: Word, first: Int, second: Int) {
            self.word = word
            self.first = first
            self.second = second
        }
    }

    package struct Finding<Word: Sendable>: Sendable {
        package let word: Word
        package let first: Int
        package let second: Int
        /// Log-odds in the first group less those in the second.
        package let difference: Double
        package let z: Double
        /// Benjamini-Hochberg over all terms of one search, two-sided.
        package let q: Double
    }

    /// Documents, or words counted once a document, in each group.
    package let firstTotal: Int
    package let secondTotal: Int
    /// The size of the prior, in documents: min(1000, n1 + n2) unless another is named.
    package let prior: Double

    package init(firstTotal: Int, secondTotal: Int, prior: Double? = nil) {
        self.firstTotal = firstTotal
        self.secondTotal = secondTotal
        self.prior = prior ?? Double(min(1000, firstTotal + secondTotal))
    }

    /// The log-odds difference of one term and how many standard errors it lies from 0.
    package func score(first: Int, second: Int) -> (difference: Double, z: Double) {
        let n1 = Double(firstTotal), n2 = Double(secondTotal)
        let alpha = prior * Double(first + second) / (n1 + n2)
        let y1 = Double(first) + alpha, y2 = Double(second) + alpha
        // A word in every document leaves no odds to compare; half a document keeps the logarithm finite.
        let rest1 = max(0.5, n1 + prior - y1), rest2 = max(0.5, n2 + prior - y2)
        let difference = Double.log(y1 / rest1) - .log(y2 / rest2)
        return (difference, difference / .sqrt(1 / y1 + 1 / y2))
    }

    /// Every term in at least `least` documents, the first group's own first.
    package func findings<Word>(_ terms: [Term<Word>], least: Int = 10) -> [Finding<Word>] {
        let kept = terms.filter { $0.first + $0.second >= least }
        let scores = kept.map { score(first: $0.first, second: $0.second) }
        let q = FalseDiscovery.qValues(scores.map { Normal.twoSidedP($0.z) })
        return kept.indices.map { index in
            Finding(
                word: kept[index].word, first: kept[index].first, second: kept[index].second,
                difference: scores[index].difference, z: scores[index].z, q: q[index])
        }.sorted { $0.z > $1.z }
    }
}
