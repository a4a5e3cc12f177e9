@testable import Formats
import Testing

struct CSVWriterTests {
    private func written(_ writer: CSVWriter, _ cells: [CSVCell]) -> String {
        var bytes: [UInt8] = []
        writer.begin(into: &bytes)
        writer.write(cells, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `cells are quoted where they must be`() {
        let cells: [CSVCell] = [
            .text("plain"), .text("a,b"), .text("a\"b"), .text("a\nb"), .text(" a"), .text(""), .blank,
            .integer(-9),
            .number(-1.5), .number(7), .number(.nan), .text("a;b"),
        ]
        #expect(
            written(.plain, cells) == "plain,\"a,b\",\"a\"\"b\",\"a\nb\",\" a\",,,-9,-1.5,7,,a;b\r\n")
        #expect(
            written(.excel(language: "pl"), cells)
                == "\u{FEFF}plain;a,b;\"a\"\"b\";\"a\nb\";\" a\";;;-9;-1,5;7;;\"a;b\"\r\n")
        #expect(written(.excel(language: "en"), [.integer(1)]) == "\u{FEFF}1\r\n")
    }

    @Test func `an empty line is never written`() {
        #expect(written(.plain, [.blank]) == "\"\"\r\n")
        #expect(written(.plain, [.text("")]) == "\"\"\r\n")
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\u{FEFF}=1", "\"=1", " =1", "'=1", "''+1",
        "＝1",
        "\u{A0}\u{3000}=cmd|' /C calc'!A0", "-", "\"\"@x",
    ])
    func `text that a spreadsheet could run is guarded, and import takes the guard off`(text: String) {
        #expect(FormulaGuard.added(to: text) == "'" + text)
        #expect(FormulaGuard.removed(from: "'" + text) == text)
    }

    @Test(arguments: ["", "a=1", "1-2", "'", "'quoted'", "很好", "a@b.pl", "' a"])
    func `other text stays as it is`(text: String) {
        #expect(FormulaGuard.added(to: text) == text)
        #expect(FormulaGuard.removed(from: text) == text)
    }
}
