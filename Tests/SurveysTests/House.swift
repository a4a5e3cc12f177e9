import Customers
import Database
import Formats
import HTTPTypes
import Kernel
import Language
import Ledger
import Surveys
import TestKit
import Web

/// A database with two accounts, and the routes of surveys and customers over it.
struct House {
    let database: TestDatabase
    let clock = TestClock()
    let site: TestSite
    let links = InvitationLink(secret: [1, 2, 3])
    let intake: MailIntake

    init(on backend: Backend, answersPerMinute: Int = 0) async throws {
        let database = try await backend.emptyDatabase()
        self.database = database
        let (world, links) = (clock.world, links)
        let intake = MailIntake(
            world: world, secret: [1, 2, 3],
            ours: ["surveys@kettles.example", "bounce@kettles.example"].compactMap { EmailAddress($0) })
        self.intake = intake
        let limit = AnswerLimit(perMinute: answersPerMinute)
        try await database.write { tx in
            for id in [1, 2] as [Int64] {
                try tx.run(
                    """
                    INSERT INTO accounts (id, name, time_zone, language, created_at)
                    VALUES (\(id), \("Kettles \(id)"), 'UTC', 'en', 0)
                    """)
            }
        }
        site = TestSite(believesForwarded: true) { table, site in
            SurveyRoutes(database: database, world: world, site: site).add(to: &table)
            SurveyResponseRoutes(database: database, world: world).add(to: &table)
            BulkRoutes(database: database, world: world).add(to: &table)
            ResponseHandlingRoutes(database: database, world: world).add(to: &table)
            SavedViewRoutes(database: database, world: world).add(to: &table)
            RestrictionRoutes(database: database, world: world).add(to: &table)
            ConsentRoutes(database: database, world: world).add(to: &table)
            ResponsePageRoutes(database: database, world: world, recovery: { _, _, _ in nil }).add(to: &table)
            ResponseExportRoutes(database: database).add(to: &table)
            LetterPreviewRoutes(database: database, site: site).add(to: &table)
            MailboxRoutes(database: database, world: world, site: site).add(to: &table)
            CustomerPageRoutes(
                database: database, world: world,
                erasure: Erasure(
                    secret: [1, 2, 3], others: [ResponseTag.forget, SavedView.forget, SurveyResponse.forget]),
                place: { _ in nil }, details: Self.details(of:_:_:_:),
                lastScores: SurveyResponse.lastScores(of:_:_:_:)
            ).add(to: &table)
            SurveyPageRoutes(database: database, world: world, site: site, figures: { _, _, _ in [:] }).add(
                to: &table)
            AnswerRoutes(database: database, world: world, site: site, limit: limit).add(to: &table)
            PersonalLinkRoutes(
                database: database, world: world, site: site, limit: limit, links: links,
                scanners: ScannerList(and: ["Our-Gateway"])
            ).add(to: &table)
            InboundRoutes(database: database, world: world, intake: intake).add(to: &table)
            ReplyRoutes(database: database).add(to: &table)
            LeaveRoutes(database: database, world: world, site: site, links: links).add(to: &table)
            CustomerRoutes(
                database: database, world: world,
                erasure: Erasure(
                    secret: [1, 2, 3],
                    others: [
                        ResponseTag.forget, SavedView.forget, SurveyResponse.forget, Reply.forget,
                        ReceivedMail.forget,
                    ])
            ).add(to: &table)
        }
    }

    @Sendable private static func details(
        of events: [SealedEvent], _ account: Int64, _ messages: Messages, _ tx: any Connection
    ) throws -> [Int64: EventDetail] {
        try SurveyResponse.details(of: events, account, messages, tx)
            .merging(Invitation.details(of: events, account, messages, tx)) { first, _ in first }
            .merging(Reply.details(of: events, account, messages, tx)) { first, _ in first }
    }

    /// A survey made by the API; its id and slug.
    func survey(_ body: String = #"{"name": "Kettle delivery", "metric": "nps"}"#, account: Int64 = 1)
        async throws
        -> (id: String, slug: String)
    {
        let made = try await site.api(.post, "/surveys", body, account: account)
        return (made.json["id"]?.string ?? made.text, made.json["slug"]?.string ?? made.text)
    }

    func rows(_ table: StaticString) async throws -> Int {
        try await database.read { tx in try tx.run("SELECT COUNT(*) AS n FROM \(verbatim: table)")[0].int("n")
        }
    }

    /// Every table's number of rows, to see that nothing was written.
    func census() async throws -> [String: Int] {
        let tables: [StaticString] = [
            "surveys", "survey_versions", "responses", "scores", "answers", "answer_keys", "customers",
            "contact_points", "unsealed_events", "idempotency_keys", "invitations", "invitation_intents",
            "provisional_scores",
        ]
        var census: [String: Int] = [:]
        for table in tables { census["\(table)"] = try await rows(table) }
        return census
    }
}

extension House {
    /// Seals what happened and lets a consumer take it in.
    func follow(_ consumer: Consumer) async throws {
        let clock = clock
        try await Follower(database: database, now: { clock.now }, holder: "test", consumers: [consumer])
            .runUntilIdle()
    }
}
