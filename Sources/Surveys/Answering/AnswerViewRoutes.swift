import Accounts
import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Web

/// The half of `AnswerRoutes` that shows. It is given a reader, so that no GET can record anything.
struct AnswerViews: Sendable {
    let reader: DatabaseReader
    let world: World
    let site: Site
    let stock = AnswerPageStock()

    @Sendable func survey(_ call: Call) async throws -> Response {
        let form = AnswerForm(try call.query())
        do {
            let (survey, sender, _) = try await survey(of: call, key: nil)
            let page = page(of: survey, from: sender, form: form, call)
            guard survey.status == .open else { return closed(page, call) }
            return fromStock(page, call) ?? respond(page.page(), call)
        } catch let error as DomainError where error.kind == .notFound {
            return unknown(call)
        }
    }

    private func fromStock(_ page: AnswerPage, _ call: Call) -> Response? {
        let accepting = call.request.headers[.acceptEncoding]
        guard let label = page.label(CustomerPage.coding(for: accepting)) else { return nil }
        let packed = stock.page(label) {
            let pattern = AnswerPage(
                survey: page.survey, sender: page.sender, tag: page.tag, form: page.form,
                key: PackedPage.word)
            return PackedPage(pattern.page(), accepting: accepting, pages: site.pages)
        }
        return packed?.response(with: page.key)
    }

    @Sendable func band(_ call: Call) async throws -> Response {
        let form = AnswerForm(try call.query())
        do {
            let (survey, sender, response) = try await survey(of: call, key: form.key)
            let page = page(of: survey, from: sender, form: form, call)
            guard let band = Band(rawValue: try call.parameter("band")), survey.scale.bands.contains(band)
            else {
                return unknown(call)
            }
            let lacks = try await lacks(response)
            // The address says a band; the answer itself knows better.
            let shown = response?.score.band ?? band
            let end = BandPage.End(form)
            return respond(
                BandPage(page: page, band: shown, lacks: lacks, end: end).customerPage(), call)
        } catch let error as DomainError where error.kind == .notFound {
            return unknown(call)
        }
    }

    /// The survey at the address, its sender, and the answer that was sent under `key`.
    func survey(of call: Call, key: String?) async throws -> (Survey, sender: Sender, SurveyResponse?) {
        let slug = try call.parameter("slug")
        return try await reader.read { tx in
            let survey = try Survey.find(slug: slug, in: tx)
            let sender = try Account.find(Account.ID(survey.account), in: tx).sender
            let response = try key.flatMap { try AnswerKey(survey: survey, text: $0).response(in: tx) }
            return (survey, sender, response)
        }
    }

    func page(of survey: Survey, from sender: Sender, form: AnswerForm, _ call: Call) -> AnswerPage {
        let tag = AnswerPage.tag(
            for: survey, asked: form.language, accepting: call.request.headers[.acceptLanguage])
        return AnswerPage(
            survey: survey, sender: sender, tag: tag, form: form, key: form.key ?? world.linkToken())
    }

    /// The same form with what is wrong beside each field, and nothing of it lost.
    func answer(_ page: AnswerPage, wrong error: DomainError, _ call: Call) -> Response {
        var page = page
        page.problems = Problem(error, page.messages).fieldDetails
        return respond(page.page(), call)
    }

    func band(
        _ response: SurveyResponse, _ page: AnswerPage, wrong error: DomainError, _ call: Call
    ) async throws -> Response {
        var page = page
        page.problems = Problem(error, page.messages).fieldDetails
        let shown = BandPage(
            page: page, band: response.score.band, lacks: try await lacks(response), end: nil)
        return respond(shown.customerPage(), call)
    }

    func lacks(_ response: SurveyResponse?) async throws -> BandPage.Lacking? {
        guard let response else { return nil }
        let answers = try await reader.read { tx in
            try SurveyResponse.answers(of: [response.id], account: response.account, in: tx)
        }
        return BandPage.Lacking(response, answers: answers[response.id] ?? [])
    }

    func closed(_ page: AnswerPage, _ call: Call) -> Response {
        gone("answer.closed", page, call)
    }

    /// A page on which nothing can be answered any more, and why.
    func gone(_ key: String, _ page: AnswerPage, _ call: Call) -> Response {
        let leave = page.personal?.leaveLink(page.messages) ?? []
        var notice = CustomerPage(
            template: "answer-notice", model: Self.words(key, page.messages).merging(["leave": leave]) { $1 },
            sender: page.sender, languageTag: page.tag, language: page.language)
        notice.status = .gone
        return respond(notice, call)
    }

    private func unknown(_ call: Call) -> Response { unknown("answer.unknown", call) }

    /// Nothing is here for anybody.
    func unknown(_ key: String, _ call: Call) -> Response {
        var notice = CustomerPage(
            template: "answer-notice", model: Self.words(key, call.messages), sender: .nobody,
            languageTag: call.language.tag, language: call.language)
        notice.status = .notFound
        return respond(notice, call)
    }

    private static func words(_ key: String, _ messages: Messages) -> [String: Any] {
        [
            "title": messages("\(key).heading"), "heading": messages("\(key).heading"),
            "text": messages("\(key).text"), "languages": [Any](),
        ]
    }

    func respond(_ page: CustomerPage, _ call: Call) -> Response {
        page.response(accepting: call.request.headers[.acceptEncoding], pages: site.pages)
    }
}
