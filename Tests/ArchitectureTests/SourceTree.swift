import Foundation
import Testing

/// The project's own sources, as text.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct File: Sendable, CustomTestStringConvertible {
        var testDescription: String { path }
        /// From the root: `Sources/Kernel/World.swift`.
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var name: String { String(path.split(separator: "/").last!) }
        var module: String { String(path.split(separator: "/")[1]) }
        var imports: [String] {
            lines.compactMap { line in
                var words = line.split(separator: " ")
                while let first = words.first, first.hasPrefix("@") || ["package", "public"].contains(first) {
                    words.removeFirst()
                }
                guard words.count >= 2, words[0] == "import" else { return nil }
                return String(words.last!.split(separator: ".")[0])
            }
        }
    }

    static let sources = files(under: "Sources")
    static let tests = files(under: "Tests")

    static func files(under folder: String, ending: String = ".swift") -> [File] {
        let base = root.appending(path: folder)
        let found =
            FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)?.allObjects as? [URL]
            ?? []
        return found.filter { $0.path.hasSuffix(ending) && !$0.path.contains("/generated/") }
            .map { url in
                File(
                    path: String(url.path.dropFirst(root.path.count + 1)),
                    text: (try? String(contentsOf: url, encoding: .utf8)) ?? "")
            }
            .sorted { $0.path < $1.path }
    }
}
