import Database
import Foundation
package import Kernel
import Ledger
import Schema

/// What `rapport doctor` looks at, and its advice.
package struct Examination: Sendable {
    package enum Verdict: String, Sendable { case ok, note, wrong }
    package struct Check: Equatable, Sendable {
        package let name: String
        package let verdict: Verdict
        package let says: String
        package let advice: String?
    }

    package private(set) var checks: [Check] = []

    package var isSound: Bool { !checks.contains { $0.verdict == .wrong } }

    mutating func note(_ name: String, _ verdict: Verdict, _ says: String, advice: String? = nil) {
        checks.append(Check(name: name, verdict: verdict, says: says, advice: advice))
    }

    /// Looks and changes nothing.
    package static func of(_ settings: Settings, at now: Timestamp) async -> Examination {
        var found = Examination()
        if settings.databaseURL == nil { found.lookAtFolder(settings) }
        found.lookAtSecret(settings)
        found.lookAtBaseURL(settings)
        do {
            let database = try Installation.openExisting(settings)
            found.note("database", .ok, "\(database.dialect) answers")
            do {
                try await found.lookAtDatabase(database, settings, now)
            } catch {
                found.note("database", .wrong, CommandFailure(error).sentence)
            }
            await database.close()
        } catch {
            found.note(
                "database", .wrong, CommandFailure(error).sentence,
                advice: "Check --data or --database-url; `rapport serve` makes a new installation.")
        }
        return found
    }

    private mutating func lookAtFolder(_ settings: Settings) {
        let folder = settings.dataFolder
        let mode = try? FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
        switch mode {
        case nil: note("data folder", .wrong, "\(folder) is not there")
        case let mode? where mode & 0o077 != 0:
            note(
                "data folder", .wrong, "\(folder) has mode \(String(mode, radix: 8))",
                advice: "chmod 700 \(folder)")
        default: note("data folder", .ok, "\(folder), for its owner alone")
        }
        let disk = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        if let free = disk?[.systemFreeSize] as? Int { lookAtSpace(free, settings) }
    }

    /// Room to copy the whole database once, and never under 1 GiB.
    private mutating func lookAtSpace(_ free: Int, _ settings: Settings) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: settings.databaseFile)
        let needed = max(1 << 30, attributes?[.size] as? Int ?? 0)
        let says = "\(free >> 20) MiB free"
        if free >= needed { return note("disk", .ok, says) }
        note("disk", .wrong, says, advice: "Make room: at least \(needed >> 20) MiB.")
    }

    private mutating func lookAtSecret(_ settings: Settings) {
        let path = settings.secretFile
        guard let key = FileManager.default.contents(atPath: path) else {
            return note(
                "secret key", .wrong, "\(path) cannot be read",
                advice: "Restore it from a backup: what it sealed cannot be read without it.")
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let mode = attributes?[.posixPermissions] as? Int ?? 0
        if key.count != 32 {
            note(
                "secret key", .wrong, "\(path) does not hold 32 bytes", advice: "Restore it from a backup.")
        } else if mode & 0o077 != 0 {
            note(
                "secret key", .wrong, "\(path) has mode \(String(mode, radix: 8))",
                advice: "chmod 600 \(path)")
        } else {
            note("secret key", .ok, path)
        }
    }

    private mutating func lookAtBaseURL(_ settings: Settings) {
        guard let url = settings.text("base_url") else {
            return note(
                "base URL", .note, "not set: links lead to this machine alone",
                advice: "Set RAPPORT_BASE_URL to the address that customers see.")
        }
        if url.hasPrefix("https://") { return note("base URL", .ok, url) }
        if url.hasPrefix("http://") {
            return note("base URL", .note, "\(url) is not secured", advice: "Serve it by https.")
        }
        note("base URL", .wrong, "\(url) is no web address", advice: "Write it as https://example.org.")
    }

    private mutating func lookAtDatabase(
        _ database: any Database, _ settings: Settings, _ now: Timestamp
    ) async throws {
        let pending = try await Schema.migrator.pending(in: database)
        guard pending.isEmpty else {
            return note(
                "schema", .wrong, "misses \(pending.joined(separator: ", "))",
                advice: "Run `rapport migrate`.")
        }
        note("schema", .ok, "up to date")
        let durable = try await database.write { tx in try Self.durability(in: tx) }
        note(
            "commits", durable.isSafe ? .ok : .wrong, durable.says,
            advice: durable.isSafe ? nil : "Commits must survive a power cut: turn it on.")
        let vitals = try await database.read { tx in try Vitals.look(at: now, in: tx) }
        lookAtClock(vitals, now)
        lookAtWork(vitals, now)
    }

    private mutating func lookAtClock(_ vitals: Vitals, _ now: Timestamp) {
        let ahead = vitals.newestEvent.map { $0 - now } ?? .zero
        let apart = vitals.databaseClock.map { $0 - now } ?? .zero
        if ahead > .seconds(300) {
            note(
                "clock", .wrong, "events stand \(ahead.components.seconds) s in the future",
                advice: "Set the clock of this machine by NTP.")
        } else if abs(apart.components.seconds) > 5 {
            note(
                "clock", .wrong, "the database's is \(apart.components.seconds) s ahead of ours",
                advice: "Set both machines' clocks by NTP.")
        } else {
            note("clock", .ok, now.rfc3339)
        }
    }

    private mutating func lookAtWork(_ vitals: Vitals, _ now: Timestamp) {
        let waits = vitals.oldestUnsealed.map { (now - $0).components.seconds } ?? 0
        note(
            "events", waits > 60 ? .wrong : .ok,
            waits > 60 ? "one has waited for its seal for \(waits) s" : "none waits for its seal",
            advice: waits > 60 ? "Start `rapport serve` or `rapport work`." : nil)
        note(
            "jobs", vitals.failedJobs > 0 ? .wrong : .ok, "\(vitals.failedJobs) failed",
            advice: vitals.failedJobs > 0 ? "The page Operations names the reasons and tries again." : nil)
        for standing in vitals.standings where standing.failures > 0 || standing.behind > 1000 {
            let why = standing.lastError.map { ": \($0)" } ?? ""
            note(
                "consumer \(standing.name)", standing.failures > 0 ? .wrong : .note,
                "account \(standing.account): \(standing.behind) behind, \(standing.failures) failures\(why)",
                advice: "It goes on by itself when the reason is gone; a server must run.")
        }
        if !vitals.standings.contains(where: { $0.failures > 0 || $0.behind > 1000 }) {
            note("consumers", .ok, "none behind")
        }
    }
}
