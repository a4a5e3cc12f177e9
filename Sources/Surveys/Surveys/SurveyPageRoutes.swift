import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Language
import Ledger
package import Web

/// Surveys for people: the list, a new one, the editor with its preview.
package struct SurveyPageRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let views: SurveyPageViews

    package init(database: any Database, world: World, site: Site, figures: @escaping SurveyFigures) {
        self.database = database
        self.world = world
        views = SurveyPageViews(reader: DatabaseReader(database), site: site, figures: figures)
    }

    package func add(to table: inout RouteTable) {
        table.get("/surveys", .page(.readSurveys), use: views.list)
        table.get("/surveys/new", .page(.writeSurveys), use: views.blank)
        table.post("/surveys", .page(.writeSurveys), use: create)
        table.get("/surveys/{id}", .page(.readSurveys), use: views.show)
        table.post("/surveys/{id}", .page(.writeSurveys), use: change)
        table.get("/surveys/{id}/preview", .page(.readSurveys), use: views.preview)
        table.post("/surveys/{id}/preview", .page(.writeSurveys), use: previewForm)
        table.post("/surveys/{id}/closure", .page(.writeSurveys), use: close)
        table.post("/surveys/{id}/opening", .page(.writeSurveys), use: open)
    }

    @Sendable private func create(_ call: Call) async throws -> Response {
        let fields = try call.form().fields
        var body: JSONObject = [
            "name": .string(fields["name"] ?? ""), "scale": .string(fields["scale"] ?? ""),
            "metric": .string(fields["scale"].flatMap(Scale.init)?.metric.rawValue ?? ""),
            "style": .string(fields["style"] ?? ""),
            "languages": .array(fields.all("languages").map { .string($0) }),
        ]
        if let slug = fields["slug"]?.trimmed, !slug.isEmpty { body.set("slug", .string(slug)) }
        do {
            let input = try SurveyInput(JSONInput(.object(body), path: ""))
            let (account, actor) = (try call.account(), try call.actor())
            let survey = try await database.write { [world] tx in
                try Survey.create(input, account: account, by: actor, world: world, at: world.now(), in: tx)
            }
            return .seeOther("/surveys/\(survey.id)?done=survey-created")
        } catch let error as DomainError where !error.fields.isEmpty {
            let page = SurveyNewPage(messages: call.messages, fields: fields, error: error)
            return try call.page("survey-new", page.model, status: error.kind.status)
        }
    }

    /// Saves, or shows the form after an adding, moving or removing button, saving nothing.
    @Sendable private func change(_ call: Call) async throws -> Response {
        let before = try await views.survey(call)
        let form = SurveyForm(try call.form().fields)
        guard form.command == .save else {
            var page = try views.editor(before, form.carriedOut(), call)
            page.isChanged = true
            return try call.page("survey-editor", page.model)
        }
        do {
            let patch = try JSONInput(.object(form.body), path: "")
            let actor = try call.actor()
            try await database.write { [world] tx in
                let before = try Survey.find(before.id, account: before.account, in: tx)
                var survey = before
                try survey.change(by: patch)
                return try survey.save(over: before, by: actor, world: world, at: world.now(), in: tx)
            }
            return .seeOther("/surveys/\(before.id)?done=survey-saved")
        } catch let error as DomainError where error.kind == .invalid {
            var page = try views.editor(before, form, call)
            page.problems = Problem(error, call.messages).fieldDetails
            page.isChanged = true
            return try call.page("survey-editor", page.model, status: error.kind.status)
        }
    }

    /// What is in the form, saved or not. What is wrong in it is shown as it was.
    @Sendable private func previewForm(_ call: Call) async throws -> Response {
        var survey = try await views.survey(call)
        let patch = try JSONInput(.object(SurveyForm(try call.form().fields).body), path: "")
        var changed = survey
        if (try? changed.change(by: patch)) != nil { survey = changed }
        return try await views.preview(survey, call)
    }

    @Sendable private func close(_ call: Call) async throws -> Response { try await put(.closed, call) }
    @Sendable private func open(_ call: Call) async throws -> Response { try await put(.open, call) }

    private func put(_ status: Survey.Status, _ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Survey.ID)
        try await database.write { [world] tx in
            let before = try Survey.find(id, account: account, in: tx)
            var survey = before
            survey.status = status
            return try survey.save(over: before, by: actor, world: world, at: world.now(), in: tx)
        }
        return .seeOther("/surveys/\(id)?done=survey-\(status.rawValue)")
    }
}

/// What people see of surveys.
struct SurveyPageViews: Sendable {
    let reader: DatabaseReader
    let site: Site
    let figures: SurveyFigures

    /// More surveys than fit one page are looked for by name, not leafed through.
    private static let mostListed = 200

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, messages) = (try call.account(), call.messages)
        let (surveys, found) = try await reader.read { [figures] tx in
            let surveys = try Survey.list(account: account, limit: Self.mostListed, in: tx)
            return (surveys, try figures(surveys, messages, tx))
        }
        let page = SurveyListPage(
            surveys: surveys, figures: found, messages: messages,
            mayWrite: try call.principal().may(.writeSurveys))
        return try call.page("surveys", page.model)
    }

    @Sendable func blank(_ call: Call) async throws -> Response {
        try call.page("survey-new", SurveyNewPage(messages: call.messages).model)
    }

    func survey(_ call: Call) async throws -> Survey {
        let (account, id) = (try call.account(), try call.id() as Survey.ID)
        return try await reader.read { tx in try Survey.find(id, account: account, in: tx) }
    }

    func editor(_ survey: Survey, _ form: SurveyForm, _ call: Call) throws -> SurveyEditorPage {
        SurveyEditorPage(
            survey: survey, form: form, messages: call.messages, link: site.link("/s/\(survey.slug)"),
            mayWrite: try call.principal().may(.writeSurveys))
    }

    @Sendable func show(_ call: Call) async throws -> Response {
        let survey = try await survey(call)
        return try call.page("survey-editor", editor(survey, SurveyForm(survey), call).model)
    }

    @Sendable func preview(_ call: Call) async throws -> Response {
        try await preview(try await survey(call), call)
    }

    func preview(_ survey: Survey, _ call: Call) async throws -> Response {
        let sender = try await reader.read { tx in
            try Account.find(Account.ID(survey.account), in: tx).sender
        }
        let asked = try call.body.isEmpty ? call.query()["tag"] : call.form().fields["preview_language"]
        let page = AnswerPage(
            survey: survey, sender: sender,
            tag: AnswerPage.tag(for: survey, asked: asked ?? call.language.tag, accepting: nil),
            form: AnswerForm(FormFields()), key: "preview", isPreview: true)
        return page.page().response(accepting: call.request.headers[.acceptEncoding], pages: site.pages)
    }
}
