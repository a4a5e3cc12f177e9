import Foundation
package import Kernel
import Web

/// What the team calls an answer: "refund", "night shift". An account has each name once, however it is
/// spelled.
package struct ResponseTag: Noun, Hashable, Sendable {
    package static let idPrefix = "tag"
    package typealias ID = Identifier<ResponseTag>

    package static let longestName = 40
    package static let mostOnAResponse = 20
    package static let mostInAnAccount = 500

    package let id: ID
    /// As it was written first.
    package let name: String

    /// A name in one line and one Unicode form, with the form in which two spellings of it are equal.
    package struct Name: Hashable, Sendable {
        package let shown: String
        package let folded: String

        /// Throws `invalid` for what is empty, too long or holds what nobody types.
        package init(_ text: String, pointer: String = "/tag") throws(DomainError) {
            let words = text.split { letter in
                letter.isWhitespace
                    || letter.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
            }
            shown = words.joined(separator: " ").precomposedStringWithCanonicalMapping
            if shown.isEmpty { throw .invalid(pointer, "missing") }
            if shown.count > ResponseTag.longestName {
                throw .invalid(pointer, "too-long", ["max": String(ResponseTag.longestName)])
            }
            folded = shown.lowercased().precomposedStringWithCanonicalMapping
        }

        package static func == (left: Self, right: Self) -> Bool { left.folded == right.folded }
        package func hash(into hasher: inout Hasher) { hasher.combine(folded) }
    }
}
