import Accounts
import Formats
package import Kernel
import Language
package import Outbound
package import Web

/// What a customer reads who is invited by e-mail: one question, a link for each score, one way out.
package struct InvitationLetter: Equatable, Sendable {
    let survey: Survey
    /// Whose survey it is.
    let sender: Sender
    /// One of the survey's languages.
    let tag: String
    let touchpoint: String?
    let style: SurveyDefinition.Style
    /// True of every letter after the first about one invitation.
    let isReminder: Bool
    private(set) var links: LetterLinks

    /// The letter of one invitation, ready for a carrier.
    ///
    /// `mailbox` is who it is from; where it has no name, the sender's stands. Replies come to it with the
    /// token behind a `+`, bounces likewise to `bounce`, else to it. `reminder` counts
    /// from 1.
    package static func message(
        for invitation: Invitation, survey: Survey, sender: Sender, to address: String, name: String? = nil,
        token: String, site: Site, from mailbox: MailMessage.Mailbox, bounce: String? = nil,
        reminder: Int = 0, by press: LetterPress = LetterPress(), at now: Timestamp
    ) -> MailMessage {
        let letter = InvitationLetter(
            survey: survey, sender: sender,
            tag: AnswerPage.tag(for: survey, asked: invitation.language, accepting: nil),
            touchpoint: invitation.touchpoint,
            style: invitation.style ?? survey.definition.style,
            isReminder: reminder > 0, links: LetterLinks(base: site.baseURL, token: token))
        let envelope = LetterEnvelope(
            invitation: invitation, token: token, mailbox: mailbox.address, bounce: bounce,
            links: letter.links)
        let words = press.text(of: letter, site.pages)
        return MailMessage(
            id: envelope.messageID(reminder: reminder), date: now,
            from: .init(name: mailbox.name ?? sender.name.inOneLine, address: mailbox.address),
            to: .init(name: name.map(\.inOneLine), address: address), replyTo: envelope.replyTo,
            envelopeSender: envelope.sender, subject: letter.subject, text: words.text,
            html: words.html, headers: envelope.headers, account: invitation.account)
    }

    func with(_ links: LetterLinks) -> InvitationLetter {
        var letter = self
        letter.links = links
        return letter
    }

    /// In which the product's own words are said.
    var language: ReaderLanguage { ReaderLanguage(tag: tag) ?? .en }
    var messages: Messages { Messages.of(language) }

    var subject: String { said(isReminder ? "letter.subject.again" : "letter.subject") }
    /// What lists of mails show beside the subject.
    var preheader: String { messages("letter.preheader") }
    var question: String { survey.words(.question, in: tag) }
    var sentBy: String { said("letter.sent-by") }
    /// What the survey is for.
    var purpose: String { survey.words(.privacy, in: tag).inOneLine }

    /// What the question is about, where the invitation says so.
    var about: String? {
        touchpoint.map { name in
            messages("letter.about", ["touchpoint": .string(name.replacing("_", with: " ").inOneLine)])
        }
    }

    private func said(_ key: String) -> String {
        messages(key, ["sender": .string(sender.name.inOneLine)])
    }

    /// A score as it is printed: with a real minus.
    static func label(of score: Int) -> String { score < 0 ? "\u{2212}\(-score)" : String(score) }

    /// A word for each score of 1 to 5, as satisfaction has them.
    func word(of score: Int) -> String? {
        survey.scale == .csat1to5 ? messages("letter.word.\(score)") : nil
    }

    /// Every score with the address that gives it, the lowest first.
    var scores: [(score: Int, address: String)] {
        survey.scale.scores.map { ($0, links.answer($0)) }
    }

    /// For readers without HTML: the same words, the same links.
    var text: String {
        let ends = [
            survey.scale.scores.lowerBound: survey.words(.low, in: tag),
            survey.scale.scores.upperBound: survey.words(.high, in: tag),
        ]
        let lines = scores.map { score, address in
            let word = word(of: score) ?? ends[score]?.inOneLine
            return Self.label(of: score) + (word.map { " – \($0)" } ?? "") + ": " + address
        }
        let paragraphs: [String?] = [
            sender.name.inOneLine, isReminder ? messages("letter.again") : nil, about, question.inOneLine,
            lines.joined(separator: "\n"), messages("letter.tap"), purpose,
            sentBy + "\n" + messages("letter.leave") + ": " + links.leave,
        ]
        return paragraphs.compactMap(\.self).joined(separator: "\n\n") + "\n"
    }
}

/// The addresses in a letter. Those of two customers differ in the token alone.
struct LetterLinks: Equatable, Sendable {
    /// Without a slash at the end.
    let base: String
    let token: String

    func answer(_ score: Int) -> String { "\(base)/r/\(token)?s=\(score)" }
    var leave: String { "\(base)/u/\(token)" }
    /// Seen by nobody: who follows it is a machine.
    var decoy: String { "\(base)/r/\(token)/d" }
}

extension SurveyDefinition.Style {
    /// Half of all invitations each, and the same one again for a reminder.
    package static func dealt(to id: Invitation.ID) -> Self {
        // The low bits of an id count within a millisecond, so all its bits are mixed (SplitMix64).
        var bits = UInt64(bitPattern: id.number)
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return (bits ^ bits >> 31) & 1 == 0 ? .neutral : .coloured
    }
}

extension String {
    /// Without line breaks and other control characters, for a subject, a name, a line of text.
    package var inOneLine: String {
        split { letter in
            letter.isWhitespace
                || letter.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
        }.joined(separator: " ")
    }
}
