import Formats
import Language
import Mustache
import Synchronization

/// The templates of the binary, compiled once for each language: `[[key]]` stands for a catalog's text,
/// `[[asset:app.css]]`
/// for an asset's address. Text of the model comes in finished; `{{…}}` escapes it, as `PageText` says.
enum Templates {
    private static let compiled = Mutex<[ReaderLanguage: MustacheLibrary]>([:])

    static func library(for language: ReaderLanguage) -> MustacheLibrary {
        if let known = compiled.withLock({ $0[language] }) { return known }
        let made = compile(for: language)
        compiled.withLock { $0[language] = made }
        return made
    }

    /// A template that does not compile is a fault of the build and is found by the first test that shows
    /// any page.
    private static func compile(for language: ReaderLanguage) -> MustacheLibrary {
        MustacheContentTypes.register(PageText(), named: PageText.name)
        var library = MustacheLibrary()
        for file in Assets.under("templates/") {
            let name = String(file.name.dropFirst("templates/".count).dropLast(".mustache".count))
            do {
                try library.register(filled(file.text, for: language), named: name)
            } catch {
                preconditionFailure("template \(name): \(error)")
            }
        }
        return library
    }

    /// Replaces each `[[…]]`, and says how text is escaped: else a template, a part of one too, begins with
    /// Mustache's own way.
    static func filled(_ source: String, for language: ReaderLanguage) -> String {
        let messages = Messages.of(language)
        var pieces = source.components(between: "[[", and: "]]")
        for index in pieces.indices where index % 2 == 1 {
            let key = pieces[index]
            if key.hasPrefix("asset:") {
                pieces[index] = SiteAssets.path(of: String(key.dropFirst(6)))
            } else {
                pieces[index] = messages(key).htmlEscaped
            }
        }
        return "{{% CONTENT_TYPE: \(PageText.name)}}\n" + pieces.joined()
    }

    /// Every catalog key that a template names, for the test that looks for missing ones.
    static var namedKeys: [String] {
        Assets.under("templates/").flatMap { file in
            file.text.components(between: "[[", and: "]]").enumerated()
                .compactMap { $0.offset % 2 == 1 ? $0.element : nil }.filter { !$0.hasPrefix("asset:") }
        }
    }
}

/// Escapes code by code, as a browser reads. Mustache's own way goes by what a person sees as one letter, and
/// so lets a quote with an accent on it, or a `<` behind a sign that joins the next, go as it is.
private struct PageText: MustacheContentType {
    static let name = "PAGE"

    func escapeText(_ text: String) -> String { text.htmlEscaped }
}

extension String {
    /// Outside and inside pieces in turn: `a[[b]]c` is `["a", "b", "c"]`.
    fileprivate func components(between open: String, and close: String) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while let start = rest.firstRange(of: open), let end = rest[start.upperBound...].firstRange(of: close)
        {
            pieces.append(String(rest[..<start.lowerBound]))
            pieces.append(String(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return pieces + [String(rest)]
    }
}
