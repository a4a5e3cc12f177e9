@testable import Formats

/// A file read to its end, for tests.
struct CSVReading: Equatable {
    struct Row: Equatable {
        let line: Int
        let fault: CSVRow.Fault?
        let texts: [String]
    }

    var header: [String] = []
    var rows: [Row] = []
    var encoding = TextEncoding.utf8
    var delimiter: CSVReader.Delimiter?

    /// `chunk` says how long the next chunk is.
    init(
        _ bytes: [UInt8], encoding: TextEncoding? = nil, delimiter: CSVReader.Delimiter? = nil,
        chunk: () -> Int = { 65_536 }
    ) throws {
        let reader = CSVReader(encoding: encoding, delimiter: delimiter)
        var rows: [Row] = []
        let take = { (row: CSVRow) in rows.append(Row(line: row.line, fault: row.fault, texts: row.texts)) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(chunk())
            rest = rest.dropFirst(piece.count)
            try reader.read(piece, take)
        }
        try reader.finish(take)
        self.rows = rows
        header = reader.header
        self.encoding = reader.encoding
        self.delimiter = reader.delimiter
    }

    init(_ text: String) throws { try self.init(Array(text.utf8)) }

    var texts: [[String]] { rows.map(\.texts) }
    var faults: [CSVRow.Fault?] { rows.map(\.fault) }
}
