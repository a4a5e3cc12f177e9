import Formats
import Language

@testable import Insight

/// A file held in memory, handed over in chunks of `chunk` bytes.
func source(_ bytes: some Sequence<UInt8>, chunk: Int = 777) -> FileSource {
    let bytes = Array(bytes)
    return FileSource(name: "answers.csv") { body in
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try bytes[start..<min(bytes.count, start + chunk)].withUnsafeBufferPointer(body)
        }
    }
}

func report(
    _ csv: String, encoding: TextEncoding? = nil, _ ask: (inout ReportRequest) -> Void = { _ in }
) throws -> FileReport {
    var request = ReportRequest()
    ask(&request)
    return try FileReport(source(csv.utf8), request, encoding: encoding)
}

/// A header and rows of cells joined by commas.
func csv(_ header: String, _ rows: some Sequence<[String]>) -> String {
    header + "\n" + rows.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
}

/// `count` rows that all say the same.
func repeated(_ count: Int, _ cells: String...) -> [[String]] {
    Array(repeating: cells, count: count)
}

/// One answer of each score of 0...10.
let plainScores = (0...10).map { ["\($0)"] }

extension FileReport {
    var notes: [String] { ReportWords(report: self, messages: .of(.en)).notes }
    var findings: [String] { ReportWords(report: self, messages: .of(.en)).findings }
}
