import CSQLite

/// One thread at a time uses it: its session's own queue.
final class SQLiteConnection: SessionConnection {
    private struct Prepared {
        let statement: OpaquePointer
        let columns: [String]
    }
    /// Lists and filters make new texts for ever; the oldest road is to prepare them anew.
    private static let mostPrepared = 512

    private static let library: Void = rapport_sqlite_stop_counting_memory()

    let dialect = Dialect.sqlite
    private let handle: OpaquePointer
    private let readOnly: Bool
    private var prepared: [String: Prepared] = [:]
    /// Never forgotten: rows on their way may ask for others, and there are no more of them than literals.
    private var loading: [LoadTarget: OpaquePointer] = [:]
    /// After a failed sync nobody knows which pages the disk holds, and a second sync would lie.
    private var isBroken = false
    /// The writer's.
    private var checkpointer: Checkpointer?

    init(path: String, readOnly: Bool = false, patience: Patience = Patience()) throws {
        _ = Self.library
        var handle: OpaquePointer?
        let mode = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle, code == SQLITE_OK else {
            sqlite3_close_v2(handle)
            throw DatabaseUnavailable(reason: "cannot open \(path): \(String(cString: sqlite3_errstr(code)))")
        }
        self.handle = handle
        self.readOnly = readOnly
        sqlite3_extended_result_codes(handle, 1)
        waitForOtherProcesses(atMost: patience.forOtherProcesses)
        try run("PRAGMA temp_store = MEMORY")
        // Negative: kibibytes.
        try run("PRAGMA cache_size = -16384")
        try run("PRAGMA foreign_keys = ON")
    }

    deinit {
        for one in prepared.values { sqlite3_finalize(one.statement) }
        for statement in loading.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Often: SQLite's own handler soon sleeps 100 ms at a time, and a busy server would then always win
    /// against the command beside it.
    private func waitForOtherProcesses(atMost limit: Duration) {
        let tries = UnsafeMutableRawPointer(bitPattern: Int(limit / .milliseconds(1)))
        sqlite3_busy_handler(
            handle, { sqlite3_sleep(1) >= 0 && $1 < Int32(Int(bitPattern: $0)) ? 1 : 0 }, tries)
    }

    /// An acknowledged answer survives a power cut only with FULL, so we refuse to serve without it.
    func requireDurableCommits(_ checkpointer: Checkpointer) throws {
        try run("PRAGMA journal_mode = WAL")
        try run("PRAGMA synchronous = FULL")
        try run("PRAGMA wal_autocheckpoint = 0")
        try run("PRAGMA journal_size_limit = 67108864")
        guard try run("PRAGMA journal_mode").first?.text("journal_mode") == "wal",
            try run("PRAGMA synchronous").first?.int("synchronous") == 2
        else {
            throw DatabaseUnavailable(reason: "commits would not survive a power cut on this file system")
        }
        self.checkpointer = checkpointer
        let hook:
            @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 =
                { context, _, _, pages in
                    guard let context else { return SQLITE_OK }
                    let writer = Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue()
                    writer.checkpointer?.committed(pages: Int(pages), by: writer)
                    return SQLITE_OK
                }
        sqlite3_wal_hook(handle, hook, Unmanaged.passUnretained(self).toOpaque())
    }

    /// As far as nobody is in the way. What fails is done by the next one: the log still holds all of it.
    func checkpoint() { sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil) }

    func begin(_ isolation: Isolation) throws {
        if isBroken { throw DatabaseUnavailable(reason: "a sync failed: restart when the disk is sound") }
        try run(readOnly ? "BEGIN" : "BEGIN IMMEDIATE")
    }
    func settle() throws {}

    func commit() throws {
        do {
            try run("COMMIT")
        } catch let error as DatabaseUnavailable where sqlite3_errcode(handle) & 0xFF == SQLITE_IOERR {
            isBroken = true
            throw OutcomeUnknown(reason: error.reason)
        }
    }

    func rollBack() {
        // A full disk has already rolled back by itself.
        if sqlite3_get_autocommit(handle) == 0 { _ = try? run("ROLLBACK") }
    }

    func remedy(for error: any Error) -> Remedy {
        error is DatabaseUnavailable || error is DatabaseBusy || error is OutcomeUnknown
            ? .failTogether : .failAlone
    }

