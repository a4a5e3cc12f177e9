import Foundation
import Testing

@Suite struct `What an operator reads of` {
    private static let keys: Set<String> = {
        let catalogs = SourceTree.files(under: "Sources/Language/Catalogs/en", ending: ".json")
        return Set(
            catalogs.flatMap { catalog -> [String] in
                let words = try? JSONSerialization.jsonObject(with: Data(catalog.text.utf8))
                return (words as? [String: Any]).map { Array($0.keys) } ?? []
            })
    }()

    @Test(arguments: [
        (area: "event", pattern: #"EventKind\(\s*"([a-z_.]+)""#, least: 30),
        ("consumer", #"Consumer\(\s*"([a-z_.-]+)""#, 3), ("job", #"JobKind\(\s*"([a-z_.]+)""#, 4),
    ])
    func `an event, a consumer or a job is its name`(area: String, pattern: String, least: Int) throws {
        let regex = try Regex<(Substring, Substring)>(pattern)
        let names = Set(SourceTree.sources.flatMap { $0.text.matches(of: regex).map { $0.output.1 } })
        #expect(names.count >= least)
        for name in names.sorted() {
            #expect(Self.keys.contains("operations.\(area).\(name)"), "\(name) has no name on the page")
        }
    }
}
