import Alerts
package import Database
import Foundation
package import Insight
package import Kernel
package import Ledger
import Schema
import Surveys

/// An opened installation: its database, migrated, and a World whose ids no other process makes.
package struct Installation: Sendable {
    package let database: any Database
    package let world: World
    package let settings: Settings
    /// 32 bytes that all nodes share: seals what must be kept and still be read.
    package let secret: [UInt8]
    /// Rung after each commit: for the follower of events, the worker of jobs and the live feed.
    package let eventBell: Doorbell
    package let jobBell: Doorbell
    package let feedBell: Doorbell
    /// Rung when a wave was planned: for the sender of invitations.
    package var mailBell = Doorbell()
    /// Names this process, and no other ever.
    package let holder: String
    package let node: NodeLease
    /// The folder of the embedded database; `nil` on PostgreSQL.
    package let folder: String?
    /// Kept by a process that serves; without them the rows answer.
    package var columns: ScoreColumns?

    /// How long a command waits for the database.
    package static let patience = Duration.seconds(10)
    /// A server sends its callers away within five seconds, of which noticing takes a part.
    package static let servingPatience = Duration.seconds(4)

    /// Opens what the settings name. `migrate: false` leaves an old schema as it is (`doctor` looks,
    /// `migrate` acts).
    package static func open(
        _ settings: Settings, migrate: Bool = true, patience: Duration = Installation.patience
    ) async throws -> Installation {
        let (eventBell, jobBell, feedBell) = (Doorbell(), Doorbell(), Doorbell())
        let committed: @Sendable () -> Void = {
            eventBell.ring()
            jobBell.ring()
            feedBell.ring()
        }
        let folder = settings.databaseURL == nil ? settings.dataFolder : nil
        if let folder { try makeFolder(folder) }
        let database = try openDatabase(settings, patience: patience, committed: committed)
        if migrate { _ = try await Schema.migrator.migrate(database, at: systemNow()) }
        let secret = try secretKey(at: settings.secretFile)
        let holder = "\(ProcessInfo.processInfo.hostName):\(getpid()):\(UUID().uuidString.prefix(8))"
        let node = try await database.write { tx in
            try NodeLease.take(holder: holder, at: systemNow(), in: tx)
        }
        let snowflakes = Snowflakes(node: node.node)
        let world = World(now: systemNow, newID: { snowflakes.next(at: systemNow()) }, random: randomBytes)
        return Installation(
            database: database, world: world, settings: settings, secret: secret, eventBell: eventBell,
            jobBell: jobBell, feedBell: feedBell,
            holder: holder, node: node, folder: folder)
    }

    /// Frees what a killed process has held, for who has the serve lock: on the embedded database nobody else
    /// can hold it, and what follows an answer need not wait for a lease to end.
    package func takeOver() async throws {
        guard folder != nil else { return }
        let now = world.now()
        try await database.write { tx in
            try Lease.endAll(at: now, in: tx)
            try Invitation.endLeases(at: now, in: tx)
            try Notice.endLeases(at: now, in: tx)
            try Alert.endLeases(at: now, in: tx)
            try Webhook.endClaims(at: now, in: tx)
        }
    }

    /// Gives the node's number back and lets go of the database.
    package func close() async {
        try? await database.write { [node] tx in try node.release(at: systemNow(), in: tx) }
        await database.close()
    }

    /// The database alone, as it is: no folder is made, no migration runs, no node number is taken.
    package static func openDatabase(
        _ settings: Settings, patience: Duration = Installation.patience,
        committed: @escaping @Sendable () -> Void = {}
    ) throws -> any Database {
        if let url = settings.databaseURL {
            // A body waits for each of its questions: others use the server meanwhile.
            return try PostgresDatabase(
                url: url, writers: 4, readers: 6, patience: patience, committed: committed)
        }
        return try SQLiteDatabase(path: settings.databaseFile, patience: patience, committed: committed)
    }

    /// The same where there is one; a folder named by mistake is said and not made.
    static func openExisting(_ settings: Settings) throws -> any Database {
        if settings.databaseURL == nil, !FileManager.default.fileExists(atPath: settings.databaseFile) {
            throw CommandFailure("There is no database in \(settings.dataFolder).")
        }
        return try openDatabase(settings)
    }

    /// The right to serve the embedded database alone; `nil` on PostgreSQL. Throws `ServeLock.Held`.
    static func serveLock(_ settings: Settings) throws -> ServeLock? {
        guard settings.databaseURL == nil else { return nil }
        try makeFolder(settings.dataFolder)
        return try ServeLock(folder: settings.dataFolder)
    }

    static func makeFolder(_ folder: String) throws {
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Made once, readable by its owner only.
    private static func secretKey(at path: String) throws -> [UInt8] {
        if let stored = FileManager.default.contents(atPath: path) {
            guard stored.count == 32 else {
                throw SettingsError(setting: "secret_file", problem: "\(path) does not hold 32 bytes")
            }
            return Array(stored)
        }
        let made = randomBytes(32)
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty { try makeFolder(folder) }
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(made), attributes: [.posixPermissions: 0o600])
        else { throw SettingsError(setting: "secret_file", problem: "\(path) cannot be written") }
        return made
    }
}

@Sendable package func systemNow() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
}

@Sendable package func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
}
