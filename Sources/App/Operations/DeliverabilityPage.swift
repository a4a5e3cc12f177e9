import Formats
import Kernel
import Language
import Outbound
import Statistics
import Surveys

/// Whether mail of ours arrives: what is set, what the DNS should hold and, once it was asked, holds, and
/// what came back. To look at the page asks nobody: a fresh installation talks to nobody outside.
struct DeliverabilityPage {
    let mail: MailSettings
    let mailbox: IMAPAddress?
    let health: MailHealth
    let messages: Messages
    let now: Timestamp
    /// What the DNS said just now; `nil` where it was not asked.
    var found: SenderRecords?
    var mayLookUp = false

    var model: [String: Any] {
        [
            "title": messages("deliverability.title"), "isTrial": mail.relay == nil, "settings": settings,
            "hasRecords": mail.relay != nil, "records": records, "facts": health.facts(messages, now: now),
            "alarms": health.alarms(messages, now: now), "complaints": complaints, "mayLookUp": mayLookUp,
        ]
    }

    private var domain: String { mail.fromDomain }
    private var bounceDomain: String { mail.bounceDomain }

    /// Each setting with what it is, and whether that is well.
    private var settings: [[String: Any]] {
        [
            setting("relay", mail.relay.map { "\($0.host):\($0.port)" }, isNeeded: true),
            setting(
                "tls",
                mail.relay.map { messages("deliverability.tls.\($0.security.rawValue)") }, isNeeded: true),
            setting("from", mail.from.address, isNeeded: true),
            setting(
                "signing", mail.signer.map { "\($0.selector) · \($0.domain)" }, isNeeded: true),
            setting("bounce", mail.bounce ?? mail.from.address, isNeeded: true),
            setting("mailbox", mailbox?.name, isNeeded: false),
            [
                "name": messages("deliverability.aligned"),
                "value": messages(isAligned ? "deliverability.aligned.yes" : "deliverability.aligned.no"),
                "badge": isAligned ? "good" : "waiting",
                "word": messages(isAligned ? "word.yes" : "word.no"),
            ],
        ]
    }

    private func setting(_ key: String, _ value: String?, isNeeded: Bool) -> [String: Any] {
        [
            "name": messages("deliverability.\(key)"),
            "value": value ?? messages("deliverability.\(key).none"),
            "badge": value != nil ? "good" : isNeeded ? "failed" : "bare",
            "word": messages(value != nil ? "deliverability.set" : "deliverability.unset"),
        ]
    }

    /// DMARC passes where the signature, or the bounce address that SPF looks at, is of the sender's domain.
    private var isAligned: Bool {
        mail.signer?.covers(mail.from) == true || Self.isRelated(bounceDomain, domain)
    }

    private static func isRelated(_ one: String, _ other: String) -> Bool {
        one == other || one.hasSuffix("." + other) || other.hasSuffix("." + one)
    }

    private var records: [[String: Any]] {
        var records = [
            record("spf", bounceDomain, "v=spf1 a:\(mail.relay?.host ?? "") ~all", found?.spf)
        ]
        if let signer = mail.signer, let value = signer.record {
            records.append(record("dkim", signer.recordName, value, found?.dkim))
        }
        records.append(
            record(
                "dmarc", "_dmarc.\(domain)", "v=DMARC1; p=none; rua=mailto:postmaster@\(domain)",
                found?.dmarc))
        return records
    }

    private func record(
        _ key: String, _ name: String, _ value: String, _ finding: SenderRecords.Finding?
    ) -> [String: Any] {
        [
            "id": "record-\(key)", "heading": messages("deliverability.\(key)"),
            "text": messages("deliverability.\(key).text"), "name": name, "value": value,
            "found": finding.map { [shown($0, key)] } ?? [],
        ]
    }

    /// A verdict in words: those of its own record, where there are such, else those that fit all.
    private func shown(_ finding: SenderRecords.Finding, _ key: String) -> [String: Any] {
        let (own, word) = (
            "deliverability.found.\(key).\(finding.verdict.rawValue)", finding.verdict.rawValue
        )
        let badge =
            switch finding.verdict {
            case .good: "good"
            case .watching, .unreachable: "waiting"
            default: "failed"
            }
        return [
            "badge": badge, "word": messages("deliverability.found.\(badge)"),
            "sentence": messages(messages.has(own) ? own : "deliverability.found.\(word)"),
            "records": finding.records.map { String($0.prefix(500)) },
        ]
    }

    /// The share of complaints with its interval, beside the limit of the large receivers.
    private var complaints: String {
        let counts = health.counts
        guard let limits = Limits.share(counts.complaints, of: counts.sent) else {
            return messages("deliverability.complaints.none")
        }
        func percent(_ share: Double) -> MessageValue { .string(messages.percent(share, places: 2)) }
        return messages(
            "deliverability.complaints",
            [
                "share": percent(counts.share(counts.complaints)), "low": percent(limits.low),
                "high": percent(limits.high), "sent": .int(counts.sent),
            ])
    }
}
