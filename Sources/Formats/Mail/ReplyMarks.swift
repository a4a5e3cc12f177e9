/// How mail programs mark what they quote, in English, Polish and both Chinese scripts.
enum ReplyMarks {
    /// Said after the name: `wrote:`, `pisze:`, `napisał(a):`, `写道：`, `寫道:`.
    private static let verbs = [
        "wrote", "writes", "pisze", "napisał", "napisała", "napisał(a)", "napisała/napisał", "napisał/a",
        "napisal",
        "napisala", "napisal(a)", "写道", "寫道", "写到", "寫到", "撰寫",
    ]

    /// `joined` ends in such a verb and a colon and has a date or an address before it.
    static func isAttribution(_ joined: String) -> Bool {
        guard let colon = joined.unicodeScalars.last, colon == ":" || colon == "：" else { return false }
        let words = String(joined.unicodeScalars.dropLast()).trimmedText.lowercased()
        guard let verb = verbs.first(where: { words.hasSuffix($0) }) else { return false }
        return saysWhenOrWho(String(words.unicodeScalars.dropLast(verb.unicodeScalars.count)))
    }

    /// Another line may end what this one begins.
    static func mayBeginAttribution(_ line: String) -> Bool {
        let begins = ["on ", "w dniu ", "dnia ", "在 ", "在", "於 ", "於", "于 "]
        let lower = line.lowercased()
        return begins.contains { lower.hasPrefix($0) }
            || saysWhenOrWho(lower) && line.utf8.count < 200
                && (lower.contains("@") || lower.unicodeScalars.first?.properties.numericType == .decimal)
    }

    private static func saysWhenOrWho(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0 == "@" || $0 == "<" || $0.properties.numericType == .decimal }
    }

    static let from = ["from", "od", "发件人", "發件人", "寄件者", "寄件人"]
    static let othersOfHead = [
        "sent", "date", "to", "cc", "subject", "wysłano", "wyslano", "data", "do", "dw", "temat", "发送时间",
        "发送日期",
        "日期", "收件人", "抄送", "主题", "寄件日期", "傳送時間", "傳送日期", "發送時間", "收件者", "副本", "主旨", "主題", "时间", "時間",
    ]

    /// `Sent: …`, with stars around the name where it was bold.
    static func isField(_ line: String, of names: [String]) -> Bool {
        let plain = String(String.UnicodeScalarView(line.unicodeScalars.filter { $0 != "*" }))
        guard let colon = plain.unicodeScalars.firstIndex(where: { $0 == ":" || $0 == "：" }) else {
            return false
        }
        let name = String(plain.unicodeScalars[..<colon]).trimmedText.lowercased()
        return names.contains(name)
    }

    private static let headings = [
        "original message", "forwarded message", "reply message", "oryginalna wiadomość",
        "wiadomość oryginalna",
        "wiadomość przekazana", "przekazana wiadomość", "oryginalna wiadomosc", "wiadomosc oryginalna",
        "原始邮件",
        "原始郵件", "转发邮件", "轉寄郵件", "回复的原邮件", "原郵件", "原邮件",
    ]

    /// `-----Original Message-----` between dashes, or a rule of underscores.
    static func isSeparator(_ line: String) -> Bool {
        let scalars = line.unicodeScalars
        if scalars.count >= 20, scalars.allSatisfy({ $0 == "_" }) { return true }
        let dashes: Set<Unicode.Scalar> = ["-", "—", "–", "=", "*"]
        guard let first = scalars.first, dashes.contains(first) else { return false }
        let inside = scalars.drop { dashes.contains($0) || $0.isBlank }
        let words = String(inside.reversed().drop { dashes.contains($0) || $0.isBlank }.reversed().text)
            .lowercased()
        return headings.contains(words)
    }

    private static let footers = [
        "sent from my ", "sent from mail for ", "sent from yahoo mail", "sent from outlook",
        "get outlook for ",
        "sent via ", "wysłano z ", "wysłane z ", "wyslano z ", "wyslane z ", "pobierz aplikację outlook",
        "pobierz program outlook", "uzyskaj aplikację outlook", "发自我的", "發自我的", "从我的", "從我的", "來自我的", "来自我的",
        "获取 outlook", "取得 outlook", "发送自 ", "傳送自 ", "由我的",
    ]

    static func isFooter(_ line: String) -> Bool {
        let lower = line.lowercased()
        return line.utf8.count < 120 && footers.contains { lower.hasPrefix($0) }
    }
}
