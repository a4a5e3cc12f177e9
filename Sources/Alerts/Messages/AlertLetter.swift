import Accounts
import Customers
import Kernel
import Language
import Outbound
import Surveys
import Web

/// A mail of one thing that has happened: a sentence, its facts, somebody's words, one button.
struct AlertLetter: Equatable, Sendable {
    struct Link: Equatable, Sendable {
        let label: String
        let href: String
    }

    /// Whose mail it is.
    let sender: Sender
    let language: ReaderLanguage
    let subject: String
    let heading: String
    let lead: String
    var facts: [(name: String, value: String)] = []
    /// A customer's own words.
    var words: String?
    var items: [Link] = []
    let button: Link
    /// Why the reader gets it.
    let reason: String
    /// Where the reader says that it need not come.
    var choice: Link?
    /// True where that address also takes a POST of a mail program, from somebody who has no session.
    var isLeftByPost = false

    static func == (left: AlertLetter, right: AlertLetter) -> Bool {
        left.subject == right.subject && left.text == right.text && left.sender == right.sender
    }

    /// For readers without HTML: the same words, the same links.
    var text: String {
        let paragraphs: [String?] = [
            sender.name.inOneLine, heading, lead,
            facts.isEmpty ? nil : facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n"),
            words.map { $0.split(separator: "\n").map { "> \($0)" }.joined(separator: "\n") },
            items.isEmpty ? nil : items.map { "\($0.label)\n\($0.href)" }.joined(separator: "\n\n"),
            "\(button.label): \(button.href)", reason, choice.map { "\($0.label): \($0.href)" },
        ]
        return paragraphs.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    func html(_ pages: PageRenderer) -> String {
        let colours = LetterPalette.light
        let model: [String: Any] = [
            "lang": language.tag, "direction": language.direction,
            "side": language.direction == "rtl" ? "right" : "left",
            "font": LetterPalette.font(in: language), "style": LetterPalette.style,
            "accent": sender.colour?.hex ?? LetterPalette.accent, "paper": colours.paper,
            "sheet": colours.sheet.ground, "ink": colours.sheet.ink, "soft": colours.soft.ink,
            "sender": sender.name.inOneLine, "subject": subject, "heading": heading, "lead": lead,
            "facts": facts.map { ["name": $0.name, "value": $0.value] }, "words": words.map { [$0] } ?? [],
            "items": items.map { ["label": $0.label, "href": $0.href] }, "action": button.label,
            "href": button.href, "reason": reason,
            "choice": choice.map { [["label": $0.label, "href": $0.href]] } ?? [],
        ]
        return pages.text("alert-letter", model, language: language)
    }

    /// Ready for a carrier. `id` names what it is about, so that a second copy would show; `customer` is the
    /// person whose words it may hold.
    func message(
        id: String, to reader: MailMessage.Mailbox, from mailbox: MailMessage.Mailbox, bounce: String?,
        account: Int64, customer: Customer.ID?, site: Site, at now: Timestamp
    ) -> MailMessage {
        var message = MailMessage(
            id: "\(id)@\(site.host)", date: now,
            from: .init(name: mailbox.name ?? sender.name.inOneLine, address: mailbox.address), to: reader,
            envelopeSender: bounce ?? mailbox.address, subject: subject, text: text,
            html: html(site.pages),
            headers: leaving + [
                .init("Auto-Submitted", "auto-generated"), .init("X-Auto-Response-Suppress", "All"),
            ],
            account: account)
        message.customer = customer?.number
        return message
    }
}

extension AlertLetter {
    /// RFC 8058.
    private var leaving: [MailMessage.Header] {
        guard isLeftByPost, let choice else { return [] }
        return [
            .init("List-Unsubscribe", "<\(choice.href)>"),
            .init("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    }

    /// What is to be done stands above the fold, so long words are cut.
    static let longestWords = 500

    /// At most so many characters, with an ellipsis where some are missing.
    static func cut(_ words: String, to longest: Int = longestWords) -> String {
        words.count <= longest ? words : words.prefix(longest - 1) + "…"
    }
}
