import Customers
import Database
import Foundation
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@testable import App

private func scratch() -> String {
    FileManager.default.temporaryDirectory.appending(path: "rapport-erasure-\(UUID())").path
}

@Suite struct `An erased person` {
    /// Two customers with words of theirs, a backup of that moment, and then one of them is erased.
    private func erasedAfterBackup(in folder: String) async throws -> (backup: String, left: Customer.ID) {
        let source = try await Installation.open(Settings(variables: ["RAPPORT_DATA": folder]))
        let (world, path) = (source.world, folder + "/old.backup")
        let ids = try await source.database.write { tx in
            try tx.run(
                """
                INSERT INTO accounts (id, name, time_zone, language, created_at)
                VALUES (1, 'A', 'UTC', 'en', 0)
                """)
            let survey = try Survey.create(
                SurveyInput(name: "Calls", scale: .nps0to10), account: 1, by: .operator, world: world,
                at: world.now(), in: tx)
            let recording = Recording(source: .api, actor: .operator, world: world, now: world.now())
            return try ["Zebralamp", "Otherone"].map { name in
                var draft = ResponseDraft(score: try #require(Score(2, on: .nps0to10)))
                draft.comment = "Words of \(name)comment"
                draft.occurredAt = world.now()
                var person = CustomerInput()
                (person.externalID, person.name) = ("id\(name)", name)
                person.attributes = [("street", "\(name)street")]
                draft.customer = person
                return try #require(
                    try SurveyResponse.record(draft, for: survey, recording, in: tx).customer)
            }
        }
        try await follow(source)
        _ = try await Backup(secret: source.secret, madeAt: world.now()).write(source.database, to: path)
        try await source.database.write { [secret = source.secret] tx in
            try Subscriptions.erasure(secret: secret, world: world).erase(
                ids[0], account: 1, by: .operator, world: world, at: world.now(), in: tx)
        }
        try await follow(source)
        await source.close()
        return (path, ids[1])
    }

    private func follow(_ installation: Installation) async throws {
        try await Follower(
            database: installation.database, now: systemNow, holder: "test",
            consumers: Subscriptions.consumers(installation)
        ).runUntilIdle()
        let worker = Worker(
            database: installation.database, world: installation.world,
            handlers: Subscriptions.handlers(installation), schedules: [])
        _ = try await worker.runUntilIdle()
    }

    private func target(_ backend: Backend, _ folder: String) async throws -> (Settings, TestDatabase?) {
        guard backend == .postgres else { return (Settings(variables: ["RAPPORT_DATA": folder]), nil) }
        let database = try await backend.bareDatabase()
        let variables = ["RAPPORT_DATA": folder, "RAPPORT_DATABASE_URL": database.address]
        return (Settings(variables: variables), database)
    }

    @Test(arguments: Backend.available)
    func `does not come back with an older backup`(backend: Backend) async throws {
        let (old, new) = (scratch(), scratch())
        defer { for one in [old, new] { try? FileManager.default.removeItem(atPath: one) } }
        let (backup, left) = try await erasedAfterBackup(in: old)
        let (settings, kept) = try await target(backend, new)
        let log = ErasureLog(path: old + "/erasures.log")
        let again = try await Restore(path: backup).run(
            settings, erasures: [log], isRehearsal: false, at: systemNow())
        #expect(again.count == 1 && !again.hasNoList)
        let restored = try await Installation.open(settings)
        let people = try await restored.database.read { tx in
            try Customer.list(account: 1, limit: 10, in: tx).map(\.id)
        }
        #expect(people == [left])
        let found = try await Verification.of(restored.database)
        #expect(found.differences.isEmpty)
        try await follow(restored)
        #expect(try await Verification.of(restored.database).differences.isEmpty)
        #expect(try settings.erasureLog.entries().map(\.account) == [1])
        let copy = new + "/copy"
        _ = try await Backup(secret: restored.secret, madeAt: systemNow()).write(restored.database, to: copy)
        await restored.close()
        withExtendedLifetime(kept) {}
        for file in [copy] + (backend == .sqlite ? [settings.databaseFile] : []) {
            #expect(try holds("zebralamp", file) == false, "\(file)")
            #expect(try holds("otherone", file), "\(file)")
        }
    }

    @Test func `comes back where nobody kept a list, and the restore says so`() async throws {
        let (old, new) = (scratch(), scratch())
        defer { for one in [old, new] { try? FileManager.default.removeItem(atPath: one) } }
        let (backup, _) = try await erasedAfterBackup(in: old)
        let settings = Settings(variables: ["RAPPORT_DATA": new])
        let restore = try Restore(path: backup)
        let again = try await restore.run(settings, isRehearsal: false, at: systemNow())
        #expect(again.hasNoList && again.count == 0)
        #expect(again.sentence(since: restore.manifest.madeAt).contains("is back"))
        #expect(try holds("zebralamp", settings.databaseFile))
    }

    private func holds(_ word: String, _ file: String) throws -> Bool {
        let bytes = try Data(contentsOf: URL(filePath: file))
        return String(decoding: bytes, as: UTF8.self).lowercased().contains(word)
    }
}

@Suite struct `The list of erasures` {
    private func entry(_ number: Int64) -> ErasureLog.Entry {
        .init(at: Timestamp(milliseconds: 1_795_435_200_000 + number), account: 1, customer: .init(number))
    }

    @Test func `holds each person once, whatever a crash cut short`() throws {
        let log = ErasureLog(path: scratch() + "/erasures.log")
        defer {
            try? FileManager.default.removeItem(atPath: (log.path as NSString).deletingLastPathComponent)
        }
        try log.append([entry(5), entry(6)])
        let whole = try Data(contentsOf: URL(filePath: log.path))
        for length in [whole.count - 1, whole.count - 9, whole.count / 2 + 1] {
            try whole.prefix(length).write(to: URL(filePath: log.path))
            #expect(try log.entries() == [entry(5)])
            try log.append([entry(6)])
            #expect(try log.entries() == [entry(5), entry(6)])
        }
        try log.append([entry(5)])
        #expect(try log.entries() == [entry(5), entry(6)])
        let mode = try FileManager.default.attributesOfItem(atPath: log.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `that is damaged is refused by its line`() throws {
        let log = ErasureLog(path: scratch() + "/erasures.log")
        defer {
            try? FileManager.default.removeItem(atPath: (log.path as NSString).deletingLastPathComponent)
        }
        #expect(throws: CommandFailure("\(log.path) cannot be read.")) { try log.entries() }
        try log.append([entry(5)])
        let text = try String(contentsOfFile: log.path, encoding: .utf8)
        try (text + "cus_5 erased\n").write(toFile: log.path, atomically: true, encoding: .utf8)
        #expect(throws: CommandFailure("\(log.path): line 2 is no erasure.")) { try log.entries() }
    }
}
