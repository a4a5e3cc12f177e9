/// Which of our languages a reader wants most (RFC 4647 look-up).
package enum AcceptLanguage {
    /// The best of `supported` for an `Accept-Language` header; `nil` where none fits.
    ///
    /// Chinese goes by script, not by prefix: Taiwan, Hong Kong and Macao read `zh-Hant`, all others
    /// `zh-Hans`.
    package static func best(_ header: String, among supported: [String]) -> String? {
        let list = WeightedList(header)
        let allowed = supported.filter { list.weight(of: $0.lowercased()) != 0 }
        for range in list.entries where range.weight > 0 {
            if range.value == "*" {
                if let first = allowed.first { return first }
            } else if let match = match(range.value, among: allowed) {
                return match
            }
        }
        return nil
    }

    /// The supported tag that one tag stands for, say a `?lang=` or a customer's language.
    package static func match(_ tag: String, among supported: [String]) -> String? {
        var subtags = tag.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).map(String.init)
        if subtags.first == "zh" { subtags = ["zh", script(of: subtags)] }
        while !subtags.isEmpty {
            let wanted = subtags.joined(separator: "-")
            if let match = supported.first(where: { $0.lowercased() == wanted }) { return match }
            subtags.removeLast()
            if subtags.last?.utf8.count == 1 { subtags.removeLast() }
        }
        return nil
    }

    private static func script(of subtags: [String]) -> String {
        if subtags.contains("hans") { return "hans" }
        return subtags.contains { ["hant", "tw", "hk", "mo"].contains($0) } ? "hant" : "hans"
    }
}
