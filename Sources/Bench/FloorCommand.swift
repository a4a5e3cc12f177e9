import ArgumentParser
import Database
import Hummingbird
import Logging
import Synchronization

/// `rapport-bench floor`: `GET /hello` and, with a database, `POST /rows`, which answers once its one row is
/// durable.
struct FloorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floor", abstract: "Serve a greeting and a table of one row a request.")

    @Option(name: .long, help: "Port to listen on.") var port: Int
    @Option(name: .long, help: "SQLite file; without one there is the greeting only.") var file: String?
    @Option(name: .long, help: "A PostgreSQL URL in the file's place.") var postgres: String?

    func run() async throws {
        var log = Logger(label: "floor")
        log.logLevel = .error
        let router = Router()
        router.get("/hello") { _, _ in "hello\n" }
        if let rows = try await rows() {
            router.post("/rows") { request, _ in
                let body = try await request.body.collect(upTo: 65536)
                try await rows.add(String(buffer: body))
                return Response(status: .created)
            }
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 4096), logger: log)
        try await application.runService()
    }

    private func rows() async throws -> FloorRows? {
        if let postgres { return try await FloorRows(PostgresDatabase(url: postgres, writers: 2)) }
        return if let file { try await FloorRows(SQLiteDatabase(path: file)) } else { nil }
    }
}

/// One table with one index.
final class FloorRows: Sendable {
    let database: any Database
    let last = Atomic<Int64>(0)

    init(_ database: any Database) async throws {
        self.database = database
        try await makeTable()
    }

    func add(_ words: String) async throws {
        let id = last.add(1, ordering: .relaxed).newValue
        try await insert(id, words)
    }
}
