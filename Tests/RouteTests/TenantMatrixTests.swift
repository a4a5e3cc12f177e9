import Foundation
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@testable import App

/// What must hold of every route, the next one too.
@Suite struct `Every route` {
    @Test func `stands in the description of the API`() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/api/openapi.yaml"), encoding: .utf8)
        let described = Self.described(text)
        let house = try await TwoCompanies(on: .sqlite)
        let served = Set(house.table.routes.map { "\($0.method.rawValue.lowercased()) \($0.path)" })
        #expect(served.subtracting(described).sorted() == [])
        #expect(described.subtracting(served).sorted() == [], "described, but nothing serves it")
    }

    /// `get /api/v1/surveys` of each operation under `paths:`.
    private static func described(_ yaml: String) -> Set<String> {
        var path = ""
        var found: Set<String> = []
        for line in yaml.split(separator: "\n") {
            if line.hasPrefix("components:") { break }
            if line.hasPrefix("  /") { path = String(line.dropFirst(2).split(separator: ":")[0]) }
            let word = line.dropFirst(4).prefix { $0.isLetter }
            guard line.hasPrefix("    "), ["get", "post", "put", "patch", "delete"].contains(word),
                line.dropFirst(4 + word.count).hasPrefix(":")
            else { continue }
            found.insert("\(word) \(path)")
        }
        return found
    }

    @Test(arguments: Backend.available)
    func `with an id has a row here, and tells a stranger nothing`(backend: Backend) async throws {
        var house = try await TwoCompanies(on: backend)
        // Reads first, and what ends a thing last: a row must be found by its own for a 404 to prove
        // anything.
        let routes = house.table.routes.filter { $0.path.contains("{id}") && $0.access != .open }
            .sorted { Self.violence($0) < Self.violence($1) }
        for route in routes {
            // Two ways to end one thing would leave the second nothing to find.
            if Self.violence(route) > 1 { house = try await TwoCompanies(on: backend) }
            let row = try #require(
                TwoCompanies.row(of: route, in: house.rows),
                "\(route.method) \(route.path): add what its {id} names to TwoCompanies")
            let foreign = try await house.status(
                route, row.path(route, id: row.id), as: .second)
            let unknown = try await house.status(
                route, row.path(route, id: row.unknown), as: .second)
            #expect(foreign == 404, "\(route.method) \(route.path) answered \(foreign) to another account")
            #expect(foreign == unknown, "\(route.method) \(route.path) tells foreign from unknown")
            let own = try await house.status(route, row.path(route, id: row.id), as: .first)
            #expect(own != 404, "\(route.method) \(route.path) does not know its own, so this proves nothing")
        }
    }

    /// How much a route destroys.
    static func violence(_ route: Route) -> Int {
        if route.method == .get { return 0 }
        let ends = ["erasure", "removal", "revocation", "cancellation"].contains { route.path.hasSuffix($0) }
        return route.method == .delete ? 3 : ends ? 2 : 1
    }

    @Test(arguments: Backend.available)
    func `asks a stranger who they are`(backend: Backend) async throws {
        let house = try await TwoCompanies(on: backend)
        for route in house.table.routes {
            let path = route.path.replacing("{id}", with: house.rows[0].id).replacing("{name}", with: "x")
            switch route.access {
            case .open: break
            case .api: #expect(try await house.status(route, path, as: .nobody) == 401, "\(route.path)")
            case .page:
                let expected = route.method == .get ? 303 : 401
                #expect(try await house.status(route, path, as: .nobody) == expected, "\(route.path)")
            }
        }
    }
}
