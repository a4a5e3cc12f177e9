import Kernel
import Language
import Statistics
import Surveys

/// How a report writes its numbers in one language.
struct ReportWords {
    let report: FileReport
    let messages: Messages

    /// The fewest answers that a page names a value for.
    static let fewest = 5
    /// Below this the interval takes the place of the value in the headline.
    static let fewForHeadline = 30

    func callAsFunction(_ key: String, _ values: [String: MessageValue] = [:]) -> String {
        messages("report.\(key)", values)
    }

    var metricWord: MessageValue { .string(report.scale.metric.rawValue) }
    var metric: String { self("metric", ["metric": metricWord]) }
    private var isShare: Bool { report.scale.metric != .nps }

    /// A figure's value: `−30.0`, or `72.4%` for a share.
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
        self(isShare ? "percentage-points" : "points", ["count": count])
    }

    func signed(_ difference: Double) -> String { messages.signed(difference) }

    /// `p = 0.82`, `p < 0.001`.
    func p(_ p: Double) -> String { "p " + (p < 0.001 ? "< " : "= ") + probability(p) }

    func probability(_ p: Double) -> String { messages.number(max(p, 0.001), places: p < 0.1 ? 3 : 2) }

    /// `0.036`, `< 0.001`.
    func q(_ q: Double) -> String { (q < 0.001 ? "< " : "") + probability(q) }

    /// `[−32.7, −27.3]`
    func limits(_ limits: Limits?, signed: Bool = false) -> String {
        guard let limits else { return "\u{2013}" }
        let write = signed ? { messages.signed($0) } : value
        return "[\(write(limits.low)), \(write(limits.high))]"
    }

    /// `week 41 of 2022 (from 10 Oct)`, `3 Oct 2022`, `October 2022`.
    func period(_ start: LocalDay) -> String {
        let name = messages.period(start, report.interval)
        guard report.interval == .week else { return name }
        return self("period.week", ["week": .string(name), "day": .string(messages.date(start, .day))])
    }

    /// Under an axis, short.
    func axisPeriod(_ start: LocalDay) -> String {
        messages.date(start, report.interval == .month ? .shortMonth : .day)
    }

    func key(_ key: String?) -> String { key ?? self("group.blank") }

    func answers(_ count: Int) -> String { self("answers", ["count": .int(count)]) }

    func band(_ band: Band) -> String { self("band", ["band": .string(band.rawValue)]) }

    /// The value of a figure for a page: withheld where too few answered.
    func shown(_ figure: Figure) -> String {
        guard figure.n >= Self.fewest, let value = figure.value else { return self("few") }
        return self.value(value)
    }

    /// At most `most` items, and how many more there are.
    func list(_ items: [String], most: Int = 12) -> String {
        guard items.count > most else { return messages.list(items) }
        let more = self("more", ["count": .int(items.count - most)])
        return (items.prefix(most) + [more]).joined(separator: messages("format.list.between"))
    }
}
