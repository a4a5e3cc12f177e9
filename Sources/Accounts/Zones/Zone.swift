import Foundation
package import Kernel

/// A time zone of the IANA database, with its changes of clock.
package struct Zone: Hashable, Sendable {
    package let name: String
    private let timeZone: TimeZone

    package static let utc = Zone(named: "UTC")!

    /// `nil` for a name that the database does not know; short forms like `EST` are refused, for they have no
    /// place.
    package init?(named name: String) {
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        self.name = name
        timeZone = zone
    }

    /// Every zone that can be chosen, in the order of the alphabet.
    package static let names: [String] =
        ["UTC"] + TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }.sorted()

    /// How far its clocks are ahead of UTC at that moment.
    package func offsetSeconds(at moment: Timestamp) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    }

    /// The day on the calendar there.
    package func day(of moment: Timestamp) -> LocalDay {
        let shifted = moment.milliseconds + Int64(offsetSeconds(at: moment)) * 1000
        return LocalDay(number: Int(shifted.dividedRoundingDown(by: 86_400_000).quotient))
    }

    /// The first moment of a day: not always midnight, for some clocks jump then.
    package func start(of day: LocalDay) -> Timestamp { moment(on: day, minute: 0) }

    /// When the clocks there show `minute` minutes past midnight. Shown twice, the first time counts; never
    /// shown (the clocks jump over it), as much later as they jump.
    package func moment(on day: LocalDay, minute: Int) -> Timestamp {
        let shown = Int64(day.number) * 86_400_000 + Int64(minute) * 60_000
        let before = offset(around: shown, hours: -24), after = offset(around: shown, hours: 24)
        if before == after { return Timestamp(milliseconds: shown - before) }
        let candidates = [before, after].map { Timestamp(milliseconds: shown - $0) }
        let right = candidates.filter { $0.milliseconds + Int64(offsetSeconds(at: $0)) * 1000 == shown }
        return right.min() ?? candidates[0]
    }

    private func offset(around shown: Int64, hours: Int64) -> Int64 {
        Int64(offsetSeconds(at: Timestamp(milliseconds: shown + hours * 3_600_000))) * 1000
    }
}
