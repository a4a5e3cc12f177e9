import Database
import Formats
import HTTPTypes
package import Hummingbird
import Kernel
import Language
import Web

/// The half of `PersonalLinkRoutes` that shows. It is given a reader, and a log that can do nothing but note
/// who looked: neither counts.
struct PersonalLinkViews: Sendable {
    let answers: AnswerViews
    let links: InvitationLink
    let intents: IntentLog

    /// The page with the score of the link chosen, and once it is answered, thanks.
    @Sendable func show(_ call: Call) async throws -> Response {
        guard let link = try await find(call) else { return unknown(call) }
        let form = AnswerForm(ofLink: try call.query())
        await note(.fetch, form, link, call)
        return try await show(link, form, call)
    }

    /// The same under the name of a band: the address says a band, the answer itself knows better.
    @Sendable func band(_ call: Call) async throws -> Response {
        guard let link = try await find(call), let band = Band(rawValue: try call.parameter("band")),
            link.survey.scale.bands.contains(band)
        else { return unknown(call) }
        return try await show(link, AnswerForm(ofLink: try call.query()), call)
    }

    /// What only a program opens. Should a person ever get here, they find what everybody finds.
    @Sendable func decoy(_ call: Call) async throws -> Response {
        guard let link = try await find(call) else { return unknown(call) }
        let form = AnswerForm(FormFields())
        await note(.decoy, form, link, call)
        return try await show(link, form, call)
    }

    /// `nil` for a token of no invitation.
    func find(_ call: Call) async throws -> PersonalLink? {
        let (token, links) = (try call.parameter("token"), links)
        do {
            return try await answers.reader.read { tx in try PersonalLink.find(token, links, in: tx) }
        } catch let error as DomainError where error.kind == .notFound {
            return nil
        }
    }

    func page(_ link: PersonalLink, _ form: AnswerForm, _ call: Call) -> AnswerPage {
        link.page(
            form, in: link.tag(chosen: form.language, accepting: call.request.headers[.acceptLanguage]))
    }

    private func show(_ link: PersonalLink, _ form: AnswerForm, _ call: Call) async throws -> Response {
        let (page, now) = (page(link, form, call), answers.world.now())
        switch link.standing(at: now) {
        case .asking: return unlisted(answers.respond(page.page(), call))
        case .closed: return closed(page, call)
        case .expired: return expired(page, call)
        case .answered:
            let lacks = link.takesWords(at: now) ? try await answers.lacks(link.response) : nil
            guard let band = link.response?.score.band else { return unknown(call) }
            let shown = BandPage(page: page, band: band, lacks: lacks, end: BandPage.End(form))
            return unlisted(answers.respond(shown.customerPage(), call))
        }
    }

    func closed(_ page: AnswerPage, _ call: Call) -> Response {
        unlisted(answers.gone("answer.closed", page, call))
    }
    func expired(_ page: AnswerPage, _ call: Call) -> Response {
        unlisted(answers.gone("link.expired", page, call))
    }
    func unknown(_ call: Call) -> Response { unlisted(answers.unknown("link.unknown", call)) }

    /// A HEAD is no sign of anybody, and what was answered needs none.
    private func note(
        _ kind: InvitationIntent.Kind, _ form: AnswerForm, _ link: PersonalLink, _ call: Call
    ) async {
        guard call.request.method != .head, link.response == nil else { return }
        let raw = form.filled("score").flatMap { ScoreText.integer($0) }
        let onScale = raw.flatMap { link.survey.scale.scores.contains($0) ? $0 : nil }
        await intents.note(kind, raw: onScale, LinkVisitor(call), of: link.invitation)
    }
}

/// The page of one person: no search engine lists it, and no other site learns its address.
package func unlisted(_ response: Response) -> Response {
    var response = response
    response.headers[.xRobotsTag] = "noindex"
    response.headers[.personalReferrerPolicy] = "no-referrer"
    return response
}

extension HTTPField.Name {
    fileprivate static let xRobotsTag = Self("X-Robots-Tag")!
    fileprivate static let personalReferrerPolicy = Self("Referrer-Policy")!
}

extension LinkVisitor {
    /// What a request tells of who sends it.
    init(_ call: Call) {
        let headers = call.request.headers
        let purposes = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"].compactMap { name in
            HTTPField.Name(name).flatMap { headers[$0] }
        }
        self.init(
            network: ClientNetwork(call.scope.clientAddress)?.description,
            userAgent: headers[.userAgent] ?? "", purposes: purposes)
    }
}
