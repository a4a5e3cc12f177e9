import Database
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@testable import App

/// Ids of another company in places where no path shows them.
@Suite struct `The wall between companies` {
    /// What a query or a body may call a thing that belongs to somebody.
    private static func foreign(_ house: TwoCompanies) -> [(String, String)] {
        let id = { (prefix: String) in house.rows.first { $0.prefix == prefix }?.id ?? "" }
        return [
            ("survey", id("/surveys")), ("survey_id", id("/surveys")), ("response", id("/responses")),
            ("customer", id("/customers")), ("customer_id", id("/customers")), ("case", id("/cases")),
            ("member", id("/members")), ("owner", id("/members")), ("owner_id", id("/members")),
            ("token", id("/tokens")), ("job", id("/operations/jobs")), ("id", id("/surveys")),
            ("account", String(house.accounts.first)), ("account_id", String(house.accounts.first)),
        ]
    }

    @Test(arguments: Backend.available)
    func `shows nothing of the other, whatever the query names`(backend: Backend) async throws {
        let house = try await TwoCompanies(on: backend)
        let questions =
            Self.foreign(house).map { "\($0)=\($1)" } + [
                "q=said", "band=detractor", "state=open", "stage=open", "by=tier", "by=touchpoint",
                "about=survey", "before=9223372036854775807", "limit=200", "where%5Btier%5D=plain%20tier",
            ]
        var showing = 0
        for route in house.reading where route.access != .open {
            let own = TwoCompanies.row(of: route, in: house.ownRows)
            let theirs = TwoCompanies.row(of: route, in: house.rows)
            for question in [""] + questions {
                let path = TwoCompanies.path(route, own) + "?" + question
                let answer = try await house.answer(route, path, as: .second)
                #expect(answer.status < 500, "\(path)")
                #expect(!answer.text.contains(TwoCompanies.mark), "\(path) shows the other company")
            }
            let path = TwoCompanies.path(route, theirs)
            if try await house.answer(route, path, as: .first).text.contains(TwoCompanies.mark) {
                showing += 1
            }
        }
        #expect(showing >= 12, "too few routes show anything, so this proves nothing")
    }

    @Test(arguments: Backend.available)
    func `lets no write through, whatever the body names`(backend: Backend) async throws {
        let house = try await TwoCompanies(on: backend)
        let (before, own) = (try await house.dump(.first), try await house.dump(.second))
        let writing = house.table.routes.filter { $0.method != .get && $0.access != .open && !$0.streams }
        var accepted = 0
        for route in writing.sorted(by: { `Every route`.violence($0) < `Every route`.violence($1) }) {
            let row = TwoCompanies.row(of: route, in: house.ownRows)
            let path = TwoCompanies.path(route, row)
            for field in Self.foreign(house) {
                let answer = try await house.answer(route, path, as: .second, more: [field])
                #expect(answer.status < 500, "\(path) with \(field)")
                #expect(!answer.text.contains(TwoCompanies.mark), "\(path) with \(field) shows the other")
                if answer.status < 400 { accepted += 1 }
            }
        }
        #expect(try await house.dump(.first) == before, "the other company's rows changed")
        let after = try await house.dump(.second)
        #expect(after != own && accepted > 20, "nothing was written at all")
    }

    @Test func `lets nobody write what only we may`() async throws {
        let house = try await TwoCompanies(on: .sqlite)
        let columns = try await house.columns()
        #expect(columns.isSuperset(of: ["account_id", "created_at", "token_hash"]))
        let writing = house.table.routes.filter { $0.method != .get && $0.bodyLimit > 0 && !$0.streams }
        for route in writing {
            guard case .api = route.access else { continue }
            let row = TwoCompanies.row(of: route, in: house.ownRows)
            let path = TwoCompanies.path(route, row)
            for column in columns.sorted() {
                let answer = try await house.answer(route, path, as: .second, more: [(column, "1")])
                let isOffered = Self.offered.contains(column)
                #expect(isOffered || answer.status >= 400, "\(route.method) \(path) takes \(column)")
            }
        }
    }

    /// Columns that are named like a field of some body.
    private static let offered: Set<String> = [
        "name", "email", "phone", "external_id", "language", "slug", "scale", "method", "status", "comment",
        "score", "channel", "touchpoint", "agent", "outcome", "note", "cause", "remedy", "reason", "verdict",
        "metric", "event",
    ]

    @Test func `and the past stand still while anybody reads`() async throws {
        let house = try await TwoCompanies(on: .sqlite)
        let before = (try await house.dump(.first), try await house.dump(.second))
        for route in house.reading {
            let row = TwoCompanies.row(of: route, in: house.rows)
            let path = TwoCompanies.path(route, row)
            for query in ["", "?score=9", "?verdict=satisfied", "?done=x&confirm=yes&sure=yes&csrf=form"] {
                for method in [HTTPRequest.Method.get, .head] {
                    let cookie = "\(house.site.site.cookieName(Site.sessionCookie))"
                    let caller = "account-\(house.accounts.first)"
                    _ = try await house.site.call(
                        method, path + query,
                        headers: [.authorization: "Bearer \(caller)", .cookie: "\(cookie)=\(caller)"])
                }
            }
        }
        #expect(try await house.dump(.first) == before.0)
        #expect(try await house.dump(.second) == before.1)
    }
}

extension TwoCompanies {
    /// Every row of a company, as text.
    func dump(_ caller: Caller) async throws -> [String] {
        let account = caller == .second ? accounts.second : accounts.first
        return try await database.read { tx in
            try TableShape.all(in: tx).flatMap { shape in
                let isPeople = ["members", "sessions", "sign_in_failures", "setup_links"].contains(shape.name)
                let owned = shape.columns.contains { $0.name == "account_id" }
                let key = shape.name == "accounts" ? "id" : "account_id"
                guard owned || isPeople || shape.name == "accounts" else { return [String]() }
                let condition = owned || shape.name == "accounts" ? " WHERE \(key) = '\(account)'" : ""
                let columns = shape.columns.map(\.name).joined(separator: ", ")
                return try tx.run(SQL(stringLiteral: "SELECT \(columns) FROM \(shape.name)\(condition)"))
                    .map { shape.name + " " + String(decoding: shape.line($0.values), as: UTF8.self) }
            }.sorted()
        }
    }

    /// The name of every column of every table.
    func columns() async throws -> Set<String> {
        try await database.read { tx in
            Set(try TableShape.all(in: tx).flatMap { $0.columns.map(\.name) })
        }
    }
}
