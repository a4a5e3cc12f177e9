import Formats
import Kernel

/// A question after the score question.
package struct Question: Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// One of the options, any of them.
        case choice, choices
        /// 1 to 5 for each option; 1 to 5.
        case matrix, rating
        case text
        /// Name, e-mail address and phone number: kept with the customer, never with the answer.
        case contact

        package var hasOptions: Bool { self == .choice || self == .choices || self == .matrix }
    }
    package struct Option: Equatable, Sendable {
        package var key: String
        package var text: LocalText

        package init(key: String, text: LocalText) {
            self.key = key
            self.text = text
        }
    }

    package static let ratings = 1...5
    package static let mostOptions = 100
    package static let longestText = 1000
    /// Names of form fields that mean something else.
    static let reservedKeys: Set<String> = [
        "score", "comment", "key", "lang", "touchpoint", "contact", "quote", "band",
    ]

    package var key: String
    package var kind: Kind
    package var text: LocalText
    package var options: [Option]
    package var isRequired: Bool

    package init(key: String, kind: Kind, text: LocalText, options: [Option] = [], isRequired: Bool = false) {
        self.key = key
        self.kind = kind
        self.text = text
        self.options = options
        self.isRequired = isRequired
    }

    /// 1 to 64 letters, digits, `_`, `-` and `.`: safe in a form field and a column heading.
    static func isKey(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    || "_-.".utf8.contains(byte)
            }
    }
}

/// One sentence in several languages, by tag.
package struct LocalText: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var byLanguage: [String: String]

    package init(_ byLanguage: [String: String] = [:]) { self.byLanguage = byLanguage }
    package init(dictionaryLiteral elements: (String, String)...) {
        byLanguage = Dictionary(elements, uniquingKeysWith: { _, last in last })
    }

    package var isEmpty: Bool { byLanguage.isEmpty }

    package subscript(language: String) -> String? {
        get { byLanguage[language] }
        set { byLanguage[language] = newValue }
    }

    /// The sentence in the language that a reader of `tag` reads best; `nil` where none fits.
    package func said(in tag: String) -> String? {
        if let exact = byLanguage[tag] { return exact }
        return AcceptLanguage.match(tag, among: byLanguage.keys.sorted()).flatMap { byLanguage[$0] }
    }

    /// The same, and where none fits the sentence of the first language that has one.
    package func said(in tag: String, orIn languages: [String]) -> String {
        said(in: tag) ?? languages.lazy.compactMap { byLanguage[$0] }.first
            ?? byLanguage.min { $0.key < $1.key }?.value ?? ""
    }
}
