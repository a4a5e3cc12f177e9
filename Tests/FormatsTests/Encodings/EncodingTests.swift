@testable import Formats
import TestKit
import Testing

struct EncodingTests {
    private static let simplified = [
        "很好", "服务态度很差，等了两个小时", "非常满意！", "师傅很专业，一次就修好了", "价格太贵了", "不会再来", "谢谢",
        "空调安装师傅迟到，也没有打电话通知", "信号不好，客服一直推脱责任", "好", "客户,评分,时间", "差评", "东西不错，物流很快",
    ]
    private static let traditional = [
        "很好", "服務態度很差，等了兩個小時", "非常滿意！", "師傅很專業，一次就修好了", "價格太貴了", "不會再來", "謝謝",
        "冷氣安裝師傅遲到，也沒有打電話通知", "訊號不好，客服一直推卸責任", "評分", "東西不錯，物流很快", "好", "唔該，服務好好",
    ]
    private static let polish = [
        "Łódź", "bardzo dobrze, dziękuję", "Obsługa była nieuprzejma", "Czekałem trzy godziny, to za długo",
        "źle", "świetnie!",
        "ŻÓŁĆ", "Technik spóźnił się o godzinę – „przepraszam” nie usłyszałem", "są",
        "ocena;komentarz;ulica Długa",
    ]
    private static let samples: [(TextEncoding, String)] =
        simplified.flatMap { [(.gb18030, $0), (.utf8, $0), (.utf16LittleEndian, $0), (.utf16BigEndian, $0)] }
        + traditional.flatMap { [(.big5, $0), (.utf8, $0)] }
        + polish.flatMap { [(.windows1250, $0), (.utf8, $0)] }

    @Test(arguments: samples)
    func `the encoding of one short comment is found out`(encoding: TextEncoding, comment: String) throws {
        let text = "score,comment\r\n9,\"\(comment)\"\r\n0,\r\n"
        let bytes = Transcoder.encode(text, as: encoding)
        let reading = try CSVReading(bytes, chunk: { 7 })
        #expect(reading.texts == [["9", comment], ["0", ""]])
        #expect(reading.encoding == encoding)
        #expect(try CSVReading(bytes, encoding: encoding) == reading)
    }

    @Test(
        arguments: [
            (TextEncoding.utf8, [0xEF, 0xBB, 0xBF]), (.utf16LittleEndian, [0xFF, 0xFE]),
            (.utf16BigEndian, [0xFE, 0xFF]),
            (.gb18030, [0x84, 0x31, 0x95, 0x33]),
        ] as [(TextEncoding, [UInt8])])
    func `a byte order mark names the encoding and is no part of the header`(
        encoding: TextEncoding, mark: [UInt8]
    ) throws {
        let reading = try CSVReading(mark + Transcoder.encode("评分,意见\n9,好\n", as: encoding))
        #expect(reading.encoding == encoding)
        #expect(reading.header == ["评分", "意见"])
        #expect(reading.texts == [["9", "好"]])
    }

    @Test(arguments: [(TextEncoding.gb18030, "很满意"), (.big5, "很滿意"), (.windows1250, "świetna obsługa")])
    func `an encoding that shows only at the end of a long file is found out`(
        encoding: TextEncoding, comment: String
    ) throws {
        let rows = (0..<20_000).map { "\($0),no comment at all\n" }.joined()
        let reading = try CSVReading(
            Transcoder.encode("score,comment\n" + rows + "9," + comment, as: encoding))
        #expect(reading.encoding == encoding)
        #expect(reading.rows.count == 20_001)
        #expect(reading.rows.last?.texts == ["9", comment])
    }

    @Test func `a long text in each encoding is the same whatever the chunks`() throws {
        var random = SeededRandom(seed: 13)
        for (encoding, comments) in [
            (TextEncoding.gb18030, Self.simplified), (.big5, Self.traditional), (.windows1250, Self.polish),
        ] {
            let rows = (0..<8_000).map { "\($0),\"\(comments[$0 % comments.count])\"\n" }.joined()
            let bytes = Transcoder.encode("score,comment\n" + rows, as: encoding)
            let reading = try CSVReading(bytes, chunk: { Int.random(in: 1...9_000, using: &random) })
            #expect(reading.encoding == encoding)
            #expect(reading.faults.allSatisfy { $0 == nil })
            #expect(reading.texts == (0..<8_000).map { ["\($0)", comments[$0 % comments.count]] })
        }
    }

    @Test func `a few bad bytes do not make UTF-8 something else`() throws {
        let bytes =
            Array("score,comment\n9,很好 świetnie\n".utf8) + [0x39, 0x2C, 0xFF, 0x0A] + Array("8,好\n".utf8)
        let reading = try CSVReading(bytes)
        #expect(reading.encoding == .utf8)
        #expect(reading.faults == [nil, .badBytes, nil])
    }

    @Test func `what is plausible in no encoding stays UTF-8 and is refused`() throws {
        let reading = try CSVReading(Array("score\n9\n".utf8) + [0xFF, 0x0A, 0x81, 0x20, 0x0A])
        #expect(reading.encoding == .utf8)
        #expect(reading.faults == [nil, .badBytes, .badBytes])
    }

    @Test func `bad bytes in a named encoding refuse their row alone`() throws {
        let bytes =
            Array("score,comment\n1,".utf8) + [0x81, 0x0A] + Array("2,ok\n3,".utf8) + [
                0xFF, 0x0A, 0x34, 0x2C, 0xC4,
            ]
        let reading = try CSVReading(bytes, encoding: .gb18030)
        #expect(reading.faults == [.badBytes, nil, .badBytes, .badBytes])
    }

    @Test(arguments: [
        ("utf-8", TextEncoding.utf8), ("UTF8", .utf8), ("gbk", .gb18030), ("GB2312", .gb18030),
        ("CP936", .gb18030),
        ("Big5-HKSCS", .big5), ("cp950", .big5), ("windows-1250", .windows1250), ("CP1250", .windows1250),
        ("UTF-16", .utf16LittleEndian), ("utf-16be", .utf16BigEndian),
    ])
    func `an encoding goes by its usual names`(name: String, encoding: TextEncoding) {
        #expect(TextEncoding(named: name) == encoding)
        #expect(TextEncoding(named: encoding.rawValue) == encoding)
        #expect(TextEncoding(named: "koi8-r") == nil)
    }
}
