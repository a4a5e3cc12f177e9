import Accounts
import Kernel
import Testing

private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text)! }

@Suite struct `A time zone` {
    @Test(arguments: [
        ("Europe/Warsaw", "2026-03-29T00:59:59Z", 3600), ("Europe/Warsaw", "2026-03-29T01:00:00Z", 7200),
        ("America/New_York", "2026-11-01T05:59:59Z", -14400),
        ("America/New_York", "2026-11-01T06:00:00Z", -18000),
        ("Asia/Shanghai", "2026-07-01T00:00:00Z", 28800), ("UTC", "2026-07-01T00:00:00Z", 0),
    ])
    func `knows how far it is ahead at any moment`(name: String, at: String, seconds: Int) throws {
        #expect(try #require(Zone(named: name)).offsetSeconds(at: time(at)) == seconds)
    }

    @Test(arguments: [
        ("Europe/Warsaw", "2026-11-21T22:59:59Z", "2026-11-21"),
        ("Europe/Warsaw", "2026-11-21T23:00:00Z", "2026-11-22"),
        ("Asia/Shanghai", "2026-11-21T16:00:00Z", "2026-11-22"),
        ("America/New_York", "2026-11-21T04:59:59Z", "2026-11-20"),
        ("Asia/Shanghai", "1969-12-31T15:59:59Z", "1969-12-31"),
    ])
    func `cuts days at its own midnight`(name: String, at: String, day: String) throws {
        #expect(try #require(Zone(named: name)).day(of: time(at)) == LocalDay(day))
    }

    @Test(arguments: [
        ("Europe/Warsaw", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("Europe/Warsaw", "2026-03-30", "2026-03-29T22:00:00Z"),
        ("Asia/Shanghai", "2026-11-21", "2026-11-20T16:00:00Z"),
        ("America/New_York", "2026-11-02", "2026-11-02T05:00:00Z"),
        // Clocks jump from midnight to one, and back from midnight to eleven.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"),
        ("America/Santiago", "2026-04-05", "2026-04-05T04:00:00Z"),
    ])
    func `begins a day at its first moment`(name: String, day: String, start: String) throws {
        let zone = try #require(Zone(named: name)), day = try #require(LocalDay(day))
        #expect(zone.start(of: day) == time(start))
        #expect(zone.day(of: zone.start(of: day)) == day)
        #expect(zone.day(of: zone.start(of: day) - .milliseconds(1)) == day - 1)
    }

    @Test(arguments: [
        ("Europe/Warsaw", "2026-03-29", 150, "2026-03-29T01:30:00Z"),
        ("America/New_York", "2026-03-08", 150, "2026-03-08T07:30:00Z"),
        ("Europe/Warsaw", "2026-10-25", 150, "2026-10-25T00:30:00Z"),
        ("America/New_York", "2026-11-01", 90, "2026-11-01T05:30:00Z"),
        ("Europe/Warsaw", "2026-10-25", 180, "2026-10-25T02:00:00Z"),
        ("Asia/Shanghai", "2026-11-21", 540, "2026-11-21T01:00:00Z"),
    ])
    func `takes a skipped hour later and a repeated one at first`(
        name: String, day: String, minute: Int, at: String
    ) throws {
        let zone = try #require(Zone(named: name)), day = try #require(LocalDay(day))
        #expect(zone.moment(on: day, minute: minute) == time(at))
    }

    @Test(arguments: ["", "Mars/Olympus", "EST", "GMT+5", "europe"])
    func `is refused by a name that the database lacks`(name: String) { #expect(Zone(named: name) == nil) }

    @Test func `can be chosen from a list that holds only known ones`() {
        #expect(Zone.names.count > 300 && Zone.names.contains("Europe/Warsaw") && Zone.names.first == "UTC")
        #expect(Zone.names.allSatisfy { Zone(named: $0) != nil })
    }
}
