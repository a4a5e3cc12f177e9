/// A piece of HTML or SVG whose text and attributes were escaped when it was made.
package struct Markup: Equatable, Sendable, CustomStringConvertible {
    package let description: String

    /// Markup that is finished already.
    private init(finished: String) { description = finished }

    /// An attribute that is nil is left out.
    init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ content: [Markup] = []) {
        let written = attributes.compactMap { key, value in value.map { " \(key)=\"\(Self.escaped($0))\"" } }
            .joined()
        let inside = content.map(\.description).joined()
        let isDrawing = ["rect", "line", "circle", "path"].contains(name) && content.isEmpty
        description = isDrawing ? "<\(name)\(written)/>" : "<\(name)\(written)>\(inside)</\(name)>"
    }

    static func text(_ words: String) -> Markup { Markup(finished: escaped(words)) }
    static func all(_ pieces: [Markup]) -> Markup { Markup(finished: pieces.map(\.description).joined()) }
    static let nothing = Markup(finished: "")

    /// Also drops what XML 1.0 cannot hold, which is most control characters.
    private static func escaped(_ words: String) -> String {
        var safe = ""
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            case "\t", "\n", "\r": safe += " "
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": continue
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }
}

extension Double {
    /// At most two decimals, never an exponent; 0 for what is not finite.
    var written: String {
        guard isFinite else { return "0" }
        let hundredths = (Swift.max(-1e9, Swift.min(1e9, self)) * 100).rounded()
        let whole = Int(hundredths)
        let (units, rest) = (abs(whole) / 100, abs(whole) % 100)
        let decimals =
            rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        return (whole < 0 ? "-" : "") + "\(units)" + decimals
    }

    /// A place or an extent across the drawing.
    var percent: String { written + "%" }
}
