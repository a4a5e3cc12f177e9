/// What the DNS says of a sender of mail, as a receiver would judge it.
package struct SenderRecords: Equatable, Sendable {
    package struct Finding: Equatable, Sendable {
        package let verdict: Verdict
        /// What stands there.
        package let records: [String]

        init(_ verdict: Verdict, _ records: [String] = []) {
            (self.verdict, self.records) = (verdict, records)
        }
    }

    /// The raw value is the key of its sentence.
    package enum Verdict: String, Sendable, CaseIterable {
        case good
        /// It is there and asks receivers to do nothing.
        case watching
        /// Everybody may send in the domain's name.
        case open
        case missing
        /// There may be only one.
        case several
        /// It holds another key than ours, or none.
        case other
        /// It says nothing that receivers know.
        case unreadable
        /// The DNS did not answer.
        case unreachable
    }

    package let spf: Finding
    /// `nil` where nothing of ours signs.
    package let dkim: Finding?
    package let dmarc: Finding

    /// `domain` is that of the address that readers see, `bounceDomain` that of the envelope.
    package static func look(
        domain: String, bounceDomain: String, signer: DKIMSigner?, by lookup: TXTLookup
    ) async -> SenderRecords {
        let spf = judgeSPF(await lookup.look(bounceDomain))
        var dkim: Finding?
        if let signer, let own = signer.record {
            dkim = judgeDKIM(await lookup.look(signer.recordName), own: own)
        }
        return SenderRecords(spf: spf, dkim: dkim, dmarc: await lookForDMARC(of: domain, by: lookup))
    }

    /// The domain's own, else that of the nearest domain above it that has one (RFC 7489, 6.6.3).
    private static func lookForDMARC(of domain: String, by lookup: TXTLookup) async -> Finding {
        var labels = domain.split(separator: ".")[...]
        var found = Finding(.missing)
        while labels.count >= 2 {
            found = judgeDMARC(await lookup.look("_dmarc." + labels.joined(separator: ".")))
            if found.verdict != .missing { break }
            labels = labels.dropFirst()
        }
        return found
    }

    static func judgeSPF(_ answer: TXTLookup.Answer) -> Finding {
        judge(answer, version: "v=spf1", endsBy: " ") { record in
            let all = record.lowercased().split(separator: " ").last { $0.hasSuffix("all") && $0.count <= 4 }
            return all == "all" || all == "+all" ? .open : .good
        }
    }

    static func judgeDKIM(_ answer: TXTLookup.Answer, own: String) -> Finding {
        guard case .records(let records) = answer else { return Finding(.unreachable) }
        let keys = records.filter { tag("p", of: $0) != nil }
        if keys.isEmpty { return Finding(records.isEmpty ? .missing : .unreadable, records) }
        return Finding(keys.contains { tag("p", of: $0) == tag("p", of: own) } ? .good : .other, keys)
    }

    static func judgeDMARC(_ answer: TXTLookup.Answer) -> Finding {
        judge(answer, version: "v=DMARC1", endsBy: ";") { record in
            switch (tag("p", of: record) ?? "").lowercased() {
            case "none": .watching
            case "quarantine", "reject": .good
            default: .unreadable
            }
        }
    }

    private static func judge(
        _ answer: TXTLookup.Answer, version: String, endsBy end: Character, _ judge: (String) -> Verdict
    ) -> Finding {
        guard case .records(let all) = answer else { return Finding(.unreachable) }
        let records = all.filter { record in
            let (head, wanted) = (record.prefix { $0 != end && $0 != " " }, version.lowercased())
            return head.lowercased() == wanted
        }
        guard let record = records.first else { return Finding(.missing) }
        return records.count > 1 ? Finding(.several, records) : Finding(judge(record), records)
    }

    /// The value of a `name=value` between semicolons, without blanks.
    private static func tag(_ name: String, of record: String) -> String? {
        for part in record.split(separator: ";") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let blanks: Set<Character> = [" ", "\t"]
            guard String(part[..<equals].filter { !blanks.contains($0) }) == name else { continue }
            return String(part[part.index(after: equals)...].filter { !blanks.contains($0) })
        }
        return nil
    }
}
