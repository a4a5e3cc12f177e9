import Accounts
import Formats
import Kernel
import Language
import Web

/// The mails of a trial, newest first.
struct MailboxPage {
    let page: Page<MailboxMessage>
    let isFirst: Bool
    /// Where a program invites to the newest survey; `nil` where there is none.
    let invitations: String?
    let mayMakeTokens: Bool
    let messages: Messages
    let now: Timestamp

    var model: [String: Any] {
        var model: [String: Any] = [
            "title": messages("mailbox.title"), "hasRows": !page.items.isEmpty, "rows": page.items.map(row),
        ]
        if page.items.isEmpty {
            model["empty"] = empty
            model["command"] = AnswerPage.shown(invitations.map(command))
        }
        if page.nextCursor != nil || !isFirst { model["pagination"] = pagination }
        return model
    }

    private func row(_ message: MailboxMessage) -> [String: Any] {
        [
            "href": "/mailbox/\(message.id)", "to": message.to, "subject": message.subject,
            "at": message.keptAt.rfc3339, "when": messages.relative(message.keptAt, now: now),
        ]
    }

    /// The one step that leads to a first mail: a survey, else a token, else the command.
    private var empty: [String: Any] {
        let step =
            invitations == nil
            ? ("/surveys/new", "surveys.new") : mayMakeTokens ? ("/tokens", "mailbox.make-token") : nil
        return [
            "icon": "mail", "heading": messages("mailbox.none.heading"),
            "text": messages(invitations == nil ? "mailbox.none.survey" : "mailbox.none.text"),
            "action": step.map { ["href": $0.0, "label": messages($0.1)] as Any } ?? false,
        ]
    }

    private func command(_ address: String) -> String {
        """
        curl --oauth2-bearer TOKEN \\
          --json '{"channel": "email", "to": [{"email": "ann@example.com"}]}' \\
          \(address)
        """
    }

    private var pagination: [String: Any] {
        [
            "summary": "", "previous": false, "first": isFirst ? false : "/mailbox" as Any,
            "next": page.nextCursor.map { "/mailbox?\(FormFields([("after", $0)]).encoded())" as Any }
                ?? false,
        ]
    }
}

/// One mail: as its reader sees it, its text beside it, and what only programs read.
struct MailboxMessagePage {
    let message: MailboxMessage
    let zone: Zone
    let messages: Messages

    var model: [String: Any] {
        let facts: [(String, String)] = [
            ("word.from", message.from), ("word.to", message.to),
            (
                "word.time",
                messages.dateTime(message.keptAt, offsetSeconds: zone.offsetSeconds(at: message.keptAt))
            ),
        ]
        let unseen = [
            "Message-ID: <\(message.messageID)>", "Return-Path: <\(message.envelopeSender)>",
            message.replyTo.map { "Reply-To: <\($0)>" }, message.headers,
        ]
        return [
            "title": message.subject, "html": "/mailbox/\(message.id)/html", "text": message.text,
            "facts": facts.map { ["name": messages($0), "value": $1] },
            "headers": unseen.compactMap(\.self).joined(separator: "\n"),
        ]
    }
}
