/// A header's comma list with weights: `pl, en;q=0.8` (RFC 9110, section 12.4.2). Whoever writes it means the
/// heaviest first and excludes what weighs 0.
struct WeightedList {
    /// Lower-case, heaviest first, in written order among equals. Weights are in thousandths.
    let entries: [(value: String, weight: Int)]

    init(_ header: String) {
        var entries: [(value: String, weight: Int)] = []
        for item in header.split(separator: ",").prefix(50) {
            let parts = item.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let value = parts.first, !value.isEmpty else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Self.weight($0.dropFirst(2)) }
            entries.append((value, weight ?? 1000))
        }
        // The library's sort keeps equals in order.
        self.entries = entries.sorted { $0.weight > $1.weight }
    }

    func weight(of value: String) -> Int? { entries.first { $0.value == value }?.weight }

    /// `0`, `0.85`, `1.000`; what is malformed weighs nothing.
    private static func weight(_ text: Substring) -> Int {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, whole == "0" || whole == "1", parts.count <= 2 else { return 0 }
        let digits = parts.count == 2 ? parts[1] : ""
        guard digits.count <= 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return 0 }
        let fraction = Int(digits + String(repeating: "0", count: 3 - digits.count)) ?? 0
        return whole == "1" ? 1000 : fraction
    }
}
