import Kernel
import Testing

@Suite struct `Moments` {
    @Test(arguments: [
        ("2026-11-21T09:30:00Z", 1_795_253_400_000), ("2026-11-21T10:30:00.5+01:00", 1_795_253_400_500),
        ("2026-11-21t04:30:00.123456-05:00", 1_795_253_400_123), ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", -1), ("2028-02-29T00:00:00Z", 1_835_395_200_000),
    ])
    func `are read with any offset`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:30:00", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T09:60:00Z", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00Zjunk",
        "２026-11-21T09:30:00Z",
    ])
    func `that are none are refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [0, 1, -1, 1_795_253_400_123, -62_135_596_800_000] as [Int64])
    func `are written so that they read back`(milliseconds: Int64) {
        let moment = Timestamp(milliseconds: milliseconds)
        #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
    }
}

@Suite struct `Days` {
    @Test func `count on through leap years and back`() {
        for number in stride(from: -200_000, through: 200_000, by: 7) {
            let (year, month, day) = LocalDay(number: number).civil
            #expect(LocalDay(year: year, month: month, day: day)?.number == number)
        }
        #expect(LocalDay("2024-02-29")?.number == 19_782)
        #expect(LocalDay("2023-02-29") == nil)
    }

    @Test(arguments: [
        (Interval.day, "2026-11-22", "2026-11-23"), (.week, "2026-11-16", "2026-11-23"),
        (.month, "2026-11-01", "2026-12-01"),
    ])
    func `fall into periods that begin on Mondays and firsts`(interval: Interval, start: String, next: String)
        throws
    {
        let sunday = try #require(LocalDay("2026-11-22"))
        #expect(interval.start(of: sunday).description == start)
        #expect(interval.next(after: interval.start(of: sunday)).description == next)
    }

    @Test func `know their weekday`() {
        #expect(LocalDay("1970-01-01")?.weekday == 4)
        #expect(LocalDay("2026-11-22")?.weekday == 7)
    }
}
