import Foundation
import Language
import Testing

/// Every source file of the product, with its path inside the package.
private let sources = files(endingIn: "swift")

private func files(endingIn ending: String) -> [(path: String, text: String)] {
    let root = URL(filePath: #filePath).appending(path: "../../../../Sources").standardized
    let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == ending }.compactMap { file in
        (try? String(contentsOf: file, encoding: .utf8)).map { (file.lastPathComponent, $0) }
    }
}

private func expectSpoken(_ key: String, in path: String) {
    let isSpoken = Messages.of(.en).has(key)
    #expect(isSpoken, "\(path) needs \(key) in the catalogs")
}

@Test func `every code of a problem has its sentence`() {
    #expect(sources.count > 10)
    for (path, text) in sources {
        for match in text.matches(of: /DomainError\(\s*\.\w+,\s*"([a-z0-9-]+)"/) {
            expectSpoken("problem.\(match.1)", in: path)
        }
    }
}

@Test func `every code of a field has its sentence`() {
    for (path, text) in sources {
        let fields = text.matches(
            of: /(?:Field\(|\.invalid\(|refuse\()\s*[^,()]*(?:\([^()]*\)[^,()]*)*,\s*"([a-z0-9-]+)"/)
        for match in fields { expectSpoken("field.\(match.1)", in: path) }
    }
}

@Test func `every key that the code says stands in the catalogs`() {
    for (path, text) in sources {
        for match in text.matches(of: /essages(?:\.of\([^()]*\))?\(\s*"([a-z][A-Za-z0-9._-]+)"/) {
            expectSpoken("\(match.1)", in: path)
        }
    }
}

@Test func `every key that a template says stands in the catalogs`() {
    for (path, text) in files(endingIn: "mustache") {
        for match in text.matches(of: /\[\[([a-z][A-Za-z0-9._-]+)\]\]/) {
            expectSpoken("\(match.1)", in: path)
        }
    }
}
