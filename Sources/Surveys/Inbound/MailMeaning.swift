package import Formats
package import Outbound

/// What follows from a message that came, whoever it is from.
package enum MailMeaning: Equatable, Sendable {
    case bounce(DeliveryStatus)
    case complaint
    /// A machine says something about itself.
    case automatic
    /// Its writer wants to be left alone.
    case leave
    /// A person wrote.
    case reply
    case nothing

    package init(_ mail: InboundMail) {
        switch mail.kind {
        case .bounce: self = mail.status.map(Self.bounce) ?? .nothing
        case .complaint: self = .complaint
        case .autoReply: self = Self.asksToLeave(mail) ? .leave : .automatic
        case .reply: self = Self.asksToLeave(mail) ? .leave : .reply
        case .unknown: self = Self.asksToLeave(mail) ? .leave : .nothing
        }
    }

    /// By the subject that a letter's `List-Unsubscribe` asks for, which a mail program may send on its own,
    /// or by a reply that says nothing else.
    private static func asksToLeave(_ mail: InboundMail) -> Bool {
        if plain(mail.subject) == "unsubscribe" { return true }
        return mail.kind == .reply && leaveWords.contains(plain(mail.said))
    }

    /// In small letters, without what stands around words.
    private static func plain(_ text: String) -> String {
        let around: (Unicode.Scalar) -> Bool = { scalar in
            !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
        }
        let scalars = text.lowercased().unicodeScalars.drop(while: around).reversed().drop(while: around)
        return String(String.UnicodeScalarView(scalars.reversed()))
    }

    private static let leaveWords: Set<String> = [
        "unsubscribe", "unsubscribe me", "please unsubscribe", "please unsubscribe me", "stop", "remove me",
        "please remove me", "opt out", "wypisz", "wypisz mnie", "proszę wypisać", "proszę mnie wypisać",
        "proszę o wypisanie", "rezygnuję", "退订", "请退订", "取消订阅", "退訂", "請退訂", "取消訂閱",
    ]
}

/// Whether somebody who gave a high score complains all the same. It may only find too much: then a person
/// looks at it.
enum ComplaintWords {
    static func areHeard(in text: String) -> Bool {
        words.areHeard(in: " \(text) ")
    }

    private static let words = Phrases([
        "?", "？", " not ", "n't", "never", "complain", "problem", "broken", "wrong", " late", " bad", "worse",
        "worst",
        "disappoint", "refund", "unhappy", "terrible", "however", " but ",
        " nie ", "nigdy", "reklam", "skarg", "zepsu", "zły", "złe", "źle", "gorzej", "fatal", "późn",
        "rozczarow", "zwrot", "niestety", " ale ",
        "不", "没", "沒", "投诉", "投訴", "问题", "問題", "坏", "壞", "差", "慢", "退款", "失望", "但",
    ])
}
