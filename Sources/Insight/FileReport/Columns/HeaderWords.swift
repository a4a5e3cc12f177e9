/// What a column is to the report.
package enum ColumnRole: String, Sendable, CaseIterable {
    case score, time, comment, id
}

/// How headings name each role in English, Chinese and Polish. Read, never shown. A better name has a lower
/// rank; the content of the column has the last word (`ColumnGuess`).
enum HeaderWords {
    /// The rank of a heading for a role, 0 the best; `nil` when it does not speak of it.
    static func rank(_ heading: String, for role: ColumnRole) -> Int? {
        let name = normal(heading)
        guard !name.isEmpty, !isBarred(name, role) else { return nil }
        let lists = words(role)
        if let rank = lists.firstIndex(where: { $0.whole.contains(name) }) { return rank }
        let padded = " \(name) "
        for (rank, list) in lists.enumerated() {
            let isNamed = list.inside.contains { word in
                word.first?.isHan == true ? name.contains(word) : padded.contains(" \(word)")
            }
            if isNamed { return 10 + rank }
        }
        return nil
    }

    /// Lower case, one blank between words, no signs: `Submit_Date (UTC)` is `submit date utc`.
    static func normal(_ heading: String) -> String {
        var name = ""
        var wasLower = false
        for character in heading {
            if character.isLetter || character.isNumber || character == "#" {
                if character.isUppercase, wasLower { name += " " }
                name += character.lowercased()
            } else {
                name += " "
            }
            wasLower = character.isLowercase
        }
        return name.split(separator: " ").joined(separator: " ")
    }

    /// Headings that say it as a whole, and words inside a longer heading.
    private struct Words {
        let whole: Set<String>
        let inside: [String]

        init(whole: String, inside: String) {
            self.whole = Set(HeaderWords.list(whole))
            self.inside = HeaderWords.list(inside)
        }
    }

