import Foundation
import Testing

/// What docs/peer-vulnerabilities.md and docs/asvs.md say of the tests is true.
@Suite struct `Tables of security` {
    /// Every name that a test has: sentences in Swift, `test_…` in Python.
    private static let names: Set<String> = {
        var names: Set<String> = []
        for file in SourceTree.tests {
            for piece in file.text.components(separatedBy: "func `").dropFirst() {
                names.insert(piece.components(separatedBy: "`")[0])
            }
        }
        for file in SourceTree.files(under: "Tests", ending: ".py") {
            for piece in ("\n" + file.text).components(separatedBy: "\ndef test_").dropFirst() {
                names.insert("test_" + piece.components(separatedBy: "(")[0])
            }
        }
        return names
    }()

    /// Cells of each row that begins with a number.
    private static func rows(of path: String) throws -> [[String]] {
        let text = try String(contentsOf: SourceTree.root.appending(path: path), encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            return cells.first.flatMap { Int($0) } == nil ? nil : cells
        }
    }

    @Test func `have every hole of the peers, each with a test or what it waits for`() throws {
        let rows = try Self.rows(of: "docs/peer-vulnerabilities.md")
        #expect(rows.map { Int($0[0]) } == Array(1...103))
        for row in rows {
            let proof = try #require(row.last)
            let quoted = proof.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }
                .map(\.element)
            let isSaid = !quoted.isEmpty || proof.contains("waits for")
            #expect(isSaid, "row \(row[0]) has neither a test nor a reason")
            for name in quoted {
                #expect(Self.names.contains(name), "row \(row[0]) names a test that is not there: \(name)")
            }
        }
    }

    @Test func `have every line of the checklist, with where it is met`() throws {
        let rows = try Self.rows(of: "docs/asvs.md")
        #expect(rows.map { Int($0[0]) } == Array(1...60))
        for row in rows {
            #expect(["met", "partly", "waits", "no"].contains(row[2]), "line \(row[0]) is \(row[2])")
            let places = try #require(row.last).components(separatedBy: "`").enumerated()
                .filter { $0.offset % 2 == 1 }.map(\.element)
            for place in places where !Self.names.contains(place) {
                let file = SourceTree.root.appending(path: place).path
                #expect(
                    FileManager.default.fileExists(atPath: file),
                    "line \(row[0]) names what is neither a test nor a file: \(place)")
            }
            #expect(row[2] == "no" || row[2] == "waits" || !places.isEmpty, "line \(row[0]) names no proof")
        }
    }
}
