package import Accounts
import Formats
import Formats
package import Kernel
import Web

/// The hours of a day in which people may be written to, on the clock of wherever they are.
package struct AskHours: Hashable, Sendable {
    /// Minutes past midnight; `from` is included, `to` not.
    package let from: Int
    package let to: Int

    /// `nil` unless both are times like `09:00` and `from` comes first; `to` may be `24:00`.
    package init?(from: String, to: String) {
        guard let from = Self.minute(from), let to = Self.minute(to), from < to else { return nil }
        self.from = from
        self.to = to
    }

    package var fromText: String { Self.text(from) }
    package var toText: String { Self.text(to) }

    private static func text(_ minute: Int) -> String {
        (minute / 60).padded(2) + ":" + (minute % 60).padded(2)
    }

    private static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 24 * 60
        else { return nil }
        return hour * 60 + minute
    }
}

/// Hours with the zone whose clocks count, as an invitation carries them: whatever delays it, it leaves
/// inside them.
package struct SendWindow: Hashable, Sendable, LosslessStringConvertible {
    package let hours: AskHours
    package let zone: Zone

    package init(hours: AskHours, zone: Zone) {
        self.hours = hours
        self.zone = zone
    }

    /// Reads `09:00-20:00 Europe/Warsaw`.
    package init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let zone = Zone(named: String(parts[1])) else { return nil }
        let times = parts[0].split(separator: "-").map(String.init)
        guard times.count == 2, let hours = AskHours(from: times[0], to: times[1]) else { return nil }
        self.init(hours: hours, zone: zone)
    }

    package var description: String { "\(hours.fromText)-\(hours.toText) \(zone.name)" }

    /// The first moment inside the hours that is not before `moment`.
    package func opening(from moment: Timestamp) -> Timestamp {
        let day = zone.day(of: moment)
        let start = zone.moment(on: day, minute: hours.from)
        if moment < start { return start }
        return moment < zone.moment(on: day, minute: hours.to)
            ? moment : zone.moment(on: day + 1, minute: hours.from)
    }
}

/// From when on a rule asks nobody.
package enum AskEnd: Hashable, Sendable {
    case moment(Timestamp)
    /// The last day, on the calendar of wherever the customer is.
    case day(LocalDay)

    /// Whether a letter of that moment would come too late for somebody in that zone.
    func isOver(at moment: Timestamp, in zone: Zone) -> Bool {
        switch self {
        case .moment(let end): moment >= end
        case .day(let last): moment >= zone.start(of: last + 1)
        }
    }

    /// The last day, as somebody in that zone would say it.
    func lastDay(in zone: Zone) -> LocalDay {
        switch self {
        case .moment(let end): zone.day(of: end - .seconds(1))
        case .day(let last): last
        }
    }

    /// `2026-12-31`, or a time.
    var json: JSONValue {
        switch self {
        case .moment(let end): .time(end)
        case .day(let last): .string(last.description)
        }
    }
}

extension Zone {
    /// So much later: days by the calendar there, at the same time of the clock, then the rest by seconds.
    func moment(_ span: CalendarSpan, after moment: Timestamp) -> Timestamp {
        guard span.days > 0 else { return moment + .seconds(span.seconds) }
        let day = day(of: moment)
        let shown = moment.milliseconds + Int64(offsetSeconds(at: moment)) * 1000
        let ofDay = shown - Int64(day.number) * 86_400_000
        let later = self.moment(on: day + span.days, minute: Int(ofDay / 60_000))
        return later + .milliseconds(ofDay % 60_000) + .seconds(span.seconds)
    }
}
