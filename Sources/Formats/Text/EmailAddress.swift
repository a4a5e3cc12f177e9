/// An e-mail address that mail can be sent to: what RFC 5321 allows, less quoted local parts and address
/// literals, plus letters of any script (RFC 6531).
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    package let local: String
    /// In lower case; an international domain stays in its own script.
    package let domain: String

    /// `nil` where `text`, blanks around it dropped and full-width forms narrowed, is no such address.
    package init?(_ text: String) {
        let scalars = text.trimmedScalars
        guard let at = scalars.lastIndex(of: "@") else { return nil }
        let local = scalars[..<at].text
        let domain = scalars[scalars.index(after: at)...].map {
            $0 == "\u{3002}" || $0 == "\u{FF61}" ? "." : $0
        }
        .text.lowercased()
        guard Self.isLocal(local), Self.isDomain(domain), local.utf8.count + domain.utf8.count < 254 else {
            return nil
        }
        self.local = local
        self.domain = domain
    }

    /// As mail is sent to it: the local part as it was written, for its host alone says what its case means.
    package var description: String { local + "@" + domain }

    /// What two writings of one mailbox share: everything in lower case.
    package var normalised: String { local.lowercased() + "@" + domain }

    private static func isLocal(_ local: String) -> Bool {
        let atoms = local.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        return local.utf8.count <= 64 && atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) }
    }

    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        isLetterOrDigit(scalar) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    private static func isDomain(_ domain: String) -> Bool {
        let labels = domain.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last, !top.allSatisfy(isNumber)
        else {
            return false
        }
        return labels.allSatisfy { label in
            !label.isEmpty && String(label).utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.allSatisfy { isLetterOrDigit($0) || $0 == "-" }
        }
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || isASCIIDigit(scalar)
        }
        return scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
            || scalar.properties.generalCategory == .nonspacingMark
    }

    private static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? isASCIIDigit(scalar) : scalar.properties.numericType != nil
    }

    private static func isASCIIDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
