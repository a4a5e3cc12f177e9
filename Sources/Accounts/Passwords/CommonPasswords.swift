import Language

/// Passwords that many people have, commonest first, one a line in lower case. The build takes them from a
/// package of the field.
enum CommonPasswords {
    private static let file = Assets.named("words/common-passwords.txt")

    static var count: Int { file?.bytes.count { $0 == newline } ?? 0 }

    /// Looked through as it stands, for it is asked for when somebody sets a password, and seldom.
    static func holds(anyOf words: Set<String>) -> Bool {
        let wanted = Set(words.map { Array($0.utf8) })
        guard let bytes = file?.bytes else { return false }
        return bytes.split(separator: newline).contains { line in
            wanted.contains { $0.count == line.count && line.elementsEqual($0) }
        }
    }

    private static let newline = UInt8(ascii: "\n")
}
