package import Language
import Statistics
package import Surveys

/// How pages write the figures of one scale: one decimal, no value under five answers, limits always.
package struct FigureWords: Sendable {
    let scale: Scale
    let messages: Messages

    /// The fewest answers that a page names a value for.
    package static let fewest = 5
    /// Below this the interval takes the place of the value.
    package static let fewForHeadline = 30

    package init(_ scale: Scale, _ messages: Messages) {
        self.scale = scale
        self.messages = messages
    }

    var metric: String { messages("metric.\(scale.metric.rawValue)") }
    private var isShare: Bool { scale.metric != .nps }
    var range: ClosedRange<Double> { isShare ? 0...100 : -100...100 }

    /// `−30.0`, or `72.4%` for a share.
    func value(_ value: Double) -> String {
        isShare ? messages.percent(value / 100, places: 1) : messages.number(value, places: 1)
    }

    /// A tick of an axis: whole.
    func tick(_ value: Double) -> String {
        isShare ? messages.percent(value / 100) : messages.number(value, places: 0)
    }

    /// A difference without its sign: `44.9 points`.
    func amount(_ difference: Double) -> String { unit(.decimal(abs(difference))) }
    /// A difference with its sign: `−0.7 points`.
    func signedAmount(_ difference: Double) -> String { unit(.signed(difference)) }

    private func unit(_ count: MessageValue) -> String {
        messages(isShare ? "report.percentage-points" : "report.points", ["count": count])
    }

    /// `27.0 to 35.0`
    func between(_ limits: Limits) -> String {
        messages(
            "scores.between", ["low": .string(value(limits.low)), "high": .string(value(limits.high))])
    }

    /// The value where enough answered, else how many more are needed.
    func shown(_ figure: Figure) -> String {
        guard let value = shownValue(figure) else { return needed(figure.n) }
        return self.value(value)
    }

    func shownValue(_ figure: Figure) -> Double? { figure.n >= Self.fewest ? figure.value : nil }

    func needed(_ n: Int) -> String {
        messages("scores.more-needed", ["count": .int(max(0, Self.fewest - n))])
    }

    /// `31.0 (27.0 to 35.0)`
    func whole(_ figure: Figure) -> String {
        guard let value = shownValue(figure), let limits = figure.limits else { return needed(figure.n) }
        return "\(self.value(value)) (\(between(limits)))"
    }

    func answers(_ n: Int) -> String { messages("count.answers", ["count": .int(n)]) }

    /// `p = 0.82`, `p < 0.001`
    func p(_ p: Double) -> String {
        "p " + (p < 0.001 ? "< " : "= ") + messages.number(max(p, 0.001), places: p < 0.1 ? 3 : 2)
    }
}
