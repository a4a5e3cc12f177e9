import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Language
import Ledger
package import Web

/// The page behind one person's own link: `/r/{token}`.
package struct PersonalLinkRoutes: Sendable {
    private let database: any Database
    private let views: PersonalLinkViews
    private let world: World
    private let limit: AnswerLimit

    /// `limit` is the one of all public pages.
    package init(
        database: any Database, world: World, site: Site, limit: AnswerLimit, links: InvitationLink,
        scanners: ScannerList = ScannerList()
    ) {
        self.database = database
        self.world = world
        self.limit = limit
        views = PersonalLinkViews(
            answers: AnswerViews(reader: DatabaseReader(database), world: world, site: site), links: links,
            intents: IntentLog(database: database, world: world, scanners: scanners))
    }

    package func add(to table: inout RouteTable) {
        table.get("/r/{token}", .open, use: views.show)
        table.get("/r/{token}/d", .open, use: views.decoy)
        table.get("/r/{token}/{band}", .open, use: views.band)
        table.post("/r/{token}", .open, use: answer)
        table.post("/r/{token}/d", .open, use: views.decoy)
        table.post("/r/{token}/confirm", .open, use: confirm)
    }

    @Sendable private func answer(_ call: Call) async throws -> Response {
        try limit.count(from: call.scope.clientAddress, at: world.now())
        let form = AnswerForm(try call.form().fields)
        guard let link = try await views.find(call) else { return views.unknown(call) }
        let (page, now) = (views.page(link, form, call), world.now())
        switch link.standing(at: now) {
        case .closed: return views.closed(page, call)
        case .expired: return views.expired(page, call)
        case .answered: return try await complete(link, page, call)
        case .asking: break
        }
        do {
            let draft = try form.draft(for: link.survey, in: page.tag, at: now)
            let response = try await record(draft, link)
            return unlisted(.seeOther(location(of: response.score.band, link, page)))
        } catch let error as DomainError where error.kind == .invalid {
            return unlisted(views.answers.answer(page, wrong: error, call))
        } catch let error as DomainError where error == .surveyClosed {
            return views.closed(page, call)
        }
    }

    /// One answer for each invitation, however many forms arrive at once: the first one's.
    private func record(_ draft: ResponseDraft, _ link: PersonalLink) async throws -> SurveyResponse {
        let (recording, links) = (recording(), views.links)
        return try await database.write { tx in
            let invitation = try Invitation.find(token: link.address.token, links, in: tx)
            return try invitation.answer(draft, for: link.survey, recording, in: tx)
        }
    }

    /// Words that an answer lacked. Its score is not asked for again, and not changed where it is sent.
    private func complete(
        _ link: PersonalLink, _ page: AnswerPage, _ call: Call
    ) async throws -> Response {
        guard let earlier = link.response else { return views.unknown(call) }
        guard link.takesWords(at: world.now()) else {
            return link.survey.status == .open ? views.expired(page, call) : views.closed(page, call)
        }
        let later: LaterWords
        do {
            later = try page.form.laterWords(for: page.survey)
        } catch  where error.kind == .invalid {
            return unlisted(try await views.answers.band(earlier, page, wrong: error, call))
        }
        let recording = recording()
        try await database.write { tx in
            try SurveyResponse.find(earlier.id, account: earlier.account, in: tx)
                .add(later, recording, in: tx)
        }
        return unlisted(.seeOther(location(of: earlier.score.band, link, page, end: BandPage.End(later))))
    }

    private func recording() -> Recording {
        Recording(source: .page, actor: .customer, world: world, now: world.now())
    }

    private func location(
        of band: Band, _ link: PersonalLink, _ page: AnswerPage, end: BandPage.End? = nil
    ) -> String {
        var query = FormFields([("lang", page.tag)])
        if let end { query.append("done", end.rawValue) }
        return "\(link.address.path)/\(band.rawValue)?\(query.encoded())"
    }

    /// The script's word that somebody looks at the page and has moved on it. Programs are not told that they
    /// were found out.
    @Sendable private func confirm(_ call: Call) async throws -> Response {
        try limit.count(from: call.scope.clientAddress, at: world.now())
        let form = AnswerForm(try call.form().fields)
        guard let link = try await views.find(call) else { return views.unknown(call) }
        let now = world.now()
        switch link.standing(at: now) {
        case .answered: return unlisted(Response(status: .noContent))
        case .closed: return views.closed(views.page(link, form, call), call)
        case .expired: return views.expired(views.page(link, form, call), call)
        case .asking: break
        }
        guard let raw = form.filled("score").flatMap({ ScoreText.integer($0) }),
            let score = Score(raw, on: link.survey.scale)
        else { throw DomainError.invalid([link.survey.scale.outOfRange(at: "/score")]) }
        let (links, visitor, log) = (views.links, LinkVisitor(call), views.intents)
        try await database.write { tx in
            let invitation = try Invitation.find(token: link.address.token, links, in: tx)
            guard invitation.response == nil else { return }
            let isMachine = try log.write(.gesture, raw: raw, visitor, of: invitation, at: now, in: tx)
            if !isMachine { try ProvisionalScore(score, of: invitation, at: now).put(in: tx) }
        }
        return unlisted(Response(status: .noContent))
    }
}
