import Formats
import Web

/// What a column of a file says of an answer.
package enum ImportField: Hashable, Sendable {
    case score, comment, time, id, externalID, email, phone, name, language, touchpoint, channel, agent
    case attribute(String)

    private static let plain: [(word: String, field: ImportField)] = [
        ("score", .score), ("comment", .comment), ("time", .time), ("id", .id), ("external_id", .externalID),
        ("email", .email), ("phone", .phone), ("name", .name), ("language", .language),
        ("touchpoint", .touchpoint), ("channel", .channel), ("agent", .agent),
    ]
    /// As `--map` takes them.
    package static let words = plain.map(\.word) + ["attribute:NAME"]

    /// `nil` for a word that names none, and for an attribute without a name.
    package init?(_ word: String) {
        if let known = Self.plain.first(where: { $0.word == word }) {
            self = known.field
            return
        }
        let name = word.hasPrefix("attribute:") ? String(word.dropFirst("attribute:".count)).trimmed : ""
        guard !name.isEmpty, name.count <= 64 else { return nil }
        self = .attribute(name)
    }

    package var word: String {
        if case .attribute(let name) = self { return "attribute:" + name }
        return Self.plain.first { $0.field == self }?.word ?? ""
    }
}

extension ImportField {
    /// What a heading in English, Chinese or Polish says about who answered and where; score, time, comment
    /// and response id are found by heading and content together, elsewhere.
    package static func guess(_ heading: String) -> ImportField? {
        // As our own export heads it.
        if let own = ImportField(heading), case .attribute = own { return own }
        let name = heading.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
        return headings.first { $0.words.contains(name) }?.field
    }

    private static let headings: [(field: ImportField, words: Set<String>)] = [
        (
            .externalID,
            list(
                """
                customer id, customerid, customer, customer number, client id, external id, externalid,
                account id, user id, id klienta, numer klienta, nr klienta, klient, 客户编号, 客戶編號, 客户id, 客戶id,
                会员号, 會員編號, 用户id, 使用者id
                """)
        ),
        (
            .email,
            list(
                """
                email, e mail, mail, email address, e mail address, customer email, adres email, adres e mail,
                邮箱, 电子邮箱, 电子邮件, 電子郵件, 電子信箱
                """)
        ),
        (
            .phone,
            list(
                """
                phone, telephone, tel, mobile, phone number, mobile number, telefon, numer telefonu,
                nr telefonu, 电话, 電話, 电话号码, 電話號碼, 手机, 手機, 手机号, 手机号码, 手機號碼
                """)
        ),
        (
            .name,
            list(
                """
                name, customer name, full name, client name, imię i nazwisko, imię, nazwa klienta, 姓名,
                客户姓名, 客戶姓名, 名字
                """)
        ),
        (.language, list("language, lang, locale, język, 语言, 語言, 语种, 語種")),
        (
            .touchpoint,
            list("touchpoint, touch point, punkt styku, punkt kontaktu, 触点, 觸點, 接触点, 接觸點")
        ),
        (.channel, list("channel, kanał, 渠道, 管道, 通路")),
        (
            .agent,
            list(
                """
                agent, agent name, technician, employee, advisor, consultant, konsultant, pracownik,
                technik, doradca, 客服, 坐席, 座席, 技术员, 技術員, 师傅, 師傅, 员工, 員工
                """)
        ),
    ]

    private static func list(_ words: String) -> Set<String> {
        Set(words.split { $0 == "," || $0 == "\n" }.map { String($0).trimmed })
    }
}
