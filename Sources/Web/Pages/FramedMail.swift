import HTTPTypes
package import Hummingbird

/// A mail in a frame of ours, as its reader's program would show it. It comes from outside the house, or
/// could: it runs nothing, loads nothing, sends no form, and knows nothing of the page around it.
package struct FramedMail: Sendable {
    package let html: String
    /// True where its links open, each in a tab of its own, as ordinary pages; else they lead nowhere.
    package let opensLinks: Bool

    package init(html: String, opensLinks: Bool) {
        self.html = html
        self.opensLinks = opensLinks
    }

    /// Styles stand inside a mail, on its elements, so no hash can name them; there is nothing here that a
    /// style could give away.
    private var policy: String {
        let sandbox = opensLinks ? "sandbox allow-popups allow-popups-to-escape-sandbox" : "sandbox"
        return "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
            + "frame-ancestors 'self'; \(sandbox)"
    }

    package var response: Response {
        var response = Response.html(opensLinks ? html.openingLinksApart : html)
        response.headers[.contentSecurityPolicy] = policy
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}

extension String {
    /// A link that names no target of its own opens in a new tab.
    fileprivate var openingLinksApart: String {
        let base = "<base target=\"_blank\">"
        guard let head = firstRange(of: "<head>") else { return base + self }
        return self[..<head.upperBound] + base + self[head.upperBound...]
    }
}
