import Accounts
import Database
import Foundation
import Kernel
import Language
import Ledger
import Schema
import Surveys
import TestKit

@testable import App

/// An installation with one survey, used by the built `rapport` as a process of its own.
struct ImportPlace {
    let folder: URL
    let database: any Database
    let survey: Survey
    /// Lets go of its schema at the end of the test.
    private let schema: TestDatabase?

    init(_ backend: Backend) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        schema = backend == .postgres ? try await backend.emptyDatabase() : nil
        database =
            if let schema { schema } else {
                try SQLiteDatabase(path: folder.appending(path: "rapport.db").path)
            }
        try await Schema.migrator.migrate(database, at: Timestamp(milliseconds: 0))
        let clock = TestClock()
        let (world, now) = (clock.world, clock.now)
        survey = try await database.write { tx in
            let account = try Account.make(
                name: "Kettle", timeZone: "UTC", language: .en, by: .operator, world: world, in: tx)
            return try Survey.create(
                SurveyInput(name: "Calls", scale: .nps0to10), account: account.id.number, by: .operator,
                world: world, at: now, in: tx)
        }
    }

    /// Begins it; what it says goes to `output`.
    func rapport(_ arguments: [String], output: Any = FileHandle.nullDevice) throws -> Process {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let process = Process()
        process.executableURL = root.appending(path: ".build/debug/rapport")
        process.arguments = arguments + ["--data", folder.path]
        if let schema { process.arguments? += ["--database-url", schema.address] }
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["LLVM_PROFILE_FILE": "/dev/null"], uniquingKeysWith: { $1 })
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    func importing(
        _ file: URL, _ more: [String] = ["--map", "region=attribute:region"],
        output: Any = FileHandle.nullDevice
    ) throws -> Process {
        try rapport(["import", "--survey", survey.id.description, file.path] + more, output: output)
    }

    /// Rows of the file that are settled; `nil` before the import began.
    func rowsDone() async throws -> Int? {
        try await database.read { tx in try tx.run("SELECT rows_done FROM imports").first?.int("rows_done") }
    }

    /// Everything that an import wrote and that followed from it, without ids and clocks.
    func content() async throws -> [[String]] {
        let queries: [SQL] = [
            """
            SELECT s.raw, s.band, s.occurred_at, r.comment, r.agent, r.channel, c.external_id, g.value
            FROM scores s JOIN responses r ON r.id = s.response_id
              LEFT JOIN customers c ON c.id = r.customer_id
              LEFT JOIN response_segments g ON g.response_id = r.id ORDER BY r.id
            """,
            """
            SELECT c.external_id, p.kind, p.value, a.value AS region FROM customers c
              LEFT JOIN contact_points p ON p.customer_id = c.id
              LEFT JOIN customer_attributes a ON a.customer_id = c.id ORDER BY c.external_id, p.kind
            """,
            "SELECT kind FROM events ORDER BY position", "SELECT id FROM unsealed_events",
            "SELECT rows_done, recorded, refused FROM imports WHERE finished_at IS NOT NULL",
            "SELECT client_key FROM answer_keys ORDER BY client_key",
            """
            SELECT dimension, value, day, raw, responses FROM score_days ORDER BY dimension, value, day, raw
            """,
            "SELECT words FROM response_search ORDER BY rowid",
        ]
        return try await database.read { tx in
            try queries.map { try tx.run($0).map { "\($0.values)" } }
        }
    }

    func close() async throws {
        if schema == nil { await database.close() }
        try FileManager.default.removeItem(at: folder)
    }
}

extension Process {
    func ended() async throws -> Int32 {
        while isRunning { try await Task.sleep(for: .milliseconds(20)) }
        return terminationStatus
    }
}
