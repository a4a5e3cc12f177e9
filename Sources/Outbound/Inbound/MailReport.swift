import Formats

/// What one mail system tells another in fields (RFC 3464, 5965, 8098), where a message holds such a part.
struct MailReport {
    let kind: InboundMail.Kind?
    let status: DeliveryStatus?
    /// Who sent the mail that is reported on: addresses of ours with their token.
    let senders: [String]
    let messageIDs: [String]

    init(_ mail: MIMEReader) {
        let delivery = mail.parts.first {
            ["message/delivery-status", "message/global-delivery-status"].contains($0.type)
        }
        let feedback = mail.parts.first { $0.type == "message/feedback-report" }
        let read = mail.parts.first {
            ["message/disposition-notification", "message/global-disposition-notification"].contains($0.type)
        }
        let returned = mail.parts.filter {
            ["message/rfc822", "text/rfc822-headers", "message/global-headers"].contains($0.type)
        }
        let fields = returned.prefix(3).compactMap { FieldBlock.blocks(of: $0.text, most: 1).first }
        let isReport = delivery != nil || feedback != nil || mail.first("X-Failed-Recipients") != nil
        messageIDs = isReport ? fields.flatMap { Self.messageIDs(in: $0["message-id"] ?? "") } : []
        var senders = fields.flatMap { block in [block["return-path"], block["reply-to"]].compactMap { $0 } }
        if let feedback {
            let report = FieldBlock.blocks(of: feedback.text, most: 1).first
            senders = [report?["original-mail-from"]].compactMap { $0 } + senders
            kind = Self.kind(feedback: report?["feedback-type"] ?? "")
            status = nil
        } else if let delivery {
            let all = DeliveryStatus.all(in: delivery.text)
            // One that failed outweighs one that is late, and that one what arrived.
            let worst = all.first { $0.action == .failed } ?? all.first { $0.action == .delayed }
            kind = worst != nil || all.isEmpty ? .bounce : .autoReply
            status = worst
        } else {
            kind = read == nil ? nil : .autoReply
            status = nil
        }
        self.senders = isReport ? senders : []
    }

    /// Reports of `not-spam` and of failed authentication (RFC 6591) are no complaints of a reader.
    private static func kind(feedback type: String) -> InboundMail.Kind {
        switch type.lowercased() {
        case "not-spam", "auth-failure", "dmarc": .unknown
        default: .complaint
        }
    }

    /// What stands between angle brackets.
    static func messageIDs(in field: String) -> [String] {
        field.split(separator: "<").prefix(50).compactMap { piece in
            guard let end = piece.firstIndex(of: ">") else { return nil }
            let id = String(piece[..<end])
            return id.contains("@") && id.utf8.count <= 320 ? id : nil
        }
    }
}

/// How mail that is no report is known for what it is.
enum MailMarks {
    static let daemons = ["mailer-daemon", "mail-daemon", "postmaster", "mailerdaemon", "mdaemon"]

    static let bounceSubjects = Phrases([
        "undeliverable", "undelivered mail", "delivery status notification (failure)", "mail delivery failed",
        "delivery failure", "failure notice", "returned mail", "mail delivery failure", "delivery has failed",
        "niedostarczon", "nie można dostarczyć", "nie można było dostarczyć", "zwrot wiadomości", "退信",
        "无法投递", "投递失败",
        "無法傳遞", "無法投遞", "郵件傳送失敗",
    ])

    static let autoSubjects = [
        "automatic reply", "auto reply", "auto-reply", "autoreply", "out of office", "out-of-office", "auto:",
        "odpowiedź automatyczna", "automatyczna odpowiedź", "autoodpowiedź", "poza biurem", "自动回复", "自動回覆",
        "自動回復", "不在办公室", "不在辦公室",
    ]

    static let autoHeaders = [
        "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-Suppress", "X-Mail-Autoreply",
        "List-Id",
        "X-Vacation", "X-Cron-Env", "Feedback-ID",
    ]
}
