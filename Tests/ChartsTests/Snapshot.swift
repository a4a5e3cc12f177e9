import Foundation
import Testing

/// Compares a text with the one kept beside the tests; `RAPPORT_SNAPSHOTS=write` keeps the new one.
func expectSnapshot(
    _ text: String, _ name: String, file: StaticString = #filePath,
    at location: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(filePath: "\(file)").deletingLastPathComponent().appending(path: "Snapshots")
    let kept = folder.appending(path: name)
    // One element a line, so that a change is read in the difference.
    let lines = text.replacing("><", with: ">\n<") + "\n"
    if ProcessInfo.processInfo.environment["RAPPORT_SNAPSHOTS"] == "write" {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try lines.write(to: kept, atomically: true, encoding: .utf8)
        return
    }
    let expected = try String(contentsOf: kept, encoding: .utf8)
    let differing = zip(lines.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
    #expect(
        lines == expected, "\(name), first at: \(differing.map { "\($0)" } ?? "its end")",
        sourceLocation: location)
}
