import Language
import Testing
import Web

@Suite struct `Text on a page` {
    /// What a person sees as one letter with the mark beside it, while a browser reads the mark alone.
    private static let companions = [("", "\u{0301}"), ("", "\u{FE0F}"), ("", "\u{200D}"), ("\u{0600}", "")]

    @Test(arguments: [("<", "&lt;"), (">", "&gt;"), ("&", "&amp;"), ("\"", "&quot;"), ("'", "&#39;")])
    func `is escaped whatever stands on a mark or joins it`(mark: String, escape: String) {
        for (before, after) in Self.companions {
            let words = "x" + before + mark + after + "y"
            let model: [String: Any] = ["title": words, "detail": words, "requestID": words]
            let page = PageRenderer().text("error", model, language: .en).unicodeScalars
            #expect(!page.contains(Array(words.unicodeScalars)))
            #expect(page.contains(Array(("x" + before + escape + after + "y").unicodeScalars)))
        }
    }
}
