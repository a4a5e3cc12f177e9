/// Addresses that begin with the same bits: `10.0.0.0/8`, `fd00::/8`, or one address alone.
package struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    package let base: IPAddress
    package let prefix: Int

    /// `nil` where a bit is set behind the prefix: that may be meant as more or as less.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let base = IPAddress(parts[0]) else { return nil }
        let most = base.bytes.count * 8
        var prefix = most
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count),
                parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(parts[1]), number <= most
            else { return nil }
            prefix = number
        }
        (self.base, self.prefix) = (base, prefix)
        guard base.bits(from: prefix) else { return nil }
    }

    /// For networks in the source: another shape is a bug and traps.
    init(fixed text: StaticString) {
        guard let network = IPNetwork("\(text)") else { preconditionFailure("\(text) is no network") }
        self = network
    }

    package var description: String { "\(base)/\(prefix)" }

    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4(let mine), .v4(let other)):
            (mine ^ other).isZero(upTo: prefix)
        case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
            (high ^ otherHigh).isZero(upTo: min(prefix, 64))
                && (low ^ otherLow).isZero(upTo: max(prefix - 64, 0))
        default: false
        }
    }
}

extension IPAddress {
    /// True where every bit from that place on is 0.
    fileprivate func bits(from place: Int) -> Bool {
        bytes.enumerated().allSatisfy { index, byte in
            let kept = min(max(place - index * 8, 0), 8)
            return kept == 8 || byte & (0xFF >> UInt8(kept)) == 0
        }
    }
}

extension FixedWidthInteger {
    /// True where the first so many bits are 0.
    fileprivate func isZero(upTo count: Int) -> Bool { count == 0 || self >> (Self.bitWidth - count) == 0 }
}
