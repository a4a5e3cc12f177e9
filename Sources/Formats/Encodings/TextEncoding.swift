/// The character encodings in which files of answers come.
package enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "UTF-8"
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case gb18030 = "GB18030"
    case big5 = "Big5"
    case windows1250 = "windows-1250"

    /// By any of its usual names, in any case and with any punctuation: `utf8`, `GBK`, `cp1250`.
    package init?(named name: String) {
        switch name.lowercased().filter({ $0.isLetter || $0.isNumber }) {
        case "utf8": self = .utf8
        case "utf16", "utf16le": self = .utf16LittleEndian
        case "utf16be": self = .utf16BigEndian
        case "gb18030", "gbk", "gb2312", "cp936": self = .gb18030
        case "big5", "big5hkscs", "cp950": self = .big5
        case "windows1250", "cp1250", "1250": self = .windows1250
        default: return nil
        }
    }

    /// Its name for the C library. Big5 with Hong Kong's characters holds plain Big5.
    var iconvName: String { self == .big5 ? "BIG5-HKSCS" : self == .windows1250 ? "CP1250" : rawValue }
}
