import Formats
import HTTPTypes
import Hummingbird
import Language

/// What was done, told once: where a form leads to `…?done=case-resolved`, the word goes into a cookie for
/// the
/// next page instead of into its address, so that a page loaded again no longer tells it.
extension Site {
    static let flashCookie = "rapport_done"
    private static let flashSeconds = 60

    /// The same answer, with the word taken out of its address.
    func handingOverFlash(_ response: Response) -> Response {
        guard response.status == .seeOther, let location = response.headers[.location],
            let mark = location.firstIndex(of: "?"),
            let query = try? FormFields(parsing: String(location[location.index(after: mark)...])),
            let done = query["done"]
        else { return response }
        let kept = FormFields(query.fields.filter { $0.name != "done" }.map { ($0.name, $0.value) })
        var response = response
        response.headers[.location] = location[..<mark] + (kept.fields.isEmpty ? "" : "?" + kept.encoded())
        response.addCookie(cookie(Self.flashCookie, done, maxAgeSeconds: Self.flashSeconds))
        return response
    }

    /// Once shown it is gone.
    func forgettingFlash(_ response: Response) -> Response {
        var response = response
        response.addCookie(cookie(Self.flashCookie, "", maxAgeSeconds: 0))
        return response
    }
}

extension Call {
    /// The word of the form before, `nil` where there was none.
    var done: String? { request.cookie(site.cookieName(Site.flashCookie)) }

    /// A sentence from the catalogs, never the text of the cookie.
    var flash: String? {
        guard let done, done.utf8.count <= 60 else { return nil }
        let key = "flash." + done
        return messages.has(key) ? messages(key) : nil
    }
}
