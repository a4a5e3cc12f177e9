import Accounts
import Database
import FollowUp
import Formats
import HTTPTypes
import Kernel
import Ledger
import Surveys
import TestKit
import Testing
import Web

@testable import App

/// Each secret opens the one door that it was made for.
@Suite struct `A secret` {
    private enum Door: String, CaseIterable {
        case session, bearer, join, verdict, invitation, setup, language
    }

    private struct Lobby {
        let site: TestSite
        let secrets: [(of: Door, text: String)]

        func opens(_ door: Door, _ secret: String) async throws -> Bool {
            switch door {
            case .session:
                let name = site.site.cookieName(Site.sessionCookie)
                return try await site.call(.get, "/surveys", headers: [.cookie: "\(name)=\(secret)"])
                    .status == 200
            case .bearer:
                return try await site.call(
                    .get, "/api/v1/surveys", headers: [.authorization: "Bearer \(secret)"]
                ).status == 200
            case .join: return try await site.call(.get, "/join/\(secret)").status == 200
            case .verdict:
                let verdict = try await site.call(.get, "/v/\(secret)").status
                let leave = try await site.call(.get, "/v/\(secret)/leave").status
                #expect(verdict == leave)
                return verdict == 200
            case .invitation:
                let answer = try await site.call(.get, "/r/\(secret)").status
                let leave = try await site.call(.get, "/u/\(secret)").status
                #expect(answer == leave)
                return answer == 200
            case .setup: return try await site.call(.get, "/setup/\(secret)").status == 200
            case .language:
                return try await site.call(.get, "/s/\(secret)").status == 200
            }
        }
    }

    private func lobby(_ house: TwoCompanies) async throws -> Lobby {
        let (table, installation) = (house.table, house.installation)
        let setup = try await Backend.sqlite.emptyDatabase()
        let unowned = try await SetupLink.issueIfNeeded(
            setup, site: house.site.site, world: installation.world)
        let site = TestSite(
            authenticator: .accounts(database: installation.database, world: installation.world)
        ) { routes, _ in routes = table }
        let page = try await site.call(.get, "/sign-in")
        let name = site.site.cookieName(Site.formCookie)
        let cookie = page.headers[values: .setCookie].first { $0.hasPrefix(name) } ?? ""
        let token = String(cookie.dropFirst(name.count + 1).prefix { $0 != ";" })
        let welcome = try await site.post(
            "/sign-in",
            form: [
                ("email", "olga@\(TwoCompanies.mark).example"), ("password", "zielona lampa 7"),
                ("csrf", token),
            ],
            headers: [.cookie: "\(name)=\(token)"])
        let session = site.site.cookieName(Site.sessionCookie)
        let opened = welcome.headers[values: .setCookie].first { $0.hasPrefix(session + "=") } ?? ""
        let bearer = try await house.database.write { tx in
            try APIToken.make(
                name: "door", scopes: [], account: Account.ID(house.accounts.first), by: .operator,
                world: installation.world, in: tx
            ).secret
        }
        let invited = try await house.site.page(
            "/members/invitations", form: [("email", "new@x.example"), ("role", "agent")],
            account: house.accounts.first)
        let recovery = try await house.site.api(
            .get, "/cases/\(house.rows[6].id)", account: house.accounts.first)
        let asked = try await Self.invitation(house)
        return Lobby(
            site: site,
            secrets: [
                (.session, String(opened.dropFirst(session.count + 1).prefix { $0 != ";" })),
                (.bearer, bearer), (.join, Self.end(of: "/join/", in: invited.text)),
                (.verdict, Self.end(of: "/v/", in: recovery.json["verdict_url"]?.string ?? "")),
                (.invitation, asked), (.setup, Self.end(of: "/setup/", in: unowned ?? "")),
            ])
    }

    /// The token of somebody who was asked.
    private static func invitation(_ house: TwoCompanies) async throws -> String {
        let (account, world) = (house.accounts.first, house.installation.world)
        let links = InvitationLink(secret: house.installation.secret)
        let survey = try #require(Survey.ID(house.rows[0].id))
        return try await house.database.write { tx in
            let (wave, id, now): (Int64, Invitation.ID, Timestamp) = (world.newID(), world.id(), world.now())
            try tx.run(
                """
                INSERT INTO waves
                  (id, account_id, survey_id, channel, planned_by, send_at, skipped, created_at)
                VALUES (\(wave), \(account), \(survey), 'email', 'operator', \(now), '{}', \(now))
                """)
            let token = links.token(of: id)
            try tx.run(
                """
                INSERT INTO invitations (id, account_id, wave_id, survey_id, channel, state, token_hash,
                  attempts, send_at, expires_at, created_at)
                VALUES (\(id), \(account), \(wave), \(survey), 'email', 'sent', \(links.hash(of: token)), 1,
                  \(now), \(now + .seconds(86_400)), \(now))
                """)
            return token
        }
    }

    private static func end(of path: String, in text: String) -> String {
        guard let range = text.firstRange(of: path) else { return "" }
        return String(text[range.upperBound...].prefix { $0.isHexDigit })
    }

    @Test func `opens no other door`() async throws {
        let house = try await TwoCompanies(on: .sqlite)
        // The verdict's page shows itself once something was done.
        for (path, body) in [
            ("contacts", #"{"channel": "phone", "outcome": "reached"}"#),
            ("resolution", #"{"cause": "late", "remedy": "sorry"}"#),
        ] {
            _ = try await house.site.api(
                path == "contacts" ? .post : .put, "/cases/\(house.rows[6].id)/\(path)", body,
                account: house.accounts.first)
        }
        let lobby = try await lobby(house)
        for (purpose, secret) in lobby.secrets {
            #expect(secret.utf8.count >= 32, "\(purpose) has no secret of 128 bits: \(secret)")
            for door in Door.allCases {
                // Somebody owns the installation, so the set-up link of another opens nothing here.
                let expected = door == purpose && door != .setup
                #expect(
                    try await lobby.opens(door, secret) == expected, "a \(purpose) secret at \(door)")
            }
        }
    }

    @Test func `opens nothing when it is changed by a letter`() async throws {
        let house = try await TwoCompanies(on: .sqlite)
        let lobby = try await lobby(house)
        for (purpose, secret) in lobby.secrets where purpose != .setup && purpose != .verdict {
            #expect(try await lobby.opens(purpose, secret))
            let last = secret.hasSuffix("0") ? "1" : "0"
            for wrong in [
                String(secret.dropLast()) + last, String(secret.dropLast()), secret + "0", secret + "%00",
                "", "null", "%27%20OR%201=1--",
            ] {
                #expect(try await !lobby.opens(purpose, wrong), "\(purpose) opens to \(wrong)")
            }
        }
    }
}
