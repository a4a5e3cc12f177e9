import Database
import Foundation
import Kernel
import Ledger
import Schema
import TestKit
import Testing

@testable import App

private func scratch(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "rapport-backup-\(UUID())-\(name)").path
}

private func fill(_ database: any Database) async throws {
    let now = Timestamp(milliseconds: 1_795_435_200_000), name = "Zażółć \"gęślą\"\n服务, <b>"
    try await database.write { tx in
        try tx.run(
            "INSERT INTO accounts (id, name, time_zone, language, created_at) VALUES (1, 'A', 'UTC', 'en', 0)"
        )
        try tx.run(
            """
            INSERT INTO surveys (id, account_id, slug, name, metric, scale, method, status, version, sample,
              created_at, updated_at)
            VALUES (5, 1, 's', \(name), 'nps', '0-10', 'strict', 'open', 1, \(true), 0, 0)
            """)
        for id in Int64(100)..<400 {
            let number = id % 3 == 0 ? nil : Double(id) / 7, words = id % 2 == 0 ? nil : "w\(id)"
            try tx.run(
                """
                INSERT INTO answers (response_id, question, item, account_id, number, words)
                VALUES (\(id), 'q', '', 1, \(number), \(words))
                """)
            try tx.run("INSERT INTO response_search (rowid, account_id, words) VALUES (\(id), 1, 'kettle')")
            try Ledger.append(
                EventKind("kettle.boiled"), about: id, by: .system, id: id, account: 1, at: now, in: tx)
        }
    }
    try await Follower(database: database, now: { now }, holder: "test", consumers: []).runUntilIdle()
}

/// Every row of every table that a backup carries, as sorted lines.
private func rows(_ database: any Database) async throws -> [String: [String]] {
    try await database.read { tx in
        var all: [String: [String]] = [:]
        for shape in try TableShape.all(in: tx) where !TableShape.leftOut.contains(shape.name) {
            var lines: [String] = []
            try shape.each(in: tx) { lines.append(String(decoding: shape.line($0), as: UTF8.self)) }
            all[shape.name] = lines.sorted()
        }
        return all
    }
}

@Suite struct `A backup` {
    private let backup = Backup(
        secret: [UInt8](repeating: 7, count: 32), madeAt: Timestamp(milliseconds: 1_795_435_200_000))

    @Test(arguments: Backend.available, Backend.available)
    func `of one database fills the other, row by row`(from: Backend, to: Backend) async throws {
        let source = try await from.emptyDatabase(), target = try await to.bareDatabase(), path = scratch("a")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await fill(source)
        let manifest = try await backup.write(source.inner, to: path)
        let restore = try Restore(path: path)
        #expect(restore.manifest == manifest && restore.secret == backup.secret)
        try await restore.requireFit(target.inner, at: systemNow())
        try await restore.fill(target.inner, at: systemNow())
        let (before, after) = (try await rows(source), try await rows(target))
        #expect(before == after)
        #expect(before["answers"]?.count == 300 && before["response_search"]?.count == 300)
        let found = try await Verification.of(target.inner)
        #expect(found.differences.isEmpty && found.events == 300)
        let hits = try await target.read { tx in
            let match = SQL.fullTextMatch("response_search", words: ["kettle"])
            return try tx.run("SELECT COUNT(*) AS n FROM response_search WHERE account_id = 1 AND \(match)")[
                0
            ]
            .int("n")
        }
        #expect(hits == 300)
        await #expect(throws: CommandFailure.self) {
            try await restore.requireFit(target.inner, at: systemNow())
        }
    }

    @Test(arguments: Backend.available)
    func `is one moment, while others write`(backend: Backend) async throws {
        let source = try await backend.emptyDatabase(), target = try await backend.bareDatabase()
        let path = scratch("b")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await fill(source)
        let writer = Task {
            for id in Int64(1000)..<Int64(100_000) where !Task.isCancelled {
                try await source.write { tx in
                    try tx.run(
                        "INSERT INTO case_words (account_id, kind, words) VALUES (1, 'cause', \("\(id)"))")
                    try tx.run(
                        "INSERT INTO case_words (account_id, kind, words) VALUES (1, 'remedy', \("\(id)"))")
                }
            }
        }
        while try await rows(source)["case_words"]?.isEmpty ?? true {
            try await Task.sleep(for: .milliseconds(20))
        }
        _ = try await backup.write(source.inner, to: path)
        writer.cancel()
        try await writer.value
        try await Restore(path: path).fill(target.inner, at: systemNow())
        let words = try await rows(target)["case_words"] ?? []
        #expect(!words.isEmpty && words.count % 2 == 0)
        #expect(words.filter { $0.contains("cause") }.count == words.count / 2)
    }

    @Test func `with one wrong byte is refused, wherever it is`() async throws {
        let source = try await Backend.sqlite.emptyDatabase(), path = scratch("c"), broken = scratch("d")
        defer { for one in [path, broken] { try? FileManager.default.removeItem(atPath: one) } }
        try await fill(source)
        _ = try await backup.write(source.inner, to: path)
        _ = try Restore(path: path)
        let bytes = try Data(contentsOf: URL(filePath: path))
        for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
            var wrong = bytes
            wrong[place] ^= 0x01
            try wrong.write(to: URL(filePath: broken))
            #expect(throws: CommandFailure.self, "byte \(place)") { try Restore(path: broken) }
        }
        try bytes.prefix(bytes.count - 512).write(to: URL(filePath: broken))
        #expect(throws: CommandFailure.self) { try Restore(path: broken) }
    }

    @Test func `restores into an empty folder, with its key, and nowhere else`() async throws {
        let (old, new, path) = (scratch("old"), scratch("new"), scratch("e"))
        defer { for one in [old, new, path] { try? FileManager.default.removeItem(atPath: one) } }
        let installation = try await Installation.open(Settings(variables: ["RAPPORT_DATA": old]))
        try await fill(installation.database)
        let kept = Backup(secret: installation.secret, madeAt: systemNow())
        _ = try await kept.write(installation.database, to: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let settings = Settings(variables: ["RAPPORT_DATA": new])
        let restore = try Restore(path: path)
        try await restore.run(settings, isRehearsal: true, at: systemNow())
        #expect(!FileManager.default.fileExists(atPath: new))
        try await restore.run(settings, isRehearsal: false, at: systemNow())
        let restored = try await Installation.open(settings)
        #expect(restored.secret == installation.secret)
        #expect(try await rows(restored.database) == rows(installation.database))
        await restored.close()
        await #expect(throws: CommandFailure.self) {
            try await restore.run(settings, isRehearsal: false, at: systemNow())
        }
        await installation.close()
    }
}
