import CLibPQ
import Logging

/// Runs ahead: a statement without rows is sent and not waited for, so a body costs one round trip for each
/// question that it asks, not for each row that it writes.
final class PostgresConnection: SessionConnection {
    private struct Prepared {
        let name: String
        let types: [SQLType?]
        /// Nil for a statement that answers without rows.
        let shape: RowShape?

        func fits(_ parameters: [SQL.Parameter]) -> Bool {
            for (type, parameter) in zip(types, parameters)
            where parameter.type != nil && parameter.type != type {
                return false
            }
            return true
        }
    }
    /// Small enough that the answers fit the socket's buffer: then neither side can wait for the other for
    /// ever.
    private static let mostPending = 64
    private static let mostPrepared = 512
    private static let rowsPerFetch: Int32 = 1000

    let dialect = Dialect.postgres
    private let url: String
    private let readOnly: Bool
    private let log: Logger
    private var link: PostgresLink?
    private var prepared: [String: Prepared] = [:]
    private var pending = 0
    private var cursors = 0
    private var parameters = PostgresParameters()

    init(url: String, readOnly: Bool, log: Logger) {
        (self.url, self.readOnly, self.log) = (url, readOnly, log)
    }

    func connect() throws {
        link = nil
        (prepared, pending) = ([:], 0)
        do {
            link = try PostgresLink(url: url)
        } catch let error as ConnectionLost {
            throw DatabaseUnavailable(reason: error.reason)
        }
    }

    func begin(_ isolation: Isolation) throws {
        if link?.isLost ?? true {
            do { try connect() } catch let error as DatabaseUnavailable {
                throw ConnectionLost(reason: error.reason)
            }
        }
        switch isolation {
        case _ where readOnly: try run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        case .serializable: try run("BEGIN ISOLATION LEVEL SERIALIZABLE")
        case .insertOnly: try run("BEGIN ISOLATION LEVEL READ COMMITTED")
        }
    }

    func settle() throws { _ = try answers(nil) }

    func commit() throws {
        let link = try connected()
        if readOnly {
            // Nothing was written, so nothing need be heard of it; the next reader takes the answer.
            try run("COMMIT")
            PQflush(link.handle)
            return
        }
        link.forgetWarning()
        do {
            try run("COMMIT")
            _ = try answers(nil)
        } catch let error as ConnectionLost {
            log.error("the answer to a commit was lost", metadata: ["reason": "\(error.reason)"])
            throw OutcomeUnknown(reason: error.reason)
        }
        // "The transaction has already committed locally, but might not have been replicated."
        if let warning = link.lastWarning { throw OutcomeUnknown(reason: warning) }
    }

    func rollBack() {
        guard let link, !link.isLost else { return }
        try? settle()
        _ = try? run("ROLLBACK")
        try? settle()
    }

    func remedy(for error: any Error) -> Remedy {
        switch error {
        // A key that somebody took after we had looked is a conflict, too (PostgreSQL 15 manual, 13.5).
        case let error as PostgresError:
            ["40001", "40P01", PostgresError.keyTaken].contains(error.sqlState) ? .runAgain : .failAlone
        case is ConnectionLost: .reconnect
        case is DatabaseUnavailable, is OutcomeUnknown: .failTogether
        default: .failAlone
        }
    }

    @discardableResult
    func execute(_ sql: SQL) throws -> [Row] {
        if sql.hasLongList {
            try sendOnce(sql)
            return try answers(nil)
        }
        let statement = try sendPrepared(sql)
        return statement.shape != nil || pending == Self.mostPending ? try answers(statement.shape) : []
    }

    func view(_ sql: SQL, _ body: (RowView) throws -> Void) throws {
        if sql.hasLongList { try sendOnce(sql) } else { _ = try sendPrepared(sql) }
        try results { result in
            for row in 0..<PQntuples(result) { try body(RowView(postgres: result, row: row)) }
        }
    }

    /// Planned for the values that it has.
    private func sendOnce(_ sql: SQL) throws { try send(sql.text(in: .postgres), sql.parameters) }

