import CLibPQ

/// The wire to one server process, and what it reported besides answers.
final class PostgresLink {
    let handle: OpaquePointer
    /// A warning at COMMIT says that the transaction is not on the standbys that it was promised to.
    private(set) var lastWarning: String?

    var isLost: Bool { PQstatus(handle) != CONNECTION_OK }

    init(url: String) throws {
        // What stands before the URL is a default that the URL may change.
        let settings = [
            ("client_encoding", "UTF8"), ("connect_timeout", "2"), ("application_name", "rapport"),
            ("target_session_attrs", "read-write"), ("keepalives_idle", "2"), ("keepalives_interval", "1"),
            ("keepalives_count", "2"), ("tcp_user_timeout", "4000"), ("dbname", url),
        ]
        handle = Self.withCStrings(settings.map(\.0)) { names in
            Self.withCStrings(settings.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(
            handle,
            { link, notice in
                Unmanaged<PostgresLink>.fromOpaque(link!).takeUnretainedValue().hear(notice)
            }, me)
        guard !isLost else { throw ConnectionLost(reason: message) }
        let settled = PQexec(handle, Self.sessionSettings)
        defer { PQclear(settled) }
        guard PQresultStatus(settled) == PGRES_TUPLES_OK, PQenterPipelineMode(handle) == 1 else {
            throw ConnectionLost(reason: message)
        }
    }

    deinit { PQfinish(handle) }

    var message: String { String(cString: PQerrorMessage(handle)) }

    func forgetWarning() { lastWarning = nil }

    private func hear(_ notice: OpaquePointer?) {
        guard field(PQDiagnostic.severity, of: notice) == "WARNING" else { return }
        lastWarning = field(PQDiagnostic.message, of: notice)
    }

    func field(_ code: Int32, of result: OpaquePointer?) -> String? {
        result.flatMap { PQresultErrorField($0, code) }.map { String(cString: $0) }
    }

    /// Limits where the operator has set none, and no commit that is answered before it is on disk.
    private static let sessionSettings = """
        SELECT set_config(name, wanted, false) FROM (VALUES
          ('statement_timeout', '0', '30s'), ('lock_timeout', '0', '4s'),
          ('idle_in_transaction_session_timeout', '0', '10s'), ('synchronous_commit', 'off', 'on')
        ) AS setting (name, unset, wanted) WHERE current_setting(name) = unset
        """

    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        var bytes: [CChar] = []
        let starts = texts.map { text in
            defer { bytes += text.utf8CString }
            return bytes.count
        }
        return bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { start in buffer.baseAddress.map { $0 + start } } + [nil]
            return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
        }
    }
}

/// libpq names these by macros that Swift does not see (`PG_DIAG_…`): letters of its protocol.
enum PQDiagnostic {
    static let severity = Int32(UInt8(ascii: "V"))
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let message = Int32(UInt8(ascii: "M"))
}

/// The server process is gone, or can no longer write.
struct ConnectionLost: Error {
    let reason: String
}
