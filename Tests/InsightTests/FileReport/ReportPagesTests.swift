import Formats
import Kernel
import Language
import Testing

@testable import Insight

private func sample() throws -> FileReport {
    let kinds = ["install", "repair"]
    let rows = (0..<600).map { index -> [String] in
        let score = index % 7 == 0 ? 2 : index % 11
        let comment = score < 7 ? "\"late <b>again</b>, & rude\"" : "quick and friendly visit"
        return [
            "\(score)", "2024-0\(1 + index / 300)-\(10 + index % 15)", kinds[index % 2], comment, "r\(index)",
        ]
    }
    return try report(csv("nps,date,work,comment,response", rows))
}

@Test func `the JSON holds every field that programs rely on`() throws {
    let json = try sample().json(.of(.en))
    for key in [
        "rows", "answered", "valid", "refused", "undated", "columns", "scale", "overall", "series", "groups",
        "notes",
    ] { #expect(json[key] != nil, "\(key)") }
    #expect(json["columns"]?["comment"]?.string == "comment")
    #expect(json["columns"]?["time"]?.string == "date")
    #expect(json["overall"]?["level"]?.double == 0.95)
    let series = try #require(json["series"]?.array)
    #expect(series[0]["change"] == .null)
    #expect(series[1]["change"]?.object?.keys.prefix(4) == ["difference", "low", "high", "p"])
    let row = try #require(json["groups"]?["work"]?.array?.first)
    #expect(row.object?.keys == ["key", "figure", "shrunk", "p", "q"])
    #expect(try JSONValue(parsing: json.encoded()) == .object(json))
}

@Test func `a column that is not there is null`() throws {
    let json = try report(csv("nps", plainScores)).json(.of(.en))
    #expect(json["columns"]?["time"] == .null)
    #expect(json["terms"] == .null)
    #expect(json["series"]?.array?.isEmpty == true)
}

@Test(arguments: ReaderLanguage.allCases)
func `every page is finished in its language`(language: ReaderLanguage) throws {
    let messages = Messages.of(language)
    let report = try sample()
    let text = report.text(messages)
    let html = report.html(messages, made: LocalDay(number: 20_000))
    let notes = report.json(messages)["notes"]?.array?.compactMap(\.string) ?? []
    #expect(notes.count > 5)
    for page in [text] + notes {
        #expect(!page.contains("report.") && !page.contains("{") && !page.contains("}"), "\(page)")
    }
    #expect(html.contains("<html lang=\"\(language.tag)\""))
    #expect(!html.contains("report.heading") && !html.contains("{{"))
}

@Test func `the page stands alone and lets nothing of the file through as markup`() throws {
    let html = try sample().html(.of(.en), made: LocalDay(number: 20_000))
    #expect(!html.contains("<b>again"))
    #expect(!html.contains("<script") && !html.contains("src=") && !html.contains("@import"))
    #expect(!html.contains("url(") && !html.contains("<link"))
    let outside = html.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(!outside.contains("http://") && !outside.contains("https://"))
    #expect(html.contains("class=\"chart\" id=\"trend\""))
}

@Test func `the terminal's lines fit and lose no word`() throws {
    let text = try sample().text(.of(.en))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
    #expect(text.contains("most likely between"))
}

@Test func `pages withhold a value under five answers, files send it`() throws {
    let rows = (0..<40).map { ["\($0 % 11)", $0 < 3 ? "small" : "large"] }
    let found = try report(csv("nps,shop", rows)) { $0.by = ["shop"] }
    #expect(found.text(.of(.en)).contains("too few"))
    let small = found.json(.of(.en))["groups"]?["shop"]?.array?.first { $0["key"]?.string == "small" }
    #expect(small?["figure"]?["value"]?.double != nil)
}