    private func sendPrepared(_ sql: SQL) throws -> Prepared {
        let statement = try prepare(sql)
        let link = try connected()
        parameters.fill(sql.parameters)
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryPrepared(link.handle, statement.name, count, values, lengths, formats, 0)
        }
        guard sent == 1 else { throw lost(link) }
        pending += 1
        return statement
    }

    func stream(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        // The number only grows: a cursor whose body threw stays open to the end of its transaction.
        cursors += 1
        let cursor = "each_\(cursors)"
        try send("DECLARE \(cursor) NO SCROLL CURSOR FOR " + sql.text(in: .postgres), sql.parameters)
        while true {
            try send("FETCH \(Self.rowsPerFetch) FROM \(cursor)", [])
            let rows = try answers(nil)
            for row in rows { try body(row) }
            if rows.count < Self.rowsPerFetch { break }
        }
        try send("CLOSE \(cursor)", [])
    }

    func load(_ new: NewRows) throws -> Int {
        if new.count == 0 { return 0 }
        try settle()
        let link = try connected()
        guard PQexitPipelineMode(link.handle) == 1 else { throw lost(link) }
        defer { PQenterPipelineMode(link.handle) }
        let names = new.columns.map { $0.name.description }.joined(separator: ", ")
        let started = PQexec(link.handle, "COPY \(new.table) (\(names)) FROM STDIN")
        defer { PQclear(started) }
        guard PQresultStatus(started) == PGRES_COPY_IN else { throw failure(started) }
        var lines = CopyLines()
        for row in 0..<new.count {
            lines.append(new.row(row))
            if lines.isFull { guard lines.send(to: link.handle) else { throw lost(link) } }
        }
        guard lines.send(to: link.handle), PQputCopyEnd(link.handle, nil) == 1 else { throw lost(link) }
        let result = PQgetResult(link.handle)
        defer {
            PQclear(result)
            drain(link)
        }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw failure(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Sends a text that is run once and so not prepared.
    private func send(_ text: String, _ values: [SQL.Parameter]) throws {
        let link = try connected()
        parameters.fill(values)
        let types = values.map { $0.type?.typeOID ?? 0 }
        let sent = parameters.withPointers { count, values, lengths, formats in
            PQsendQueryParams(link.handle, text, count, types, values, lengths, formats, 0)
        }
        guard sent == 1 else { throw lost(link) }
        pending += 1
    }

    /// Waits for all that is pending: the rows of the last, or the first failure.
    private func answers(_ shape: RowShape?) throws -> [Row] {
        var rows: [Row] = []
        try results { rows = (shape ?? RowShape(of: $0)).rows(of: $0) }
        return rows
    }

    /// Waits for all that is pending, and hands over what has rows.
    private func results(_ take: (OpaquePointer) throws -> Void) throws {
        guard pending > 0 else { return }
        defer { pending = 0 }
        let link = try connected()
        guard PQpipelineSync(link.handle) == 1 else { throw lost(link) }
        var failed: (any Error)?
        for _ in 0..<pending {
            let result = PQgetResult(link.handle)
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK:
                // What is thrown waits until the link is empty.
                do { try take(result!) } catch { failed = failed ?? error }
            case PGRES_COMMAND_OK, PGRES_PIPELINE_ABORTED: break
            default: failed = failed ?? failure(result)
            }
            drain(link)
        }
        PQclear(PQgetResult(link.handle))  // The answer to the sync itself.
        if let failed { throw failed }
    }

    private func drain(_ link: PostgresLink) {
        while let more = PQgetResult(link.handle), !link.isLost { PQclear(more) }
    }

    private func prepare(_ sql: SQL) throws -> Prepared {
        if let known = prepared[sql.text] {
            if known.fits(sql.parameters) { return known }
            // The same text with other types, where one was not known before.
            let retyped = sql.text + sql.parameters.map { "/\($0.type?.typeOID ?? 0)" }.joined()
            return try prepared[retyped] ?? prepare(sql, as: retyped)
        }
        return try prepare(sql, as: sql.text)
    }

    private func prepare(_ sql: SQL, as key: String) throws -> Prepared {
        try settle()
        let link = try connected()
        if prepared.count >= Self.mostPrepared {
            try send("DEALLOCATE ALL", [])
            try settle()
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        let types = sql.parameters.map(\.type)
        let oids = types.map { $0?.typeOID ?? 0 }
        guard PQsendPrepare(link.handle, name, sql.text(in: .postgres), Int32(oids.count), oids) == 1,
            PQsendDescribePrepared(link.handle, name) == 1, PQpipelineSync(link.handle) == 1
        else { throw lost(link) }
        var failed: (any Error)?
        var shape: RowShape?
        for _ in 0..<2 {
            let result = PQgetResult(link.handle)
            defer { PQclear(result) }
            if PQnfields(result) > 0 { shape = RowShape(of: result!) }
            if PQresultStatus(result) != PGRES_COMMAND_OK { failed = failed ?? failure(result) }
            drain(link)
        }
        PQclear(PQgetResult(link.handle))
        if let failed { throw failed }
        let statement = Prepared(name: name, types: types, shape: shape)
        prepared[key] = statement
        return statement
    }

    private func connected() throws -> PostgresLink {
        guard let link else { throw ConnectionLost(reason: "not connected") }
        return link
    }

    private func lost(_ link: PostgresLink) -> ConnectionLost {
        defer { self.link = nil }
        return ConnectionLost(reason: link.message)
    }

    private func failure(_ result: OpaquePointer?) -> any Error {
        guard let link else { return ConnectionLost(reason: "not connected") }
        guard let state = link.field(PQDiagnostic.sqlState, of: result) else { return lost(link) }
        let message = link.field(PQDiagnostic.message, of: result) ?? link.message
        switch state {
        // 25006: the server became a standby. 57P01 to 57P05: it ended this process.
        case _ where state == "25006" && !readOnly || state.hasPrefix("57P") || state.hasPrefix("08"):
            log.warning("connection lost", metadata: ["state": "\(state)", "reason": "\(message)"])
            self.link = nil
            return ConnectionLost(reason: message)
        // A table changed under a prepared statement: on a new connection it is prepared anew.
        case "0A000" where message.contains("cached plan"):
            self.link = nil
            return ConnectionLost(reason: message)
        case "55P03", "57014": return DatabaseBusy()
        case "22021": return UnstorableText()
        case _ where state.hasPrefix("53") || state.hasPrefix("58") || state.hasPrefix("XX"):
            return DatabaseUnavailable(reason: "PostgreSQL \(state): \(message)")
        default: return PostgresError(sqlState: state, message: message)
        }
    }
}
