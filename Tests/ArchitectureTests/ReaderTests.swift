import Foundation
import Testing

@Suite struct `A GET` {
    @Test(arguments: SourceTree.sources.filter { $0.text.contains("table.get(") })
    func `is answered by a type that cannot write`(file: SourceTree.File) {
        #expect(Self.writers(in: file.text) == [], "\(file.path): give them a DatabaseReader")
    }

    @Test func `that could write is found`() {
        let holds = "struct TeaRoutes: Sendable {\n    let database: any Database\n"
        let get = "        table.get(\"/tea\", .page(.readTea), use: "
        #expect(Self.writers(in: holds + get + "show)\n}\n") == ["TeaRoutes"])
        #expect(Self.writers(in: holds + get + "views.show)\n}\n") == [])
        let views = "struct TeaViews: Sendable {\n    private let database: any Database\n}\n"
        #expect(Self.writers(in: holds + get + "views.show)\n}\n" + views) == ["TeaViews"])
        let reads = "struct TeaRoutes {\n    let reader: DatabaseReader\n"
        #expect(Self.writers(in: reads + get + "show)\n}\n") == [])
        let closure = "        table.get(\"/tea\", .open) { call in try await show(call) }\n}\n"
        #expect(Self.writers(in: holds + closure) == ["TeaRoutes"])
    }

    /// Types that answer a GET and hold a whole database: those with a handler of their own, and those named
    /// as what is seen (`Views`), to which the others leave it.
    static func writers(in text: String) -> [String] {
        types(in: text).filter { type in
            let holds = type.body.split(separator: "\n").contains {
                $0.contains("let ") && $0.hasSuffix(": any Database")
            }
            guard holds else { return false }
            if type.name.hasSuffix("Views") || type.name.hasSuffix("View") { return true }
            return type.body.components(separatedBy: "table.get(").dropFirst().contains { rest in
                let route = rest.components(separatedBy: "table.")[0].components(separatedBy: "\n    }\n")[0]
                return !route.contains("views.") && !route.contains("View(")
            }
        }.map(\.name)
    }

    /// Structs at the left margin.
    private static func types(in text: String) -> [(name: String, body: String)] {
        text.components(separatedBy: "\n}\n").compactMap { piece in
            let piece = "\n" + piece
            guard let start = piece.range(of: #"\n(package |private )?struct "#, options: .regularExpression)
            else { return nil }
            let body = piece[start.upperBound...]
            return (String(body.prefix { $0.isLetter }), String(body))
        }
    }
}
