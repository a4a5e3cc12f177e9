import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Ledger
import Surveys
import TestKit

/// One customer who was asked by e-mail an hour ago.
struct Invited {
    let house: House
    let id: Invitation.ID
    let token: String
    let customer: String
    let survey: (id: String, slug: String)

    var path: String { "/r/\(token)" }
    var leave: String { "/u/\(token)" }
}

extension House {
    func invited(
        _ person: String = "one", to survey: (id: String, slug: String)? = nil,
        customerLanguage: String? = nil,
        language: String? = nil, touchpoint: String? = nil, state: Invitation.State = .sent,
        sentAgo: Duration = .seconds(3600), expiresIn: Duration = .seconds(30 * 86_400)
    ) async throws -> Invited {
        var asked = survey
        if asked == nil { asked = try await self.survey() }
        let survey = asked ?? (id: "", slug: "")
        let speaks = customerLanguage.map { #", "language": "\#($0)""# } ?? ""
        let made = try await site.api(
            .post, "/customers", #"{"email": "\#(person)@example.org", "name": "Anna \#(person)"\#(speaks)}"#)
        let customer = made.json["id"]?.string ?? made.text
        let (links, world, now) = (links, clock.world, clock.now)
        let (wave, id): (Int64, Invitation.ID) = (world.newID(), world.id())
        let surveyID = Survey.ID(survey.id)?.number ?? 0
        let customerID = Customer.ID(customer)?.number ?? 0
        let token = links.token(of: id)
        let settledAt = state == .planned || state == .sending ? nil : now - sentAgo
        try await database.write { tx in
            try tx.run(
                """
                INSERT INTO waves
                  (id, account_id, survey_id, channel, planned_by, send_at, skipped, created_at)
                VALUES (\(wave), 1, \(surveyID), 'email', 'operator', \(now), '{}', \(now))
                """)
            try tx.run(
                """
                INSERT INTO invitations
                  (id, account_id, wave_id, survey_id, customer_id, contact_point_id, channel, language,
                   touchpoint, state, token_hash, attempts, send_at, settled_at, expires_at, created_at)
                VALUES (\(id), 1, \(wave), \(surveyID), \(customerID),
                  (SELECT MIN(id) FROM contact_points WHERE account_id = 1 AND customer_id = \(customerID)),
                  'email', \(language), \(touchpoint), \(state), \(links.hash(of: token)), 1, \(now),
                  \(settledAt), \(now + expiresIn), \(now))
                """)
        }
        return Invited(house: self, id: id, token: token, customer: customer, survey: survey)
    }

    /// The first value of a column, as text.
    func value(_ column: StaticString, of table: StaticString) async throws -> String? {
        try await database.read { tx in
            try tx.run(
                """
                SELECT CAST(\(verbatim: column) AS TEXT) AS value FROM \(verbatim: table) LIMIT 1
                """
            ).first?.optionalText("value")
        }
    }

    /// Newest first, as the API lists them.
    func answers() async throws -> [JSONValue] {
        try await site.api(.get, "/responses").json["data"]?.array ?? []
    }
}

extension House {
    /// Lets the clock's jobs do what is due.
    func work() async throws {
        let worker = Worker(
            database: database, world: clock.world,
            handlers: [ProvisionalScoreJobs.settler(database: database, world: clock.world)],
            schedules: [ProvisionalScoreJobs.schedule])
        while try await worker.runUntilIdle() > 0 {}
    }
}

/// What a visitor says of themselves.
struct Visitor: Sendable {
    var address = "203.0.113.7"
    var agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
    var purpose: String?

    var headers: HTTPFields {
        var headers: HTTPFields = [.userAgent: agent, HTTPField.Name("X-Forwarded-For")!: address]
        if let purpose { headers[HTTPField.Name("Sec-Purpose")!] = purpose }
        return headers
    }
}

extension Invited {
    func open(_ ending: String = "", as visitor: Visitor = Visitor()) async throws -> TestAnswer {
        try await house.site.call(.get, path + ending, headers: visitor.headers)
    }

    /// The script's word that somebody looked at a score.
    @discardableResult
    func confirm(_ score: Int, as visitor: Visitor = Visitor()) async throws -> Int {
        try await house.site.post(
            path + "/confirm", form: [("score", String(score))], headers: visitor.headers
        ).status
    }

    @discardableResult
    func send(_ score: Int) async throws -> Int {
        try await house.site.post(path, form: [("score", String(score))]).status
    }
}
