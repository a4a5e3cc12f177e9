import Formats
package import HTTPTypes
package import Hummingbird
import Kernel
package import Language
import Mustache

/// Makes pages of templates and models.
package struct PageRenderer: Sendable {
    package init() {}

    /// Everything from here and nothing from elsewhere; no inline style or script.
    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    /// The text of one template, without an answer around it.
    package func text(_ template: String, _ model: [String: Any], language: ReaderLanguage) -> String {
        var model = model
        if model["lang"] == nil { model["lang"] = language.tag }
        return Templates.library(for: language).render(model, withTemplate: template) ?? ""
    }

    /// A page before or outside a session: sign-in, set-up, errors.
    package func plain(
        _ template: String, _ model: [String: Any], language: ReaderLanguage,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        page(text(template, model, language: language), status: status)
    }

    /// What went wrong. A customer's page leads nowhere: whoever answers a survey knows of no overview.
    func errorPage(_ problem: Problem, for request: Request, _ context: RequestScope) -> Response {
        let fields: [[String: Any]] = problem.error.fields.map { field in
            ["name": String(field.pointer.dropFirst()), "detail": problem.sentence(of: field)]
        }
        let model: [String: Any] = [
            "title": problem.messages("error.title.\(problem.error.kind.page)"), "detail": problem.detail,
            "fields": fields, "requestID": context.id,
        ]
        let language = context.language
        guard CustomerPage.isCustomers(request.uri.path) else {
            return plain("error", model, language: language, status: problem.error.kind.status)
        }
        var page = CustomerPage(
            template: "customer-error", model: model, sender: .nobody, languageTag: language.tag,
            language: language)
        page.status = problem.error.kind.status
        return page.response(accepting: request.headers[.acceptEncoding], pages: self)
    }

    func page(_ html: String, status: HTTPResponse.Status) -> Response {
        var response = Response.html(html, status: status)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.vary] = "Accept-Language, Cookie"
        return response
    }
}

extension DomainError.Kind {
    /// Which heading an error page has.
    fileprivate var page: String {
        switch self {
        case .notFound, .gone: "not-found"
        case .forbidden, .unauthenticated: "forbidden"
        case .busy: "unexpected"
        default: "wrong"
        }
    }
}

extension Call {
    /// A page of a signed-in member inside the shell: rail, header, account, sample banner.
    package func page(
        _ template: String, _ model: [String: Any], status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let principal = try principal()
        var full = Shell(
            principal: principal, path: request.uri.path, messages: messages, hasMailbox: site.hasMailbox
        ).model
        full["csrf"] = principal.csrfToken ?? ""
        full["flash"] = flash
        // Where the language menu leads back to: the answer to a form has no address of its own.
        full["back"] = request.method == .get ? request.uri.path : "/"
        full.merge(model) { _, own in own }
        let page = site.pages.page(site.pages.text(template, full, language: language), status: status)
        return done == nil ? page : site.forgettingFlash(page)
    }
}
