import Formats
import Foundation
import Surveys
import Testing

@testable import App

@Suite struct `Refused rows` {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "refused-\(UUID().uuidString)")

    private func rows() -> [(row: ImportRow, reason: ImportRefusal)] {
        [(ImportRow(number: 1, line: 2, outcome: .refused(.outOfRange, id: nil)), .outOfRange)]
    }

    @Test func `go beside their file, where asked, or into the current folder`() {
        let places = RefusedFile.places(for: URL(filePath: "/exports/may.csv"), asked: nil).map(\.path)
        #expect(places[0] == "/exports/may.refused.csv")
        #expect(places[1] == FileManager.default.currentDirectoryPath + "/may.refused.csv")
        let asked = RefusedFile.places(for: URL(filePath: "/exports/may.csv"), asked: "/x/no.csv")
        #expect(asked.map(\.path) == ["/x/no.csv"] + places.dropFirst())
    }

    @Test func `are written to the first place that can be, and it is said which`() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // No folder of that name, not even for who may write everywhere.
        let places = [folder.appending(path: "gone/a.csv"), folder.appending(path: "b.csv")]
        let file = RefusedFile(places, headings: ["score"])
        file.add(rows())
        #expect(file.close().path == places[1].path)
        #expect(
            try String(contentsOf: places[1], encoding: .utf8) == "line,reason,score\r\n2,out_of_range\r\n")
    }

    /// Through a link, so that a mistake takes the link away and not the device.
    @Test func `may go to a device, which stays one`() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let link = folder.appending(path: "nobody")
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/dev/null")
        let file = RefusedFile([link], headings: ["score"])
        file.add(rows())
        #expect(file.close().path == link.path)
        let kind = try FileManager.default.attributesOfItem(atPath: link.path)[.type] as? FileAttributeType
        #expect(kind == .typeSymbolicLink)
    }

    @Test func `take the place of what stood there, however long`() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "b.csv")
        try String(repeating: "x", count: 1000).write(to: place, atomically: true, encoding: .utf8)
        let handle = try #require(FileHandle(replacing: place.path))
        try handle.write(contentsOf: Data("y".utf8))
        try handle.close()
        #expect(try String(contentsOf: place, encoding: .utf8) == "y")
    }

    @Test func `that can be written nowhere stop nothing`() {
        let file = RefusedFile([folder.appending(path: "gone/a.csv")], headings: ["score"])
        file.add(rows())
        file.add(rows())
        guard case .failed(let reason) = file.close() else {
            Issue.record("a file in a folder that is not there")
            return
        }
        #expect(reason.contains("gone/a.csv"))
    }

    @Test func `that are none make no file, and take away the one before`() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "a.csv")
        try Data("old".utf8).write(to: place)
        #expect(RefusedFile([place], headings: []).close().path == nil)
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }
}
