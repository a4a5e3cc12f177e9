import Accounts
import Alerts
import Customers
import Database
import FollowUp
package import Hummingbird
import Insight
import Kernel
import Language
import Ledger
import Outbound
import Surveys
package import Web

/// The whole URL space of the product.
package struct Routes {
    let installation: Installation
    let site: Site
    package let authenticator: Authenticator
    let feed: LiveFeed
    private let answersPerMinute: Int
    private let guarding: AddressGuard
    private let intake: MailIntake
    private let mail: MailSettings
    private let mailbox: IMAPAddress?

    /// Throws `SettingsError` for a limit that is no number and a network that is none.
    package init(_ installation: Installation, site: Site) throws {
        self.installation = installation
        self.site = site
        authenticator = .accounts(database: installation.database, world: installation.world) { account, tx in
            try SampleProgramme.isShown(account: account, in: tx)
        }
        feed = LiveFeed(
            database: DatabaseReader(installation.database), doorbell: installation.feedBell,
            recognise: authenticator.together)
        answersPerMinute = try installation.settings.number("answers_per_minute", default: 120)
        guarding = try HookSettings(installation.settings).guarding
        intake = try MailIntake(installation)
        mail = try MailSettings(installation.settings)
        mailbox = try IncomingMailSettings(installation.settings).mailbox
    }

    package var table: RouteTable {
        var table = RouteTable()
        let database = installation.database
        OpenRoutes { try await Readiness.check(database) }.add(to: &table)
        Accounts.addRoutes(
            to: &table, database: installation.database, world: installation.world,
            timeZone: installation.settings.timeZone)
        addSurveys(to: &table)
        addCustomers(to: &table)
        addInsight(to: &table)
        FollowUp.addRoutes(
            to: &table, database: installation.database, world: installation.world,
            secret: installation.secret, site: site)
        addAlerts(to: &table)
        OperationsRoutes(database: installation.database, world: installation.world).add(to: &table)
        DeliverabilityRoutes(
            reader: DatabaseReader(installation.database), world: installation.world, mail: mail,
            mailbox: mailbox
        ).add(to: &table)
        StreamRoutes(feed: feed).add(to: &table)
        return table
    }

    private func addSurveys(to table: inout RouteTable) {
        let (database, world) = (installation.database, installation.world)
        SurveyRoutes(database: database, world: world, site: site).add(to: &table)
        SurveyResponseRoutes(database: database, world: world).add(to: &table)
        BulkRoutes(database: database, world: world).add(to: &table)
        let limit = AnswerLimit(perMinute: answersPerMinute)
        let links = InvitationLink(secret: installation.secret)
        AnswerRoutes(database: database, world: world, site: site, limit: limit).add(to: &table)
        PersonalLinkRoutes(
            database: database, world: world, site: site, limit: limit, links: links,
            scanners: ScannerList(and: installation.settings.scanners)
        ).add(to: &table)
        LeaveRoutes(database: database, world: world, site: site, links: links).add(to: &table)
        SurveyPageRoutes(
            database: database, world: world, site: site, figures: SurveyScores.figures(of:_:in:)
        ).add(to: &table)
        LetterPreviewRoutes(database: database, site: site).add(to: &table)
        if installation.settings.hasMailbox {
            MailboxRoutes(database: database, world: world, site: site).add(to: &table)
        }
        WaveRoutes(
            database: database, planner: WavePlanner(world: world, secret: installation.secret),
            planned: { [mailBell = installation.mailBell] in mailBell.ring() }
        ).add(to: &table)
        InboundRoutes(database: database, world: world, intake: intake).add(to: &table)
        ReplyRoutes(database: database).add(to: &table)
        ExclusionRoutes(database: database, world: world).add(to: &table)
        ExclusionPageRoutes(database: database, world: world).add(to: &table)
        AskRuleRoutes(database: database, world: world, secret: installation.secret).add(to: &table)
        AskRulePageRoutes(database: database, world: world, secret: installation.secret).add(to: &table)
        ResponseExportRoutes(database: database).add(to: &table)
        ResponseHandlingRoutes(database: database, world: world).add(to: &table)
        SavedViewRoutes(database: database, world: world).add(to: &table)
        ResponsePageRoutes(database: database, world: world, recovery: RecoveryCase.address).add(to: &table)
    }

    private func addAlerts(to table: inout RouteTable) {
        let (database, world, secret) = (installation.database, installation.world, installation.secret)
        WebhookRoutes(database: database, world: world, secret: secret, guarding: guarding).add(to: &table)
        WebhookPageRoutes(database: database, world: world, secret: secret, guarding: guarding)
            .add(to: &table)
        let work = AlertRuleWork(world: world, secret: secret, guarding: guarding)
        NoticeChoiceRoutes(database: database).add(to: &table)
        AlertRuleRoutes(database: database, work: work).add(to: &table)
        AlertRulePageRoutes(database: database, work: work).add(to: &table)
    }

    private func addInsight(to table: inout RouteTable) {
        ScoreRoutes(database: installation.database, columns: installation.columns).add(to: &table)
        CoverageRoutes(database: installation.database, world: installation.world).add(to: &table)
        OverviewRoutes(
            database: installation.database, world: installation.world, columns: installation.columns,
            openCases: CaseSummaries.look
        ).add(to: &table)
    }

    private func addCustomers(to table: inout RouteTable) {
        let erasure = Subscriptions.erasure(
            secret: installation.secret, world: installation.world)
        CustomerRoutes(database: installation.database, world: installation.world, erasure: erasure)
            .add(to: &table)
        CustomerEventRoutes(database: installation.database, world: installation.world).add(to: &table)
        RestrictionRoutes(database: installation.database, world: installation.world).add(to: &table)
        ConsentRoutes(database: installation.database, world: installation.world).add(to: &table)
        ContactPolicyRoutes(database: installation.database, world: installation.world).add(to: &table)
        CustomerPageRoutes(
            database: installation.database, world: installation.world, erasure: erasure,
            place: Self.place(of:), details: Self.details(of:_:_:_:),
            lastScores: SurveyResponse.lastScores(of:_:_:_:)
        ).add(to: &table)
    }

    /// What the contexts know of events beyond their kinds.
    @Sendable private static func details(
        of events: [SealedEvent], _ account: Int64, _ messages: Messages, _ tx: any Connection
    ) throws -> [Int64: EventDetail] {
        let told = events.compactMap { event in
            RecoveryCase.detail(of: event, messages).map { (event.id, EventDetail(text: $0)) }
        }
        let cases = Dictionary(told, uniquingKeysWith: { first, _ in first })
        return try SurveyResponse.details(of: events, account, messages, tx)
            .merging(Invitation.details(of: events, account, messages, tx)) { first, _ in first }
            .merging(Reply.details(of: events, account, messages, tx)) { first, _ in first }
            .merging(CustomerEvent.details(of: events, account, messages, tx)) { first, _ in first }
            .merging(Consent.details(of: events, account, messages, tx)) { first, _ in first }
            .merging(cases) { first, _ in first }
    }

    /// Where a person reads more about an event.
    @Sendable private static func place(of event: SealedEvent) -> String? {
        switch event.kind.noun {
        case "reply": "/replies/\(Reply.ID(event.subject))"
        case "response": "/responses/\(SurveyResponse.ID(event.subject))"
        case "case": "/cases/\(RecoveryCase.ID(event.subject))"
        default: nil
        }
    }
}

extension Routes {
    package var router: Router<RequestScope> { table.router(for: site, authenticator: authenticator) }
}
