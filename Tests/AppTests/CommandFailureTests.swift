import ArgumentParser
import Database
import Foundation
import Kernel
import Logging
import Testing

@testable import App

@Suite struct `A command that fails` {
    @Test func `says whether to try again`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-lock-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try ServeLock(folder: folder)
        let held = #expect(throws: ServeLock.Held.self) { try ServeLock(folder: folder) }
        let failure = CommandFailure(try #require(held))
        #expect(failure.code == 75 && failure.sentence.contains("\(getpid())"))
        withExtendedLifetime(first) {}
    }

    @Test func `speaks in sentences, not in dumps`() {
        let taken = CommandFailure(DomainError(.conflict, "job-not-failed"))
        #expect(taken.code == 1 && taken.sentence.hasPrefix("This job has not failed"))
        let wrong = CommandFailure(SettingsError(setting: "port", problem: "must be a number"))
        #expect(wrong.code == 64 && wrong.sentence == "RAPPORT_PORT must be a number.")
        struct Odd: Error {}
        #expect(CommandFailure(Odd()).code == 1)
    }

    @Test func `that names no account there is says which command shows and makes them`() {
        let unknown = CommandFailure(DomainError(.invalid, "account-unknown", ["name": "Beta"]))
        #expect(unknown.code == 64 && unknown.sentence.contains("Beta"))
        #expect(
            unknown.sentence.contains("rapport account create") && unknown.sentence.contains("account list"))
        #expect(CommandFailure(DomainError(.invalid, "account-not-named")).code == 64)
    }

    @Test func `never takes the file itself for its refused rows`() {
        let arguments = ["import", "a.csv", "--survey", "s", "--refused", "./a.csv"]
        let error = #expect(throws: (any Error).self) { try RapportCommand.parseAsRoot(arguments) }
        #expect(error.map { RapportCommand.exitCode(for: $0).rawValue } == 64)
    }

    @Test(arguments: [["serve", "--port", "x"], ["no-such-command"], ["verify", "--no-such-option"]])
    func `ends with 64 when it is called wrongly`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try RapportCommand.parseAsRoot(arguments) }
        #expect(error.map { RapportCommand.exitCode(for: $0).rawValue } == 64)
    }
}

@Suite struct `A log line` {
    private func line(plain: Bool) -> String {
        var log = LogLine(label: "http", isPlain: plain, level: .info)
        log[metadataKey: "route"] = "/s/{slug}"
        let event = LogEvent(
            level: .warning, message: "refused\nby anna@example.org", metadata: ["time": "not this"],
            source: nil, file: "", function: "", line: 1)
        return log.text(of: event, at: Timestamp(milliseconds: 0))
    }

    @Test func `is one JSON object without addresses`() {
        #expect(
            line(plain: false)
                == #"{"time":"1970-01-01T00:00:00Z","level":"warning","logger":"http","#
                + #""message":"refused by [address]","route":"/s/{slug}"}"#)
    }

    @Test func `is plain on a terminal`() {
        #expect(
            line(plain: true)
                == "1970-01-01T00:00:00Z warning refused by [address] route=/s/{slug} time=not this")
    }
}
