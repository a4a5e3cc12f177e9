import Accounts
import Formats
import Kernel
import Testing

@testable import Surveys

@Suite struct `The hours of a rule` {
    private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(milliseconds: 0) }

    @Test(arguments: [
        // Warsaw leaves summer time on 2026-10-25 at 01:00 UTC and takes it on 2026-03-29 at 01:00 UTC.
        ("2026-10-24T21:00:00Z", "2026-10-25T08:00:00Z"), ("2026-03-28T21:00:00Z", "2026-03-29T07:00:00Z"),
        ("2026-10-25T08:00:00Z", "2026-10-25T08:00:00Z"), ("2026-10-25T18:59:59Z", "2026-10-25T18:59:59Z"),
        ("2026-10-25T19:00:00Z", "2026-10-26T08:00:00Z"), ("2026-03-29T01:30:00Z", "2026-03-29T07:00:00Z"),
    ])
    func `begin on the customer's clock, on both nights of the year`(from: String, opening: String) throws {
        let window = try #require(SendWindow("09:00-20:00 Europe/Warsaw"))
        #expect(window.opening(from: time(from)).rfc3339 == opening)
        #expect(SendWindow(window.description) == window)
    }

    @Test(arguments: [
        ("P1D", "2026-10-24T10:15:30Z", "2026-10-25T11:15:30Z"),
        ("PT24H", "2026-10-24T10:15:30Z", "2026-10-25T10:15:30Z"),
        ("PT2H", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"),
        ("P1DT2H", "2026-03-28T10:00:00Z", "2026-03-29T11:00:00Z"),
        ("P2W", "2026-11-01T23:30:00Z", "2026-11-15T23:30:00Z"),
    ])
    func `come after days of the calendar`(span: String, from: String, later: String) throws {
        let zone = try #require(Zone(named: "Europe/Warsaw"))
        let span = try #require(CalendarSpan(span))
        #expect(zone.moment(span, after: time(from)).rfc3339 == later)
    }

    @Test(arguments: [
        "", "P", "PT", "T2H", "P1Y", "P1M", "PT1D", "P1DT", "P-1D", "P1.5D", "PT2H3", "P400D", "p1d",
        "PT5M3H", "P9999999D", "P1D ",
    ])
    func `are no other spans`(text: String) { #expect(CalendarSpan(text) == nil) }

    @Test(arguments: ["PT0S", "PT2H", "P3D", "P1DT12H", "PT1H30M5S"])
    func `are spans that are written as they were read`(text: String) {
        #expect(CalendarSpan(text)?.description == text)
    }

    @Test(arguments: [
        ("9", "10:00"), ("10:00", "10:00"), ("23:00", "24:01"), ("8:5", "9:00"), ("-1:00", "9:00"),
    ])
    func `have a beginning before their end`(from: String, to: String) {
        #expect(AskHours(from: from, to: to) == nil)
        #expect(AskHours(from: "0:00", to: "24:00")?.toText == "24:00")
    }

    @Test func `leave everybody one turn in three quarters`() {
        let period = AskRuleDefinition.Period.quarter
        for place in [0, 0.2, 0.34, 0.5, 0.7, 0.99] {
            for start in [8104, 8105, 8107] {
                let turns = (start..<start + 3).filter { period.isTurn(of: place, share: 1.0 / 3, in: $0) }
                #expect(turns.count == 1)
            }
            #expect(period.isTurn(of: place, share: 1, in: 5) && !period.isTurn(of: place, share: 0, in: 5))
        }
        let number = period.number(of: LocalDay(number: 20_780))
        #expect(period.start(of: number).description == "2026-10-01")
        #expect(period.start(of: number + 1).description == "2027-01-01")
        for skip in ContactPolicy.Refusal.allCases { #expect(AskSkip(skip).rawValue == skip.rawValue) }
    }
}
