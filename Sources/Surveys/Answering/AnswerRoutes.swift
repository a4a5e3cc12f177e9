import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Language
import Ledger
package import Web

/// The public page of a survey: `/s/{slug}`.
package struct AnswerRoutes: Sendable {
    private let database: any Database
    private let views: AnswerViews
    private let world: World
    private let limit: AnswerLimit

    package init(database: any Database, world: World, site: Site, limit: AnswerLimit) {
        self.database = database
        self.world = world
        self.limit = limit
        views = AnswerViews(reader: DatabaseReader(database), world: world, site: site)
    }

    package func add(to table: inout RouteTable) {
        table.get("/s/{slug}", .open, use: views.survey)
        table.get("/s/{slug}/{band}", .open, use: views.band)
        table.post("/s/{slug}", .open, use: answer)
    }

    @Sendable private func answer(_ call: Call) async throws -> Response {
        try limit.count(from: call.scope.clientAddress, at: world.now())
        let form = AnswerForm(try call.form().fields)
        let (survey, sender, earlier) = try await views.survey(of: call, key: form.key)
        let page = views.page(of: survey, from: sender, form: form, call)
        guard survey.status == .open else { return views.closed(page, call) }
        if let earlier { return try await complete(earlier, page, call) }
        do {
            if let key = form.key, key.count > AnswerForm.longestKey {
                throw DomainError.invalid("/key", "too-long", ["max": String(AnswerForm.longestKey)])
            }
            let draft = try form.draft(for: survey, in: page.tag, at: world.now())
            let response = try await record(draft, page)
            return .seeOther(location(of: response.score.band, page))
        } catch let error as DomainError where error.kind == .invalid {
            return views.answer(page, wrong: error, call)
        } catch let error as DomainError where error == .surveyClosed {
            return views.closed(page, call)
        }
    }

    /// The first score of a key stands, however many forms arrive at once.
    private func record(_ draft: ResponseDraft, _ page: AnswerPage) async throws -> SurveyResponse {
        let (recording, survey) = (recording(), page.survey)
        let key = AnswerKey(survey: survey, text: page.key)
        return try await database.write { tx in
            if let earlier = try key.response(in: tx) {
                try earlier.add(LaterWords(draft), recording, in: tx)
                return earlier
            }
            let response = try SurveyResponse.record(draft, for: survey, recording, in: tx)
            try key.keep(response, at: recording.now, in: tx)
            return response
        }
    }

    /// Words that an answer lacked. Its score is not asked for again, and not changed where it is sent.
    private func complete(_ earlier: SurveyResponse, _ page: AnswerPage, _ call: Call) async throws
        -> Response
    {
        let later: LaterWords
        do {
            later = try page.form.laterWords(for: page.survey)
        } catch  where error.kind == .invalid {
            return try await views.band(earlier, page, wrong: error, call)
        }
        let (recording, key) = (recording(), AnswerKey(survey: page.survey, text: page.key))
        try await database.write { tx in
            try key.response(in: tx)?.add(later, recording, in: tx)
        }
        return .seeOther(location(of: earlier.score.band, page, end: BandPage.End(later)))
    }

    private func recording() -> Recording {
        Recording(source: .page, actor: .customer, world: world, now: world.now())
    }

    private func location(of band: Band, _ page: AnswerPage, end: BandPage.End? = nil) -> String {
        var query = FormFields([("lang", page.tag), ("key", page.key)])
        if let end { query.append("done", end.rawValue) }
        return "/s/\(page.survey.slug)/\(band.rawValue)?\(query.encoded())"
    }
}
