import CSQLite

/// One thread at a time uses it: its session's own queue.
final class SQLiteConnection: SessionConnection {
    private struct Prepared {
        let statement: OpaquePointer
        let columns: [String]
    }
    let dialect = Dialect.sqlite
    private let handle: OpaquePointer
    private let readOnly: Bool
    private var prepared: [String: Prepared] = [:]

    init(path: String, readOnly: Bool = false) throws {
        var handle: OpaquePointer?
        let mode = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle, code == SQLITE_OK else {
            throw SQLiteError(code: code, message: "cannot open \(path)")
        }
        self.handle = handle
        self.readOnly = readOnly
        sqlite3_busy_timeout(handle, 5000)
        try run("PRAGMA temp_store = MEMORY")
        try run("PRAGMA cache_size = -65536")
        try run("PRAGMA foreign_keys = ON")
    }
    deinit {
        for one in prepared.values { sqlite3_finalize(one.statement) }
        sqlite3_close_v2(handle)
    }

    /// An acknowledged answer survives a power cut only with FULL, so we refuse to serve without it.
    func requireDurableCommits() throws {
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = FULL")
        try run("PRAGMA wal_autocheckpoint = 4000")
        guard try run("PRAGMA synchronous").first?.int("synchronous") == 2 else {
            throw SQLiteError(code: SQLITE_MISUSE, message: "commits are not durable")
        }
    }

    func begin(_ isolation: Isolation) throws { try run(readOnly ? "BEGIN" : "BEGIN IMMEDIATE") }
    func settle() throws {}
    func mayRunAgain(after error: any Error) -> Bool { false }

    @discardableResult
    func run(_ sql: SQL) throws -> [Row] {
        let (statement, columns) = try prepare(sql)
        // A statement that is not reset keeps its lock, and COMMIT would fail.
        defer { sqlite3_reset(statement) }
        for (index, parameter) in sql.parameters.enumerated() {
            bind(parameter.value, to: statement, at: Int32(index + 1))
        }
        var rows: [Row] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW:
                rows.append(
                    Row(columns: columns, values: columns.indices.map { value(statement, Int32($0)) }))
            case SQLITE_DONE: return rows
            default: throw failure()
            }
        }
    }

    private func prepare(_ sql: SQL) throws -> (OpaquePointer, [String]) {
        if let known = prepared[sql.text] { return (known.statement, known.columns) }
        var statement: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        let code = sqlite3_prepare_v3(handle, sql.text(in: .sqlite), -1, flags, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure() }
        let width = sqlite3_column_count(statement)
        let columns = (0..<width).map { String(cString: sqlite3_column_name(statement, $0)) }
        prepared[sql.text] = Prepared(statement: statement, columns: columns)
        return (statement, columns)
    }

    private func bind(_ value: SQLValue, to statement: OpaquePointer, at index: Int32) {
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let value): sqlite3_bind_int64(statement, index, value)
        case .real(let value): sqlite3_bind_double(statement, index, value)
        case .boolean(let value): sqlite3_bind_int64(statement, index, value ? 1 : 0)
        case .text(var value):
            value.withUTF8 { bytes in
                // SQLite takes a null address for NULL, and an empty string may have no address.
                _ = bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(statement, index, $0.baseAddress ?? noText, Int32($0.count), copied)
                }
            }
        case .blob(let bytes):
            _ = bytes.withUnsafeBytes {
                $0.isEmpty
                    ? sqlite3_bind_zeroblob(statement, index, 0)
                    : sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), copied)
            }
        }
    }

    private func value(_ statement: OpaquePointer, _ column: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT: .text(String(decoding: bytes(statement, column), as: UTF8.self))
        case SQLITE_BLOB: .blob(Array(bytes(statement, column)))
        default: .null
        }
    }

    private func bytes(_ statement: OpaquePointer, _ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    private func failure() -> SQLiteError {
        SQLiteError(code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)))
    }
}

/// -1 is SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
private nonisolated(unsafe) let noText: UnsafePointer<CChar> = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    text.initialize(to: 0)
    return UnsafePointer(text)
}()
