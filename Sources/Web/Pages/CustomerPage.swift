import Crypto
package import Formats
package import HTTPTypes
package import Hummingbird
package import Language
import NIOCore

/// A page for customers: one request, no cookie, the style inside under its hash, and almost never a script.
package struct CustomerPage {
    package let template: String
    package var model: [String: Any]
    package let sender: Sender
    /// What the page is written in: a survey may offer languages that the product itself does not speak.
    package let languageTag: String
    /// In which the product's own words are said.
    package let language: ReaderLanguage
    package var status: HTTPResponse.Status = .ok
    /// True where it shows what is wrong with what was sent.
    package var isRefusal: Bool {
        get { status == .unprocessableContent }
        set { status = newValue ? .unprocessableContent : .ok }
    }
    /// A script of ours, inside the page under its hash. The page works without it.
    package enum Script: String, Sendable {
        /// Tells of a score that somebody has looked at, before they send it.
        case answer = "answer.js"
    }
    package var script: Script?
    /// True where a page of ours may show it in a frame.
    package var isFramed = false

    package init(
        template: String, model: [String: Any], sender: Sender, languageTag: String, language: ReaderLanguage
    ) {
        self.template = template
        self.model = model
        self.sender = sender
        self.languageTag = languageTag
        self.language = language
    }

    /// True for the addresses that only customers open.
    static func isCustomers(_ path: String) -> Bool {
        ["/s/", "/r/", "/u/", "/v/"].contains { path.hasPrefix($0) }
    }

    /// Scripts that run from right to left, by the language that is written in them.
    private static let rightToLeft: Set<Substring> = ["ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"]

    package static func direction(of tag: String) -> String {
        rightToLeft.contains(tag.lowercased().prefix { $0 != "-" }[...]) ? "rtl" : "ltr"
    }

    static let style = SiteAssets.text(of: "public.css")
    private static let styleSource = source(of: style)
    private static let answerScript = SiteAssets.text(of: Script.answer.rawValue)
    private static let answerSource = source(of: answerScript)

    private static func source(of text: String) -> String {
        "'sha256-\(Base64.encode(Array(SHA256.hash(data: Array(text.utf8)))))'"
    }

    private var policy: String {
        let sources = [Self.styleSource] + (sender.colour.map { [Self.source(of: $0.style)] } ?? [])
        let scripts = script == nil ? "" : "script-src \(Self.answerSource); connect-src 'self'; "
        return
            "default-src 'none'; style-src \(sources.joined(separator: " ")); \(scripts)form-action 'self'; "
            + "base-uri 'none'; frame-ancestors \(isFramed ? "'self'" : "'none'")"
    }

    /// Packed as the browser likes it best.
    package func response(accepting: String?, pages: PageRenderer) -> Response {
        let coding = Self.coding(for: accepting)
        let body = ByteBuffer(bytes: coding.pack(html(pages)))
        return Response(status: status, headers: headers(coding), body: .init(byteBuffer: body))
    }

    package static func coding(for accepting: String?) -> ContentCoding {
        ContentCoding.best(accepting, among: ContentCoding.packed)
    }

    func html(_ pages: PageRenderer) -> [UInt8] {
        var full = model
        full["style"] = Self.style
        full["sender"] = sender.name
        full["script"] = script == nil ? [] : [Self.answerScript]
        full["brand"] = sender.colour.map { [$0.style] } ?? []
        full["lang"] = languageTag
        full["direction"] = Self.direction(of: languageTag)
        return Array(pages.text(template, full, language: language).utf8)
    }

    func headers(_ coding: ContentCoding) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
            .contentSecurityPolicy: policy, .vary: "Accept-Encoding, Accept-Language",
        ]
        if coding != .identity { headers[.contentEncoding] = coding.rawValue }
        return headers
    }
}

/// RFC 4648 with padding, as a content security policy spells a hash.
private enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String {
        let url = Base64URL.encode(bytes).replacing("-", with: "+").replacing("_", with: "/")
        return url + String(repeating: "=", count: (4 - url.utf8.count % 4) % 4)
    }
}
