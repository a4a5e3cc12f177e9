import Accounts
import Database
import Formats
import HTTPTypes
import Kernel
import TestKit
import Testing

@testable import Surveys

/// A rule and its letters while clocks change.
@Suite struct `Through the changes of clocks` {
    private static let zone = "Europe/Warsaw"

    /// One order an hour for some hours; whatever is due leaves.
    private func pass(
        _ office: PostOffice, _ carrier: RecordingCarrier, hours: Int, from first: Int, orders: Bool = true
    ) async throws {
        for hour in 0..<hours {
            if orders { try await office.happen("p\(first + hour)") }
            try await office.follow()
            try await office.sender(carrier).runUntilIdle()
            office.clock.advance(by: .seconds(3600))
        }
    }

    @Test(arguments: [
        // The last day of 25 hours, of 23, and one at the edge of the map.
        ("2026-10-25", "Europe/Warsaw", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
        ("2027-03-28", "Europe/Warsaw", "2027-03-28T21:59:59Z", "2027-03-28T22:00:00Z"),
        ("2026-12-31", "Pacific/Kiritimati", "2026-12-31T09:59:59Z", "2026-12-31T10:00:00Z"),
    ])
    func `a rule's last day ends with the customer's own`(
        day: String, zone: String, last: String, over: String
    )
        throws
    {
        let (end, zone) = (AskEnd.day(try #require(LocalDay(day))), try #require(Zone(named: zone)))
        #expect(!end.isOver(at: try #require(Timestamp(rfc3339: last)), in: zone))
        #expect(end.isOver(at: try #require(Timestamp(rfc3339: over)), in: zone))
        #expect(end.lastDay(in: zone).description == day && end.json == .string(day))
    }

    @Test(arguments: Backend.available)
    func `a rule's last day is over for one customer and not for another`(backend: Backend) async throws {
        let office = try await PostOffice(on: backend)
        let made = try await office.rule(["until": "2026-11-23", "delay": "PT13H"])
        #expect(try await office.site.api(.get, "/ask-rules/\(made)").json["until"] == "2026-11-23")
        for (name, zone) in [("west", "America/New_York"), ("east", "Asia/Shanghai")] {
            try await office.happen(
                name,
                [
                    "customer": [
                        "external_id": .string(name), "email": .string("\(name)@x.example"),
                        "attributes": ["time_zone": .string(zone)],
                    ]
                ])
        }
        try await office.happen("nowhere")
        try await office.follow()
        let preview = try await office.preview(made)
        #expect(preview["asked"] == 1 && preview["skipped"] == ["until": 2], "\(preview.text)")
    }

    @Test(
        arguments: Backend.available,
        [
            // Both nights of the year: 23 hours and 25 hours long.
            "2027-03-27T12:00:00Z", "2026-10-24T12:00:00Z",
        ])
    func `everybody is written to once, by day`(backend: Backend, start: String) async throws {
        let (office, carrier) = (try await PostOffice(on: backend), RecordingCarrier())
        office.clock.move(to: try #require(Timestamp(rfc3339: start)))
        try await office.change("UPDATE accounts SET time_zone = \(Self.zone)")
        _ = try await office.rule([
            "delay": "PT2H", "hours": ["from": "09:00", "to": "20:00"],
        ])
        try await pass(office, carrier, hours: 26, from: 0)
        // The clock is set back an hour, then on by one, and a year passes.
        office.clock.advance(by: .seconds(-3600))
        try await pass(office, carrier, hours: 2, from: 26)
        office.clock.advance(by: .seconds(3600))
        try await pass(office, carrier, hours: 2, from: 28)
        try await pass(office, carrier, hours: 24, from: 0, orders: false)
        office.clock.advance(by: .seconds(365 * 86_400))
        try await pass(office, carrier, hours: 26, from: 30)
        try await pass(office, carrier, hours: 24, from: 0, orders: false)
        #expect(carrier.twice == [])
        #expect(Set(carrier.addresses) == Set((0..<56).map { "p\($0)@x.example" }))
        let zone = try #require(Zone(named: Self.zone))
        let sent = try await office.database.read { tx in
            try tx.run("SELECT settled_at FROM invitations WHERE state = 'sent'")
                .map { try $0.timestamp("settled_at") }
        }
        #expect(sent.count == 56)
        for moment in sent {
            let minute = (moment - zone.start(of: zone.day(of: moment))).components.seconds / 60
            #expect((8 * 60..<21 * 60).contains(minute), "\(moment.rfc3339)")
            let shown = (moment.milliseconds / 60_000 + Int64(zone.offsetSeconds(at: moment) / 60)) % 1440
            #expect((9 * 60..<20 * 60).contains(shown), "\(moment.rfc3339)")
        }
    }
}
