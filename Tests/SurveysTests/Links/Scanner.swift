import Formats
import HTTPTypes
import Kernel
import TestKit

/// Ways in which programs open the links of a mail (reliability E9), and some that do worse.
enum Scanner: CaseIterable, Sendable {
    case asksForHeads, opensAllAtOnce, opensInOrder, runsScripts, comesFromTwoNetworks, comesLater
    case followsRedirects, submitsFirstForm, looksLikeOutlook, prefetches, crawls, opensOneAtOnce

    static let outlook =
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16) Microsoft Outlook 16.0.17328; BingPreview/1.0b"

    /// What it does with one mail.
    func scan(_ link: Invited, through web: Web) async throws {
        let links = web.links(of: link)
        switch self {
        case .asksForHeads:
            for path in links { try await web.ask(.head, path) }
        case .opensAllAtOnce:
            try await web.openAtOnce(links)
        case .opensInOrder:
            for path in links {
                try await web.ask(.get, path)
                web.clock.advance(by: .milliseconds(200))
            }
        case .runsScripts:
            // Waits in sight and moves a made-up mouse on each page that it has opened.
            try await web.openAtOnce(links)
            web.clock.advance(by: .seconds(6))
            for score in 0...10 {
                try await web.ask(.post, link.path + "/confirm", form: [("score", String(score))])
            }
        case .comesFromTwoNetworks:
            for (index, path) in links.enumerated() {
                let address = index % 2 == 0 ? "203.0.113.9" : "198.51.100.9"
                try await web.ask(.get, path, as: Visitor(address: address))
            }
        case .comesLater:
            web.clock.advance(by: .seconds(1800))
            for path in links { try await web.ask(.get, path) }
        case .followsRedirects:
            for path in links { try await web.follow(path) }
        case .submitsFirstForm:
            for path in links { try await web.submitFirstForm(of: path) }
        case .looksLikeOutlook:
            for path in links { try await web.ask(.get, path, as: Visitor(agent: Self.outlook)) }
        case .prefetches:
            for path in links { try await web.ask(.get, path, as: Visitor(purpose: "prefetch")) }
        case .crawls:
            for path in links {
                for next in try await web.ask(.get, path).addresses { try await web.ask(.get, next) }
            }
        case .opensOneAtOnce:
            try await web.ask(.get, link.path + "?s=9")
        }
    }
}

/// How a visitor reaches the product; with `getCounts` a product that takes a look for an answer.
struct Web: Sendable {
    let site: TestSite
    let clock: TestClock
    var getCounts = false

    /// Of a mail: a link for each score, the way out, and the hidden one.
    func links(of link: Invited) -> [String] {
        (0...10).map { "\(link.path)?s=\($0)" } + [link.leave, link.path + "/d"]
    }

    @discardableResult
    func ask(
        _ method: HTTPRequest.Method, _ path: String, as visitor: Visitor = Visitor(),
        form: [(String, String)]? = nil
    ) async throws -> TestAnswer {
        if let form { return try await site.post(path, form: form, headers: visitor.headers) }
        if getCounts, method == .get { try await count(path, visitor) }
        return try await site.call(method, path, headers: visitor.headers)
    }

    /// The fault that the checker must find.
    private func count(_ path: String, _ visitor: Visitor) async throws {
        let parts = path.split(separator: "?s=")
        if parts.count == 2 {
            _ = try await site.post(
                String(parts[0]), form: [("score", String(parts[1]))], headers: visitor.headers)
        } else if path.hasPrefix("/u/") {
            _ = try await site.post(path, form: [], headers: visitor.headers)
        }
    }

    func openAtOnce(_ paths: [String]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for path in paths { group.addTask { try await ask(.get, path) } }
            try await group.waitForAll()
        }
    }

    func follow(_ path: String) async throws {
        var next: String? = path
        for _ in 0..<5 {
            guard let path = next else { return }
            next = try await ask(.get, path).location
        }
    }

    func submitFirstForm(of path: String) async throws {
        guard let form = try await ask(.get, path).forms.first else { return }
        try await ask(.post, form.action, form: form.fields)
    }
}

extension TestAnswer {
    /// Where a page leads to on this site.
    var addresses: [String] {
        text.matches(of: /(?:href|action)="([^"]+)"/).map { match in
            let address = match.1.replacing("&amp;", with: "&")
            return address.hasPrefix("?") ? "" : String(address)
        }.filter { $0.hasPrefix("/") }
    }

    /// The forms of a page as a browser would send them untouched.
    var forms: [(action: String, fields: [(String, String)])] {
        text.matches(of: /<form[^>]* action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/).map { form in
            let fields = form.2.matches(of: /<input[^>]*>/).compactMap { input -> (String, String)? in
                let tag = input.output
                guard let name = tag.firstMatch(of: /name="([^"]*)"/)?.1,
                    !tag.contains("type=\"radio\"") || tag.contains(" checked")
                else { return nil }
                return (String(name), String(tag.firstMatch(of: /value="([^"]*)"/)?.1 ?? ""))
            }
            return (String(form.1), fields)
        }
    }
}
