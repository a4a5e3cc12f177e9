import Accounts
import Alerts
import Database
import Formats
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Ledger
import NIOCore
import Surveys
import TestKit
import Web

@testable import App

/// The whole product in virtual time: its own routes, consumers, jobs and schedules, without a socket.
struct Loop {
    let database: TestDatabase
    let clock = TestClock()
    let account: Account
    let member: Member
    private let installation: Installation
    private let application: Application<RouterResponder<RequestScope>>
    private let follower: Follower
    private let worker: Worker
    private let notices: NoticeSender
    private let token: String

    init(on backend: Backend) async throws {
        let (database, clock) = (try await backend.emptyDatabase(), clock)
        let world = clock.world
        let node = try await database.write { tx in
            try NodeLease.take(holder: "loop", at: clock.now, in: tx)
        }
        installation = Installation(
            database: database, world: world,
            settings: Settings(variables: [
                "RAPPORT_DATA": FileManager.default.temporaryDirectory.appending(path: "rapport-loop").path
            ]),
            secret: [UInt8](repeating: 7, count: 32), eventBell: Doorbell(), jobBell: Doorbell(),
            feedBell: Doorbell(),
            holder: "loop",
            node: node, folder: nil)
        self.database = database
        let made = try await MemberAdmission.admit(
            email: "olga@kettles.example", password: "zielona lampa 7", role: .owner, account: "Kettles",
            timeZone: "Europe/Warsaw", database: database, world: world)
        (member, account) = (made.member, made.account)
        let id = account.id
        token = try await database.write { tx in
            try APIToken.make(name: "loop", scopes: [], account: id, by: .operator, world: world, in: tx)
                .secret
        }
        let site = Site(baseURL: "https://rapport.example")
        application = Application(router: try Routes(installation, site: site).router)
        follower = Follower(
            database: database, now: { clock.now }, holder: "loop",
            consumers: Subscriptions.consumers(installation))
        worker = Worker(
            database: database, world: world, handlers: Subscriptions.handlers(installation),
            schedules: Subscriptions.schedules(installation))
        notices = try OutgoingMail(installation, site: site).noticeSender(for: installation)
    }

    /// Lets everything happen that follows from what happened.
    func settle() async throws {
        repeat {
            try await follower.runUntilIdle()
        } while try await worker.runUntilIdle() + notices.runUntilIdle() > 0
    }

    /// Moves time on in steps, and lets happen what is due in each.
    func pass(days: Int, hoursPerStep: Int = 4) async throws {
        for _ in 0..<(days * 24 / hoursPerStep) {
            clock.advance(by: .seconds(hoursPerStep * 3600))
            try await settle()
        }
    }

    func api(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> JSONValue {
        let headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
        let answer = try await call(method, "/api/v1" + path, headers: headers, body: body)
        return (try? JSONValue(parsing: answer)) ?? .null
    }

    /// A customer's browser.
    func visit(_ path: String, form: [(String, String)]? = nil) async throws -> String {
        guard let form else { return String(decoding: try await call(.get, path), as: UTF8.self) }
        let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let answer = try await call(.post, path, headers: headers, body: FormFields(form).encoded())
        return String(decoding: answer, as: UTF8.self)
    }

    private func call(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil
    ) async throws -> [UInt8] {
        try await application.test(.router) { client in
            let answer = try await client.execute(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
            return Array(answer.body.readableBytesView)
        }
    }

    /// Mails that a trial keeps instead of sending them, oldest first: whom each is for, and its text.
    func mails() async throws -> [(to: String, text: String)] {
        let id = account.id.number
        return try await database.read { tx in
            try tx.run(
                """
                SELECT address, text_part FROM mailbox_messages WHERE account_id = \(id)
                ORDER BY id LIMIT 500
                """
            ).map { (try $0.text("address"), try $0.text("text_part")) }
        }
    }

    /// The path of a personal link to a survey, whose mail went out long ago.
    func invitation(to survey: String) async throws -> String {
        let (id, account, now): (Invitation.ID, Int64, Timestamp) = (
            clock.world.id(), account.id.number, clock.now
        )
        let (links, wave) = (InvitationLink(secret: installation.secret), clock.world.newID())
        let token = links.token(of: id)
        try await database.write { tx in
            let asked = Survey.ID(survey)
            try tx.run(
                """
                INSERT INTO waves
                  (id, account_id, survey_id, channel, planned_by, send_at, skipped, created_at)
                VALUES (\(wave), \(account), \(asked), 'email', 'operator', \(now), '{}', \(now))
                """)
            try tx.run(
                """
                INSERT INTO invitations (id, account_id, wave_id, survey_id, channel, state, token_hash,
                  attempts, send_at, settled_at, expires_at, created_at)
                VALUES (\(id), \(account), \(wave), \(asked), 'email', 'sent', \(links.hash(of: token)), 1,
                  \(now), \(now - .seconds(3600)), \(now + .seconds(30 * 86_400)), \(now))
                """)
        }
        return "/r/" + token
    }

    /// Puts the generated programme in, with its cases moved on.
    func fillSample(_ responses: Int) async throws {
        let programme = SampleProgramme(
            endingOn: account.zone.day(of: clock.now) - 1, responses: responses)
        _ = try await programme.fill(account, database: database, world: clock.world)
        try await follower.runUntilIdle()
        try await SampleCases(account, installation).move(in: database)
        try await follower.runUntilIdle()
    }

    /// Each difference between what is published and a recount from the raw rows.
    func differences() async throws -> [String] {
        let id = account.id.number
        return try await database.read { tx in
            try Subscriptions.recounts.flatMap { try $0(id, tx) }
        }
    }
}
