/// How a body is compressed on the way.
package enum ContentCoding: String, Sendable, CaseIterable {
    case br, gzip, identity

    /// The coding that an `Accept-Encoding` header likes best of `available` (RFC 9110, section 12.5.3),
    /// among equals the one that stands first there; the bare body where there is no header or nothing fits.
    package static func best(_ header: String?, among available: [ContentCoding] = [.br, .gzip])
        -> ContentCoding
    {
        let list = WeightedList(header ?? "")
        let weight = { (coding: ContentCoding) in
            list.weight(of: coding.rawValue) ?? list.weight(of: "*") ?? 0
        }
        let heaviest = available.map(weight).max() ?? 0
        guard heaviest > 0, heaviest >= list.weight(of: "identity") ?? 0 else { return .identity }
        return available.first { weight($0) == heaviest } ?? .identity
    }
}
