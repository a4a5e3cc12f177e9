import Accounts
import Formats
import Kernel
import Testing

private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text)! }
private let warsaw = Zone(named: "Europe/Warsaw")!
private let always = try! BusinessCalendar(
    week: Dictionary(uniqueKeysWithValues: (1...7).map { ($0, [0..<1440]) }), holidays: [], zone: warsaw)
private let withBreak = try! BusinessCalendar(
    week: Dictionary(uniqueKeysWithValues: (1...5).map { ($0, [540..<720, 780..<1020]) }),
    holidays: [LocalDay("2026-12-25")!], zone: warsaw)

@Suite struct `Business hours` {
    @Test(arguments: [
        // Friday 16:00: one hour, Monday eight, Tuesday seven.
        ("2026-11-20T15:00:00Z", 16, "2026-11-24T15:00:00Z"),
        // A Saturday begins on Monday at nine and ends with Tuesday.
        ("2026-11-21T10:00:00Z", 16, "2026-11-24T16:00:00Z"),
        // At closing time exactly, and before opening.
        ("2026-11-23T16:00:00Z", 8, "2026-11-24T16:00:00Z"),
        ("2026-11-23T05:00:00Z", 1, "2026-11-23T09:00:00Z"),
        ("2026-11-23T10:00:00Z", 0, "2026-11-23T10:00:00Z"),
        // Over the spring change of clocks: nine o'clock is an hour earlier in UTC on Monday.
        ("2026-03-27T15:00:00Z", 2, "2026-03-30T08:00:00Z"),
    ])
    func `run out after so many of them`(from: String, hours: Int, due: String) {
        #expect(BusinessCalendar.usual(in: warsaw).due(after: time(from), businessHours: hours) == time(due))
    }

    @Test(arguments: [
        ("2026-11-23T10:00:00Z", 2, "2026-11-23T13:00:00Z"),
        ("2026-11-23T11:30:00Z", 1, "2026-11-23T13:00:00Z"),
        ("2026-12-24T15:00:00Z", 2, "2026-12-28T09:00:00Z"),
    ])
    func `stand still in breaks and on holidays`(from: String, hours: Int, due: String) {
        #expect(withBreak.due(after: time(from), businessHours: hours) == time(due))
    }

    @Test func `of a day are as many as its clocks show`() {
        let spring = LocalDay("2026-03-29")!, autumn = LocalDay("2026-10-25")!
        let length = { (day: LocalDay) in
            always.businessTime(from: warsaw.start(of: day), to: warsaw.start(of: day + 1))
        }
        #expect(length(spring) == .seconds(23 * 3600))
        #expect(length(autumn) == .seconds(25 * 3600))
        #expect(length(spring + 1) == .seconds(24 * 3600))
    }

    @Test(arguments: [
        ("2026-11-20T15:00:00Z", "2026-11-23T09:00:00Z", 2),
        ("2026-11-21T00:00:00Z", "2026-11-22T23:00:00Z", 0),
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z", 0),
        ("2026-11-23T10:00:00Z", "2026-11-20T10:00:00Z", 0),
        ("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z", 40),
    ])
    func `between two moments are counted`(from: String, to: String, hours: Int) {
        let found = BusinessCalendar.usual(in: warsaw).businessTime(from: time(from), to: time(to))
        #expect(found == .seconds(hours * 3600))
    }

    @Test func `to a deadline are those that were given`() {
        for hour in 0..<500 {
            let start = time("2026-03-20T00:00:00Z") + .seconds(hour * 3600 + hour * 7)
            let due = withBreak.due(after: start, businessHours: 16)
            #expect(withBreak.businessTime(from: start, to: due) == .seconds(16 * 3600))
        }
    }

    @Test func `that never come are plain ones`() throws {
        let days = (0..<400).map { LocalDay("2026-11-23")! + $0 }
        let closed = try BusinessCalendar(week: [1: [540..<541]], holidays: Set(days), zone: .utc)
        #expect(
            closed.due(after: time("2026-11-23T00:00:00Z"), businessHours: 16) == time("2026-11-23T16:00:00Z")
        )
    }

    @Test func `are open from the first minute to the one before the last`() {
        let usual = BusinessCalendar.usual(in: warsaw)
        #expect(
            usual.isOpen(at: time("2026-11-23T08:00:00Z")) && !usual.isOpen(at: time("2026-11-23T16:00:00Z")))
    }
}

@Suite struct `A calendar` {
    @Test(
        arguments: [
            ("9:00-17:00", [540..<1020]), ("9-12, 13:30–17", [540..<720, 810..<1020]), ("", []), ("  ", []),
            ("00:00-24:00", [0..<1440]), ("9:00-12:00，13:00-17:00", [540..<720, 780..<1020]),
        ] as [(String, [Range<Int>])])
    func `is written as people write hours`(text: String, spans: [Range<Int>]) {
        #expect(BusinessCalendar.spans(text) == spans)
        #expect(BusinessCalendar.spans(BusinessCalendar.text(of: spans)) == spans)
    }

    @Test(arguments: ["9", "17-9", "9:60-10:00", "25-26", "9--10", "x", ",", "-9-10", "9:00-24:01", "９-１０x"])
    func `refuses what is no hours`(text: String) { #expect(BusinessCalendar.spans(text) == nil) }

    @Test func `names the day that is wrong`() {
        #expect(throws: DomainError.invalid("/hours_2", "hours-overlap")) {
            try BusinessCalendar(week: [2: [540..<720, 700..<800]], holidays: [], zone: .utc)
        }
        #expect(throws: DomainError.invalid("/hours_1", "hours-none")) {
            try BusinessCalendar(week: [:], holidays: [], zone: .utc)
        }
    }

    @Test func `comes back from the store as it went in`() throws {
        let stored = try JSONValue(parsing: withBreak.definition.text)
        #expect(try BusinessCalendar(definition: stored, zone: warsaw) == withBreak)
    }
}
