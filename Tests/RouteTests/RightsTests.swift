import Accounts
import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

/// What a role, a scope, a form's token and an origin decide, on every route alike.
@Suite struct `Rights` {
    @Test func `decide alike on every route`() async throws {
        let house = try await TwoCompanies(on: .sqlite)
        for route in house.reading + house.table.routes.filter({ $0.method != .get }) {
            let row = TwoCompanies.row(of: route, in: house.rows)
            let path = TwoCompanies.path(route, row)
            let (needed, callers): (Permission, [(String, Set<Permission>)])
            switch route.access {
            case .open: continue
            case .page(let permission):
                (needed, callers) = (permission, Role.allCases.map { ($0.rawValue, $0.permissions) })
            case .api(let permission):
                (needed, callers) = (permission, Permission.allCases.map { ($0.rawValue, [$0]) })
            }
            for (word, held) in callers {
                if held.contains(needed), route.method != .get { continue }
                let status = try await house.answer(route, path, as: .first, role: word).status
                #expect(
                    (status == 403) == !held.contains(needed),
                    "\(route.method) \(route.path) answers \(word) with \(status)")
            }
        }
    }

    @Test func `of another site's form are none`() async throws {
        let house = try await TwoCompanies(on: .sqlite)
        let before = try await house.dump(.first)
        let fetched = HTTPField.Name("Sec-Fetch-Site")!
        for route in house.table.routes where route.method != .get {
            guard case .page = route.access else { continue }
            let row = TwoCompanies.row(of: route, in: house.rows)
            let path = TwoCompanies.path(route, row)
            let forged: [(String?, HTTPFields)] = [
                (nil, [:]), ("", [:]), ("fork", [:]), ("form", [.origin: "https://evil.example"]),
                ("form", [.origin: "null"]), ("form", [.origin: "https://rapport.example.evil.example"]),
                ("form", [fetched: "cross-site"]), ("form", [fetched: "same-site"]),
            ]
            for (csrf, headers) in forged {
                let answer = try await house.answer(route, path, as: .first, csrf: csrf, headers: headers)
                #expect(answer.status == 403, "\(path) takes \(csrf ?? "no token") \(headers)")
            }
        }
        #expect(try await house.dump(.first) == before)
    }

    @Test func `are told to browsers in every answer`() async throws {
        let house = try await TwoCompanies(on: .sqlite)
        let evil: HTTPFields = [.origin: "https://evil.example"]
        var boxed = 0
        for route in house.reading {
            let row = TwoCompanies.row(of: route, in: house.rows)
            let path = TwoCompanies.path(route, row)
            let answer = try await house.answer(route, path, as: .first, headers: evil)
            let header = { (name: String) in answer.headers[HTTPField.Name(name)!] ?? "" }
            #expect(header("X-Content-Type-Options") == "nosniff", "\(path)")
            #expect(["same-origin", "no-referrer"].contains(header("Referrer-Policy")), "\(path)")
            #expect(header("Strict-Transport-Security").contains("max-age=31536000"), "\(path)")
            #expect(header("Access-Control-Allow-Origin").isEmpty, "\(path) opens itself to other sites")
            #expect(header("Server").isEmpty && header("X-Powered-By").isEmpty, "\(path)")
            if route.access != .open {
                #expect(header("Cache-Control").contains("no-store"), "\(path) may be kept by a cache")
            }
            guard header("Content-Type").hasPrefix("text/html") else { continue }
            let policy = header("Content-Security-Policy")
            if policy.contains("sandbox") {
                Self.expectBoxed(policy, path)
                boxed += 1
                continue
            }
            for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors ", "form-action 'self'"] {
                #expect(policy.contains(part), "\(path): \(policy)")
            }
            #expect(
                !policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"), "\(path)")
            #expect(!answer.text.contains(" onclick=") && !answer.text.contains("javascript:"), "\(path)")
        }
        #expect(boxed == 2, "a mail is shown at two addresses, and each is boxed in")
    }

    /// A mail brings styles of its own; it runs nothing, loads nothing, and is nobody on this site.
    private static func expectBoxed(_ policy: String, _ path: String) {
        for part in [
            "default-src 'none'", "base-uri 'none'", "frame-ancestors 'self'", "form-action 'none'",
        ] {
            #expect(policy.contains(part), "\(path): \(policy)")
        }
        for word in [
            "allow-scripts", "allow-same-origin", "allow-forms", "allow-top", "script-src", "img-src",
        ] {
            #expect(!policy.contains(word), "\(path): \(policy)")
        }
        #expect(!policy.contains("*") && !policy.contains("http"), "\(path): \(policy)")
    }
}
