package import Kernel
package import Surveys

/// What the score column says about its own scale, gathered over the whole file when nobody named one.
package struct ScaleGuess: Sendable {
    /// What a reader should know about a scale that nobody named.
    package enum Doubt: String, Sendable {
        /// 200 answers or more and not one 0: it may be 1-10.
        case noZero = "no-zero"
        /// Nothing above 5: it may be a scale of five.
        case upToFive = "up-to-five"
        /// Numbers below 0: it may be -10..10.
        case negative
    }

    private var low = 0
    private var high = 0
    private var zeros = 0
    private var negative = 0

    package init() {}

    package mutating func add(_ score: Int) {
        switch score {
        case 0...5: low += 1
        case 6...10: high += 1
        case -10..<0: negative += 1
        default: return
        }
        if score == 0 { zeros += 1 }
    }

    /// Always 0-10, with what speaks against it; throws where the column looks like two scales, for those are
    /// never pooled: 19 of 20 values are up to 5 and the rest above.
    package func decide(column: String) throws(DomainError) -> (scale: Scale, doubts: [Doubt]) {
        if high > 0, low >= 19 * high { throw .twoScales(column, low: low, high: high) }
        var doubts: [Doubt] = []
        if zeros == 0, low + high >= 200 { doubts.append(.noZero) }
        if high == 0, low > 0 { doubts.append(.upToFive) }
        if negative > 0 { doubts.append(.negative) }
        return (.nps0to10, doubts)
    }
}
