import Foundation
import Testing

/// What outside words could be turned into, if we let them.
@Suite struct `Hazards` {
    /// Patterns that backtrack without limit, shells, parsers that follow what they read, calls by name, and
    /// a client that follows redirects.
    private static let banned = [
        "NSRegularExpression", "Regex(", "Regex<", "RegexBuilder", "#/", ".regularExpression", "Process()",
        "posix_spawn", "popen(", "XMLParser", "XMLDocument", "NSSelectorFromString", "NSClassFromString",
        "Unarchiver", "URLSession", "dlopen(", "NSExpression", "NSPredicate",
    ]

    @Test(arguments: SourceTree.sources)
    func `of patterns, shells and calls by name are in no source`(file: SourceTree.File) {
        for word in Self.banned {
            #expect(!file.text.contains(word), "\(file.path) uses \(word)")
        }
    }

    /// What a template may set without escaping: drawings and styles that we made.
    private static let made: Set<String> = [
        "trend", "bridge", "distribution", "bands", "chart", "chartStyle", "score", "style", "brand", ".",
    ]

    /// What a letter's styles may be given: colours and fonts of ours, and which way a line runs.
    private static let ofPalette: Set<String> = [
        "font", "paper", "sheet", "ink", "soft", "accent", "fill", "#isList", "^isList", "/isList",
    ]

    @Test func `in a template are only drawings and styles of ours`() {
        let templates = SourceTree.files(under: "Sources", ending: ".mustache")
        #expect(templates.count > 20)
        for file in templates {
            for piece in file.text.components(separatedBy: "{{{").dropFirst() {
                let name = piece.components(separatedBy: "}}}")[0]
                #expect(Self.made.contains(name), "\(file.path) sets \(name) without escaping")
            }
            for word in ["{{&", "<script>", "javascript:", " onclick", " onload"] {
                #expect(!file.text.contains(word), "\(file.path) holds \(word)")
            }
            // Mail programs drop style sheets, so a letter's styles stand on its elements.
            let isLetter = ["letter.mustache", "alert-letter.mustache"].contains(file.name)
            for style in file.text.components(separatedBy: " style=\"").dropFirst() {
                #expect(isLetter, "\(file.path) holds a style")
                let set = style.components(separatedBy: "\"")[0].components(separatedBy: "{{").dropFirst()
                for piece in set {
                    let name = piece.components(separatedBy: "}}")[0]
                    #expect(Self.ofPalette.contains(name), "\(file.path) sets \(name) in a style")
                }
            }
        }
    }

    @Test func `in a script are none, as text stays text`() {
        let scripts = SourceTree.files(under: "FrontEnd/scripts", ending: ".ts")
        #expect(scripts.count > 3)
        for file in scripts {
            for word in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
                "postMessage", "localStorage", "DOMParser",
            ] {
                #expect(!file.text.contains(word), "\(file.path) uses \(word)")
            }
        }
    }
}
