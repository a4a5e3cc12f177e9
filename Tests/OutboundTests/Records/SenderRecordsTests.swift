import Kernel
import Synchronization
import Testing

@testable import Outbound

@Suite struct `An answer of the DNS` {
    /// `a.b` in the question, its name as a pointer in each answer.
    private static func message(_ records: [[UInt8]], type: UInt8 = 16) -> [UInt8] {
        var bytes: [UInt8] = [0, 7, 0x81, 0x80, 0, 1, 0, UInt8(records.count), 0, 0, 0, 0]
        bytes += [1, 0x61, 1, 0x62, 0, 0, 16, 0, 1]
        for data in records {
            bytes +=
                [0xC0, 12, 0, type, 0, 1, 0, 0, 0, 60, UInt8(data.count >> 8), UInt8(data.count & 255)] + data
        }
        return bytes
    }
    private static func strings(_ texts: String...) -> [UInt8] {
        texts.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }

    @Test func `gives each record, its strings joined`() {
        let long = String(repeating: "k", count: 255)
        let bytes = Self.message([
            Self.strings("v=spf1 ", "~all"), Self.strings(long, "end"), Self.strings(""),
        ])
        #expect(TXTAnswer(bytes)?.records == ["v=spf1 ~all", long + "end", ""])
        #expect(TXTAnswer(Self.message([[2, 0x61, 0xFF]]))?.records == ["a?"])
    }

    @Test func `passes records of other types by`() {
        #expect(TXTAnswer(Self.message([[1, 0x61, 0]], type: 5))?.records == [])
    }

    @Test func `that is cut anywhere is none`() {
        let whole = Self.message([Self.strings("v=spf1 -all")])
        #expect(TXTAnswer(whole) != nil)
        for length in whole.indices { #expect(TXTAnswer(Array(whole.prefix(length))) == nil, "\(length)") }
        var lying = whole
        lying[whole.count - 12] = 200
        #expect(TXTAnswer(lying) == nil)
    }
}

@Suite struct `The records of a sender` {
    @Test(
        arguments: [
            ([], "missing"), (["google-site-verification=x"], "missing"), (["v=spf10 -all"], "missing"),
            (["v=spf1 include:_spf.example ~all"], "good"), (["V=SPF1 mx -all"], "good"),
            (["v=spf1"], "good"),
            (["v=spf1 a +all"], "open"), (["v=spf1 all"], "open"), (["v=spf1 -all", "v=spf1 mx"], "several"),
        ] as [([String], String)])
    func `say which servers may send`(records: [String], verdict: String) {
        #expect(SenderRecords.judgeSPF(.records(records)).verdict.rawValue == verdict)
    }

    @Test(
        arguments: [
            ([], "missing"), (["v=DKIM1; k=rsa; p=QUJD"], "good"), (["p=QU JD"], "good"),
            (["v=DKIM1; p="], "other"), (["v=DKIM1; p=WFla"], "other"), (["hello"], "unreadable"),
        ] as [([String], String)])
    func `hold our key`(records: [String], verdict: String) {
        let own = "v=DKIM1; k=rsa; p=QUJD"
        #expect(SenderRecords.judgeDKIM(.records(records), own: own).verdict.rawValue == verdict)
    }

    @Test(
        arguments: [
            ([], "missing"), (["v=DMARC1; p=none; rua=mailto:a@b.example"], "watching"),
            (["v=DMARC1;p=reject"], "good"), (["v=DMARC1; p=Quarantine"], "good"),
            (["v=DMARC1; sp=none"], "unreadable"), (["v=DMARC1; p=none", "v=DMARC1; p=none"], "several"),
        ] as [([String], String)])
    func `say what happens without proof`(records: [String], verdict: String) {
        #expect(SenderRecords.judgeDMARC(.records(records)).verdict.rawValue == verdict)
    }

    @Test func `are asked for by name, up to the domain that says something`() async {
        let asked = Mutex<[String]>([])
        let lookup = TXTLookup { name in
            asked.withLock { $0.append(name) }
            return .records(name == "_dmarc.kettles.example" ? ["v=DMARC1; p=reject"] : [])
        }
        let found = await SenderRecords.look(
            domain: "news.kettles.example", bounceDomain: "in.kettles.example", signer: nil, by: lookup)
        #expect(found.spf.verdict == .missing && found.dkim == nil && found.dmarc.verdict == .good)
        #expect(
            asked.withLock { $0 } == [
                "in.kettles.example", "_dmarc.news.kettles.example", "_dmarc.kettles.example",
            ])
        let silent = await SenderRecords.look(
            domain: "a.example", bounceDomain: "a.example", signer: nil, by: TXTLookup { _ in .failed })
        #expect(silent.spf.verdict == .unreachable && silent.dmarc.verdict == .unreachable)
    }
}
