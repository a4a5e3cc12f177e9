import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Web

/// A form before there is a session: its hidden field must hold what a cookie of this browser holds.
extension Call {
    /// Throws `forbidden` for a form that another site sent, or that this browser never got.
    func requireOpenForm() throws {
        try site.refuseForeign(request)
        guard let cookie = request.cookie(site.cookieName(Site.formCookie)), cookie.utf8.count == 32,
            let sent = try form().fields["csrf"], sent.isEqualInConstantTime(to: cookie)
        else { throw DomainError(.forbidden, "form-expired") }
    }

    /// A page outside the shell with one form. `alert` stands above it.
    func openPage(
        title: String, intro: String? = nil, alert: String? = nil, action: String, submit: String,
        form: FormPage,
        status: HTTPResponse.Status = .ok, world: World
    ) -> Response {
        let known = request.cookie(site.cookieName(Site.formCookie)).flatMap {
            $0.utf8.count == 32 ? $0 : nil
        }
        let token = known ?? world.linkToken()
        let model: [String: Any] = [
            "title": title, "intro": intro ?? false, "alert": alert ?? false, "action": action,
            "submit": submit,
            "fields": form.fields, "csrf": token, "flash": false,
            "languages": ReaderLanguage.allCases.map { language -> [String: Any] in
                ["tag": language.tag, "name": language.ownName, "current": language == self.language]
            },
        ]
        var response = site.pages.plain("open-form", model, language: language, status: status)
        if known == nil { response.addCookie(site.cookie(Site.formCookie, token, maxAgeSeconds: nil)) }
        if request.uri.queryParameters["lang"] != nil { response.keep(language, on: site) }
        return response
    }

    /// What a browser got when it signed in here before.
    var device: String? { request.cookie(site.cookieName(Site.deviceCookie)) }

    /// Leads into the product with a new session, in place of the one that this browser had.
    func welcome(_ token: String, device: String) -> Response {
        var response = Response.seeOther("/")
        response.addCookie(site.cookie(Site.sessionCookie, token, maxAgeSeconds: Int(Session.longestSeconds)))
        response.addCookie(site.cookie(Site.deviceCookie, device, maxAgeSeconds: 365 * 86_400))
        response.addCookie(site.cookie(Site.formCookie, "", maxAgeSeconds: 0))
        return response
    }
}

extension Site {
    static let deviceCookie = "rapport_device"
}

extension Response {
    /// The language of pages before a session, for a year; `Request.chosenLanguage` reads it.
    mutating func keep(_ language: ReaderLanguage, on site: Site) {
        addCookie(
            SetCookie("rapport_language", language.tag, maxAgeSeconds: 365 * 86_400, isSecure: site.isSecure)
                .header)
    }
}