    private static func list(_ words: String) -> [String] {
        words.split { $0 == "," || $0 == "\n" }.map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    static func trimmed(_ text: String) -> String {
        let start = text.firstIndex { !$0.isWhitespace } ?? text.endIndex
        let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) } ?? text.endIndex
        return String(text[start..<max(start, end)])
    }

    private static func words(_ role: ColumnRole) -> [Words] {
        switch role {
        case .score: score
        case .time: time
        case .comment: comment
        case .id: id
        }
    }

    /// Headings that name a role in passing: the time of a score is no score.
    private static func isBarred(_ name: String, _ role: ColumnRole) -> Bool {
        let barred =
            switch role {
            case .score: barredFromScore
            case .time: ["zone", "lag", "window", "to complete", "spent", "duration", "时区", "時區", "strefa"]
            case .comment: [" id", "date", "count", "number of", "liczba", "时间", "時間", "日期", "data "]
            case .id: ["customer", "klient", "客户", "客戶", "顾客", "顧客", "user", "agent", "survey id"]
            }
        return barred.contains { "\(name) ".contains($0) }
    }

    private static let barredFromScore =
        list(
            """
            group, category, segment, date, time, comment, reason, why, text, weight, grupa, kategoria, powód,
            komentarz, dlaczego, uzasadnien, 理由, 原因, 时间, 時間, 日期, 分组, 分組, 类别, 類別, 评论, 評論, 备注, 備註
            """) + [" id", "data "]

    private static let score = [
        Words(
            whole: """
                nps, nps score, score nps, nps rating, net promoter score, ocena nps, wynik nps, nps评分,
                nps 评分, nps評分, nps 評分, nps得分, nps 得分, nps分数, nps 分数, nps分數, nps 分數,
                nps值, 净推荐值, 淨推薦值, 净推荐值评分, 淨推薦值評分
                """,
            inside: """
                nps, net promoter
                """),
        Words(
            whole: """
                likelihood to recommend, recommendation score, ltr, 推荐分, 推薦分, 推荐度, 推薦度,
                推荐意愿, 推薦意願, 推荐值, 推薦值, 推荐可能性, 推薦可能性, 推荐评分, 推薦評分, 推荐分数,
                推薦分數, skłonność do polecenia, prawdopodobieństwo polecenia, polecenie
                """,
            inside: """
                how likely, likelihood, recommend, polec, rekomend, 推荐, 推薦
                """),
        Words(
            whole: """
                score, rating, overall rating, overall score, survey score, ocena, ocena ogólna,
                ocena końcowa, wynik, punktacja, liczba punktów, punkty, 评分, 評分, 打分, 得分, 分数,
                分數, 评价分, 評價分, 总分, 總分, 总体评分, 整體評分, 总评分, 總評分, 评分值, 評分值
                """,
            inside: """

                """),
        Words(
            whole: """
                csat, ces, csat score, ces score, satisfaction, satisfaction score,
                customer satisfaction, satysfakcja, zadowolenie, poziom satysfakcji, poziom zadowolenia,
                满意度, 滿意度, 满意度评分, 滿意度評分, 费力度, 費力度, star, stars, star rating, 星级,
                星級, gwiazdki
                """,
            inside: """
                csat, ces, satisf, satysf, zadowol, effort, wysiłek, 满意, 滿意, 费力, 費力
                """),
        Words(
            whole: """
                response, answer, odpowiedź, 回答, 答案
                """,
            inside: """
                overall, score, rating, stars, ocena, oceny, punkt, ogóln, 评分, 評分, 打分, 得分, 分数,
                分數, 星级, 星級
                """),
    ]

    private static let time = [
        Words(
            whole: """
                response date, response time, responded at, answered at, answer date, submitted at,
                submit date, submit date utc, submission date, submitdate, date submitted, recorded date,
                survey date, completed at, completion date, response received at, feedback date,
                rated at, data odpowiedzi, data wypełnienia, data udzielenia odpowiedzi, data ankiety,
                data oceny, czas odpowiedzi, 提交时间, 提交時間, 答题时间, 答題時間, 填写时间, 填寫時間,
                填答时间, 填答時間, 回复时间, 回覆時間, 回答时间, 回答時間, 评价时间, 評價時間, 评分时间,
                評分時間, 答复时间, 答覆時間, 提交日期, 评价日期, 評價日期, 回复日期, 回覆日期, 回答日期,
                填写日期, 填寫日期
                """,
            inside: """
                submit, respon, record, answered, complet, odpowiedzi, wypełnieni, 提交
                """),
        Words(
            whole: """
                date, time, timestamp, datetime, date time, day, created, created at, createdat,
                creation date, occurred at, end date, enddate, data, czas, dzień, data i godzina,
                data i czas, data utworzenia, utworzono, znacznik czasu, 日期, 时间, 時間, 日期时间,
                日期時間, 创建时间, 建立時間, 時間戳記, 时间戳
                """,
            inside: """
                created, timestamp, date, time, data, 日期, 时间, 時間
                """),
    ]

    private static let comment = [
        Words(
            whole: """
                comment, comments, feedback, verbatim, review, reviews, review text, review body,
                reviewbody, customer comment, nps comment, feedback comment, feedback message,
                open ended response, komentarz, komentarze, komentarz klienta, opinia, opinie, uwagi,
                uzasadnienie, treść opinii, wypowiedź, 评论, 評論, 评价, 評價, 评语, 評語, 意见, 意見,
                留言, 反馈, 回饋, 回馈, 反饋, 评论内容, 評論內容, 评价内容, 評價內容, 反馈内容, 客户反馈,
                客戶意見, 客户意见, 客户评论, 客戶評論, 顾客意见, 顧客意見, 意见反馈, 意見回饋, 文字评价,
                文字評價, 留言内容, 留言內容
                """,
            inside: """
                comment, feedback, verbatim, review, komentarz, opini, uwag, 评论, 評論, 留言, 反馈,
                回饋, 意见, 意見
                """),
        Words(
            whole: """
                text, message, remarks, remark, note, notes, why, answer text, suggestion, suggestions,
                dlaczego, treść, tekst, wiadomość, sugestie, 备注, 備註, 建议, 建議, 内容, 內容, 文本, 文字
                """,
            inside: """
                why, dlaczego, co możemy, 为什么, 為什麼, 建议, 建議
                """),
        Words(
            whole: """
                reason, description, powód, opis, 原因, 理由, 说明, 說明, 推荐理由, 推薦理由, 评分原因, 評分原因,
                response, answer, odpowiedź, 回答, 答案
                """,
            inside: """
                reason, what, powod, powód, uzasadnien, 原因, 理由, 内容, 內容, 备注, 備註
                """),
    ]

    private static let id = [
        Words(
            whole: """
                response, response id, responseid, responses, answer id, submission id,
                survey response id, feedback id, id odpowiedzi, nr odpowiedzi, numer odpowiedzi,
                identyfikator odpowiedzi, odpowiedź, 答卷编号, 答卷編號, 回复编号, 回覆編號, 回答编号,
                回答編號, 答复编号, 答覆編號, 反馈编号, 回饋編號, 回复id, 回覆id, 回答id, 答卷id, 响应id,
                回應編號, 响应编号, 回應id, 答案编号
                """,
            inside: """
                response id, id odpowiedzi
                """),
        Words(
            whole: """
                respondent id, respondentid, record id, recordid, id, uuid, guid, identyfikator, 编号,
                編號, 记录编号, 紀錄編號, 流水号, 流水號, 单号, 單號, 问卷编号, 問卷編號, nr ankiety,
                id ankiety, #
                """,
            inside: """

                """),
    ]
}
