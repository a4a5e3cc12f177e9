/// The address of a page that a reader is led to, so strict that it can be nothing else: `http` or `https`, a
/// host of letters, digits, dots and hyphens, and what RFC 3986 lets stand behind it.
package struct WebAddress: Hashable, Sendable, CustomStringConvertible {
    /// As it was written, without the blanks around it.
    package let description: String

    package static let longest = 500

    /// `nil` for anything else. A name without a scheme is meant to be `https`.
    package init?(_ text: String) {
        let text = text.trimmedScalars.text
        let whole = text.contains("://") ? text : "https://" + text
        guard whole.utf8.count <= Self.longest, whole.utf8.allSatisfy(Self.mayStand),
            let rest = ["https://", "http://"].first(where: { whole.lowercased().hasPrefix($0) })
                .map({ whole.dropFirst($0.count) })
        else { return nil }
        let place = rest.prefix { !"/?#".contains($0) }.split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if place.count > 1, UInt16(place[1]) == nil { return nil }
        let labels = place[0].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, labels.allSatisfy(Self.isLabel) else { return nil }
        description = whole
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func mayStand(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