    @discardableResult
    func execute(_ sql: SQL) throws -> [Row] {
        let (statement, known) = try prepare(sql)
        var columns = known
        var rows: [Row] = []
        try step(statement, sql.parameters) {
            // Another process changed the table, and SQLite has prepared the statement anew.
            if rows.isEmpty, Int(sqlite3_column_count(statement)) != columns.count {
                columns = names(of: statement)
                prepared[sql.text] = Prepared(statement: statement, columns: columns)
            }
            rows.append(row(of: statement, columns))
        }
        return rows
    }

    func view(_ sql: SQL, _ body: (RowView) throws -> Void) throws {
        let (statement, _) = try prepare(sql)
        try step(statement, sql.parameters) { try body(RowView(sqlite: statement)) }
    }

    func stream(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        // A statement of its own: `body` may run the same text.
        let (statement, columns) = try compile(sql.text(in: .sqlite))
        defer { sqlite3_finalize(statement) }
        try step(statement, sql.parameters) { try body(row(of: statement, columns)) }
    }

    func load(_ new: NewRows) throws -> Int {
        if new.count == 0 { return 0 }
        let statement = try insertion(into: new.table, new.columns.map { $0.name })
        let width = new.columns.count
        for row in 0..<new.count {
            for column in 0..<width {
                try bind(new.values[row * width + column], to: statement, at: Int32(column + 1))
            }
            guard sqlite3_step(statement) == SQLITE_DONE else {
                defer { sqlite3_reset(statement) }
                throw failure()
            }
            sqlite3_reset(statement)
        }
        return new.count
    }

    private func insertion(into table: StaticString, _ columns: [StaticString]) throws -> OpaquePointer {
        let target = LoadTarget(table, columns)
        if let known = loading[target] { return known }
        let names = columns.map(\.description).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let (statement, _) = try compile("INSERT INTO \(table) (\(names)) VALUES (\(marks))")
        loading[target] = statement
        return statement
    }

    private func step(_ statement: OpaquePointer, _ parameters: [SQL.Parameter], _ row: () throws -> Void)
        throws
    {
        // A statement that is not reset keeps its lock, and COMMIT would fail.
        defer { sqlite3_reset(statement) }
        for (index, parameter) in parameters.enumerated() {
            try bind(parameter.value, to: statement, at: Int32(index + 1))
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try row()
            case SQLITE_DONE: return
            default: throw failure()
            }
        }
    }

    private func prepare(_ sql: SQL) throws -> (OpaquePointer, [String]) {
        if let known = prepared[sql.text] { return (known.statement, known.columns) }
        if prepared.count >= Self.mostPrepared { forgetStatements() }
        let (statement, columns) = try compile(sql.text(in: .sqlite))
        prepared[sql.text] = Prepared(statement: statement, columns: columns)
        return (statement, columns)
    }

    private func compile(_ text: String) throws -> (OpaquePointer, [String]) {
        var statement: OpaquePointer?
        let (code, hasMore) = text.withCString { start in
            var rest: UnsafePointer<CChar>?
            let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
            let code = sqlite3_prepare_v3(handle, start, -1, flags, &statement, &rest)
            return (code, rest.map { String(cString: $0).contains { !$0.isWhitespace } } ?? false)
        }
        guard code == SQLITE_OK, let statement else { throw failure() }
        guard !hasMore else {
            sqlite3_finalize(statement)
            throw SQLiteError(code: SQLITE_MISUSE, message: "more than one statement: \(text)")
        }
        return (statement, names(of: statement))
    }

    private func names(of statement: OpaquePointer) -> [String] {
        (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
    }

    private func forgetStatements() {
        for one in prepared.values { sqlite3_finalize(one.statement) }
        prepared = [:]
    }

    private func failure() -> any Error {
        let code = sqlite3_extended_errcode(handle), message = String(cString: sqlite3_errmsg(handle))
        return switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: DatabaseBusy()
        case SQLITE_FULL, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN, SQLITE_READONLY,
            SQLITE_NOMEM,
            SQLITE_PROTOCOL:
            DatabaseUnavailable(reason: "SQLite \(code): \(message)")
        default: SQLiteError(code: code, message: message)
        }
    }
}

/// Where rows are loaded, by the addresses of its names: those are in the program itself, and a table has few
/// lists of columns. A name that stands in two places is prepared twice.
private struct LoadTarget: Hashable {
    private let names: [UInt]

    init(_ table: StaticString, _ columns: [StaticString]) {
        names = [Self.address(table)] + columns.map(Self.address)
    }

    private static func address(_ name: StaticString) -> UInt {
        name.hasPointerRepresentation ? UInt(bitPattern: name.utf8Start) : UInt(name.unicodeScalar.value)
    }
}
