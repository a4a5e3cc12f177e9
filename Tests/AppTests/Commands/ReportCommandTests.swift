import ArgumentParser
import Foundation
import Surveys
import Testing

@testable import App

private func command(_ arguments: String...) throws -> ReportCommand {
    try #require(try RapportCommand.parseAsRoot(["report"] + arguments) as? ReportCommand)
}

/// Writes `text` to a file of its own and gives its path; the system clears its folder of such files.
private func file(_ text: String, _ name: String = "answers.csv") throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let url = folder.appending(path: name)
    try Data(text.utf8).write(to: url)
    return url.path
}

@Suite struct `rapport report` {
    @Test func `takes a scale that begins with a dash`() throws {
        #expect(try command("a.csv", "--scale", "-10..10").scale == .npsSigned)
        #expect(try command("--scale", "-10..10", "a.csv").file == "a.csv")
    }

    @Test func `takes columns and filters as often as they are given`() throws {
        let found = try command("a.csv", "--by", "x", "--by", "-y", "--filter", "a=b=c", "--filter", "z=1")
        #expect(found.by == ["x", "-y"])
        #expect(found.filter == ["a=b=c", "z=1"])
    }

    @Test(arguments: [
        ["a.csv", "--scale", "5"], ["a.csv", "--filter", "x"], ["a.csv", "--encoding", "klingon"],
        ["a.csv", "--interval", "year"], ["a.csv", "--format", "pdf"], ["a.csv", "--language", "de"], [],
    ])
    func `refuses as usage what it does not know`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) {
            try RapportCommand.parseAsRoot(["report"] + arguments)
        }
        #expect(error.map { RapportCommand.exitCode(for: $0) } == .validationFailure)
    }

    @Test(arguments: [
        ("nps\n9\n0\n11\n", ExitCode.success), ("nps\n11\n", .failure), ("nps\n", .failure), ("", .failure),
        ("name\nAda\n", .validationFailure),
        (
            "nps\n" + String(repeating: "4\n", count: 95) + String(repeating: "9\n", count: 5),
            .validationFailure
        ),
    ])
    func `ends with the code that tells programs what happened`(text: String, code: ExitCode) throws {
        let path = try file(text)
        var found = ExitCode.success
        do { try command(path, "-o", path + ".json").run() } catch {
            found = RapportCommand.exitCode(for: error)
        }
        #expect(found == code)
        #expect(
            FileManager.default.fileExists(atPath: path + ".json")
                == (text.contains("nps") && code != .validationFailure))
    }

    @Test func `a file that is not there has failed`() throws {
        let error = #expect(throws: ExitCode.self) { try command("/nowhere/at-all.csv").run() }
        #expect(error == .failure)
    }

    @Test(arguments: [("html", "<!doctype html>"), ("json", "{\"rows\":2"), ("txt", "answers.csv")])
    func `writes the format that the file's name says`(ending: String, start: String) throws {
        let path = try file("nps\n9\n0\n")
        try command(path, "-o", path + "." + ending).run()
        #expect(try String(contentsOfFile: path + "." + ending, encoding: .utf8).hasPrefix(start))
    }
}
