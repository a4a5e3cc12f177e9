import Kernel
import Testing

@testable import Insight

/// Headings of score, time, comment and response id as they stand in files of several languages.
private let headings: [[String]] = [
    ["nps", "date", "comment", "response"],
    ["NPS Score", "Submitted At", "Feedback", "Response ID"],
    ["How likely are you to recommend us?", "Submit Date (UTC)", "What is the reason for your score?", "#"],
    ["Q1_NPS", "RecordedDate", "Verbatim", "ResponseId"],
    ["rating", "created_at", "review_text", "id"],
    ["评分", "提交时间", "评论", "答卷编号"],
    ["NPS评分", "日期", "意见", "编号"],
    ["推荐意愿", "评价时间", "评价内容", "回复ID"],
    ["評分", "提交時間", "評論", "回覆編號"],
    ["推薦分數", "日期", "意見回饋", "編號"],
    ["滿意度", "時間", "留言", "答卷編號"],
    ["Ocena", "Data", "Komentarz", "Nr odpowiedzi"],
    ["Ocena NPS", "Data wypełnienia", "Uzasadnienie", "Identyfikator"],
    ["Prawdopodobieństwo polecenia", "Data i godzina", "Uwagi", "ID odpowiedzi"],
]

@Test(arguments: headings)
func `headings of four languages name their columns`(names: [String]) throws {
    let rows = (0..<40).map {
        ["\($0 % 11)", "2024-03-\(10 + $0 % 9)", "word number \($0) was said", "r\($0)", "x"]
    }
    let found = try report(csv((names + ["shop"]).joined(separator: ","), rows))
    #expect(found.columns[.score]?.heading == names[0])
    #expect(found.columns[.time]?.heading == names[1])
    #expect(found.columns[.comment]?.heading == names[2])
    #expect(found.columns[.id]?.heading == names[3])
    for role in ColumnRole.allCases { #expect(found.columns[role]?.source == .heading) }
}

@Test func `what headings do not say the content does, and the notes say so`() throws {
    let rows = (0..<60).map {
        ["\($0 % 11)", "\(1 + $0 % 28).03.2024", "a longer sentence with number \($0)"]
    }
    let found = try report(csv("q7,when,free", rows))
    #expect(found.columns[.score] == .init(index: 0, heading: "q7", source: .content))
    #expect(found.columns[.time]?.source == .content)
    #expect(found.columns[.comment]?.source == .content)
    #expect(found.notes.contains("Score: column “q7”, guessed by its content."))
}

@Test func `a group of the score, a yes and no and an overall rating are told apart`() throws {
    let rows = (0..<60).map { index in
        ["\(index % 2)", index % 11 > 8 ? "Promoter" : "Other", "\(index % 5)", "\(index % 11)"]
    }
    let found = try report(csv("recommended,nps_group,staff_rating,overall_rating", rows))
    #expect(found.columns[.score]?.heading == "overall_rating")
}

@Test func `groups are columns of 2 to 300 values with five answers each, numbers up to 12`() throws {
    let rows = (0..<2000).map { index in
        [
            "\(index % 11)", "shop \(index % 7)", "\(index % 12)", "\(index % 13)", "one", "c\(index % 401)",
            "d\(index % 300)", index % 2 == 0 ? "" : "x\(index % 3)",
        ]
    }
    let found = try report(csv("nps,shop,floor,size,country,customer,till,kind", rows))
    #expect(found.groups.map(\.column) == ["shop", "floor", "till", "kind"])
    #expect(found.groups[3].rows.map(\.key).contains(nil))
    #expect(found.reading.unused == ["size", "country", "customer"])
}

@Test func `named groups are taken as they are`() throws {
    let rows = (0..<400).map { ["\($0 % 11)", "c\($0)", "\($0 % 40)"] }
    let found = try report(csv("nps,customer,size", rows)) { $0.by = ["customer", "size"] }
    #expect(found.groups.map(\.rows.count) == [400, 40])
    #expect(found.groups[0].tested == 0)
    #expect(found.groups[0].rows.allSatisfy { $0.p == nil && $0.q == nil && $0.shrunk == nil })
}

@Test func `sentences under the heading response are comments, never ids`() throws {
    let rows = (0..<200).map { ["\($0 % 11)", "the visit number \($0 % 199) was fine"] }
    let found = try report(csv("nps,response", rows))
    #expect(found.columns[.id] == nil)
    #expect(found.columns[.comment]?.heading == "response")
    #expect(found.valid == 200)
}

@Test func `a rating is a group and no cause, unless it is named`() throws {
    let rows =
        (0..<400).map { index -> [String] in
            let isLate = index >= 200
            return [
                isLate ? "2" : index % 3 == 0 ? "2" : "10", isLate ? "2024-03-12" : "2024-03-05",
                isLate ? "1" : "5",
            ]
        } + [["0", "2024-03-05", "1"], ["10", "2024-03-12", "5"]]
    let guessed = try report(csv("nps,date,staff_rating", rows)) { $0.interval = .week }
    #expect(guessed.groups.map(\.column) == ["staff_rating"])
    #expect(guessed.series[1].change?.isProven == true)
    #expect(guessed.series[1].change?.mix == nil)
    #expect(guessed.notes.contains { $0.hasPrefix("Ratings of the same visit") })
    let named = try report(csv("nps,date,staff_rating", rows)) {
        $0.interval = .week
        $0.by = ["staff_rating"]
    }
    #expect(named.series[1].change?.mix?.column == "staff_rating")
}

@Test func `columns without a heading, or with one that stood before, are no groups`() throws {
    let rows = (0..<60).map { ["\($0 % 11)", "s\($0 % 3)", "t\($0 % 3)", "u\($0 % 3)"] }
    let found = try report(csv("nps,shop,,shop", rows))
    #expect(found.groups.map(\.column) == ["shop"])
    #expect(found.groups[0].rows.contains { $0.key == "s1" })
    #expect(found.notes.contains("Several columns are headed “shop”; the first one counts."))
}
