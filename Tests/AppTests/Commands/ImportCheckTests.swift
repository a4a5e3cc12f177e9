import Foundation
import Formats
import Kernel
import TestKit
import Testing

@Suite(.serialized) struct `A check of an import` {
    /// Long enough for the beginning to promise an order of days that only the last row decides.
    private func file(endingWith day: String, in folder: URL) throws -> URL {
        let lines = (0..<9000).map { row in
            let (first, second) = (1 + row % 12, 1 + row / 12 % 12)
            let day = "\(first < 10 ? "0" : "")\(first)/\(second < 10 ? "0" : "")\(second)/2025"
            return "r\(row),\(row % 12),the queue was long \(row),\(day)\n"
        }
        let url = folder.appending(path: "answers.csv")
        try ("response id,score,comment,date\n" + lines.joined() + "last,3,late,\(day)\n")
            .write(to: url, atomically: true, encoding: .utf8)
        return url
    }

    private func told(_ place: ImportPlace, _ file: URL, _ more: [String]) async throws -> [String] {
        let output = Pipe()
        let process = try place.importing(file, ["--json"] + more, output: output)
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        #expect(try await process.ended() == 2)
        let result = try JSONValue(parsing: String(decoding: said, as: UTF8.self)).object ?? [:]
        return ["rows", "recorded", "refused"].compactMap { result[$0]?.text }
    }

    @Test(arguments: ["25/02/2025", "02/25/2025"])
    func `counts what the import then does, whatever the first rows promise`(last: String) async throws {
        let place = try await ImportPlace(.sqlite)
        let file = try file(endingWith: last, in: place.folder)
        let checked = try await told(place, file, ["--dry-run"])
        #expect(checked == ["9001", "8251", #"{"out_of_range":750}"#])
        #expect(try await told(place, file, []) == checked)
        try await place.close()
    }

    @Test(arguments: [[], ["--dry-run"]])
    func `asks for a file where rows come through a pipe`(more: [String]) async throws {
        let place = try await ImportPlace(.sqlite)
        let pipe = place.folder.appending(path: "pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        for none in [pipe, place.folder] {
            #expect(try await place.importing(none, more).ended() == 64)
        }
        try await place.close()
    }
}
