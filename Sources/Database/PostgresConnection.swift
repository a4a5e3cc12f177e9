import CLibPQ
import Kernel

/// Runs ahead: a statement without rows is sent and not waited for, so a body costs one round trip for each
/// question that it asks, not for each row that it writes.
final class PostgresConnection: SessionConnection {
    private struct Prepared {
        let name: String
        let hasRows: Bool
    }
    /// Small enough that the answers fit the socket's buffer: then neither side can wait for the other for ever.
    private static let mostPending = 64

    let dialect = Dialect.postgres
    private let handle: OpaquePointer
    private let readOnly: Bool
    private var prepared: [String: Prepared] = [:]
    private var pending = 0

    init(url: String, readOnly: Bool) throws {
        handle = PQconnectdb(url)
        self.readOnly = readOnly
        guard PQstatus(handle) == CONNECTION_OK, PQenterPipelineMode(handle) == 1 else { throw failure(nil) }
    }
    deinit { PQfinish(handle) }

    func begin(_ isolation: Isolation) throws {
        if PQstatus(handle) != CONNECTION_OK { try connectAgain() }
        switch isolation {
        case _ where readOnly: try run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        case .serializable: try run("BEGIN ISOLATION LEVEL SERIALIZABLE")
        case .insertOnly: try run("BEGIN ISOLATION LEVEL READ COMMITTED")
        }
    }

    private func connectAgain() throws {
        PQreset(handle)
        (prepared, pending) = ([:], 0)
        guard PQstatus(handle) == CONNECTION_OK, PQenterPipelineMode(handle) == 1 else { throw failure(nil) }
    }

    func mayRunAgain(after error: any Error) -> Bool {
        ["40001", "40P01"].contains((error as? PostgresError)?.sqlState)
    }

    @discardableResult
    func run(_ sql: SQL) throws -> [Row] {
        let statement = try prepare(sql)
        // One buffer for all parameters: a string per value costs more than the insert.
        var bytes: [CChar] = []
        let starts = sql.parameters.map { $0.value.appendText(to: &bytes) }
        let sent = bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { $0.map { buffer.baseAddress! + $0 } }
            let count = Int32(pointers.count)
            return PQsendQueryPrepared(handle, statement.name, count, pointers, nil, nil, 0)
        }
        guard sent == 1 else { throw failure(nil) }
        pending += 1
        return statement.hasRows || pending == Self.mostPending ? try answers() : []
    }

    func settle() throws { _ = try answers() }

    /// Waits for all that is pending: the rows of the last, or the first failure.
    private func answers() throws -> [Row] {
        guard pending > 0 else { return [] }
        defer { pending = 0 }
        guard PQpipelineSync(handle) == 1 else { throw failure(nil) }
        var rows: [Row] = []
        var failed: PostgresError?
        for _ in 0..<pending {
            let result = PQgetResult(handle)
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: rows = self.rows(of: result!)
            case PGRES_COMMAND_OK, PGRES_PIPELINE_ABORTED: break
            default: failed = failed ?? failure(result)
            }
            while let more = PQgetResult(handle) { PQclear(more) }
        }
        PQclear(PQgetResult(handle))  // The answer to the sync itself.
        if let failed { throw failed }
        return rows
    }

    private func rows(of result: OpaquePointer) -> [Row] {
        let width = PQnfields(result)
        let columns = (0..<width).map { String(cString: PQfname(result, $0)) }
        return (0..<PQntuples(result)).map { row in
            Row(columns: columns, values: (0..<width).map { value(result, row, $0) })
        }
    }

    private func prepare(_ sql: SQL) throws -> Prepared {
        if let known = prepared[sql.text] { return known }
        try settle()
        let name = "s\(prepared.count)"
        let types = sql.parameters.map { $0.type?.typeOID ?? 0 }
        guard PQsendPrepare(handle, name, sql.text(in: .postgres), Int32(types.count), types) == 1,
            PQsendDescribePrepared(handle, name) == 1, PQpipelineSync(handle) == 1
        else { throw failure(nil) }
        var failed: PostgresError?
        var hasRows = false
        for _ in 0..<2 {
            let result = PQgetResult(handle)
            defer { PQclear(result) }
            hasRows = PQnfields(result) > 0
            if PQresultStatus(result) != PGRES_COMMAND_OK { failed = failed ?? failure(result) }
            while let more = PQgetResult(handle) { PQclear(more) }
        }
        PQclear(PQgetResult(handle))
        if let failed { throw failed }
        let statement = Prepared(name: name, hasRows: hasRows)
        prepared[sql.text] = statement
        return statement
    }

    private func failure(_ result: OpaquePointer?) -> PostgresError {
        // 67 is 'C', PG_DIAG_SQLSTATE. Without one the connection is gone, the outcome of a COMMIT unknown.
        let state = result.flatMap { PQresultErrorField($0, 67) }.map { String(cString: $0) } ?? "08006"
        return PostgresError(sqlState: state, message: String(cString: PQerrorMessage(handle)))
    }

    private func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> SQLValue {
        if PQgetisnull(result, row, column) == 1 { return .null }
        let text = String(cString: PQgetvalue(result, row, column))
        return switch PQftype(result, column) {
        case 16: .boolean(text == "t")
        case 17: .blob(unhexed(text))
        case 20, 21, 23: .integer(Int64(text)!)
        case 700, 701, 1700: .real(Double(text)!)
        default: .text(text)
        }
    }
}

/// PostgreSQL writes bytes as `\x` and pairs of hexadecimal digits.
private func unhexed(_ text: String) -> [UInt8] {
    var digits = text.utf8.dropFirst(2).makeIterator()
    var bytes: [UInt8] = []
    while let high = digits.next(), let low = digits.next() { bytes.append(nibble(high) << 4 | nibble(low)) }
    return bytes
}
private func nibble(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }

extension SQLType {
    fileprivate var typeOID: Oid {
        switch self {
        case .integer: 20
        case .real: 701
        case .text: 25
        case .boolean: 16
        case .blob: 17
        }
    }
}

extension SQLValue {
    /// Where the text begins in `bytes`, or nil for a null.
    fileprivate func appendText(to bytes: inout [CChar]) -> Int? {
        let start = bytes.count
        switch self {
        case .null: return nil
        case .integer(let value): bytes += String(value).utf8CString
        case .real(let value): bytes += String(value).utf8CString
        case .text(let value): bytes += value.utf8CString
        case .boolean(let value): bytes += (value ? "t" : "f").utf8CString
        case .blob(let value): bytes += ("\\x" + value.hexadecimal).utf8CString
        }
        return start
    }
}
