import ArgumentParser
import Database
import Formats
import Foundation
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@testable import App

@Suite struct `rapport invite` {
    private func command(_ arguments: String...) throws -> InviteCommand {
        try #require(try RapportCommand.parseAsRoot(["invite"] + arguments) as? InviteCommand)
    }

    /// An installation with one survey.
    private func installation(_ folder: String) async throws -> Survey.ID {
        let made = try await Installation.open(Settings(variables: ["RAPPORT_DATA": folder]))
        let world = made.world
        let id = try await made.database.write { tx in
            try tx.run(
                """
                INSERT INTO accounts (id, name, time_zone, language, created_at)
                VALUES (1, 'A', 'UTC', 'en', 0)
                """)
            return try Survey.create(
                SurveyInput(name: "Calls", scale: .nps0to10), account: 1, by: .operator, world: world,
                at: world.now(), in: tx
            ).id
        }
        await made.close()
        return id
    }

    @Test func `plans a wave of a file, and its exit code tells of what is no address`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-invite-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let survey = try await installation(folder)
        let file = folder + "/people.csv"
        for (text, code) in [
            ("email\na@x.example\nb@x.example\n", nil), ("a@x.example\nnobody\n", 2), ("email\n", 1),
        ] as [(String, Int32?)] {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let asked = try command(file, "--survey", "\(survey)", "--data", folder, "--json")
            do {
                try await asked.run()
                #expect(code == nil)
            } catch let exit as ExitCode {
                #expect(exit.rawValue == code)
            }
        }
        let again = try await Installation.open(Settings(variables: ["RAPPORT_DATA": folder]))
        let waves = try await again.database.read { tx in
            try WaveCoverage.last(of: survey, account: 1, limit: 10, in: tx)
        }
        await again.close()
        #expect(waves.map(\.planned) == [0, 2])
        #expect(waves.first?.wave.skipped == [.quietPeriod: 1])
    }

    @Test func `plans a wave of a segment, in place of a file`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-invite-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let survey = try await installation(folder)
        let file = folder + "/people.csv"
        try "a@x.example\nb@x.example".write(toFile: file, atomically: true, encoding: .utf8)
        try await command(file, "--survey", "\(survey)", "--data", folder, "--json").run()
        let made = try await Installation.open(Settings(variables: ["RAPPORT_DATA": folder]))
        try await made.database.write { tx in
            try tx.run("UPDATE accounts SET quiet_days = 0")
            try tx.run(
                """
                INSERT INTO customer_attributes (customer_id, account_id, name, value)
                SELECT id, account_id, 'plan', 'gold' FROM customers ORDER BY id LIMIT 1
                """)
        }
        await made.close()
        for plan in ["plan=gold", "plan=silver"] {
            let asked = try command("--where", plan, "--survey", "\(survey)", "--data", folder, "--json")
            if plan == "plan=gold" {
                try await asked.run()
            } else {
                await #expect(throws: (any Error).self) { try await asked.run() }
            }
        }
        for arguments in [[file, "--where", "plan=gold"], []] {
            #expect(throws: (any Error).self) {
                try RapportCommand.parseAsRoot(["invite", "--survey", "\(survey)"] + arguments)
            }
        }
        let again = try await Installation.open(Settings(variables: ["RAPPORT_DATA": folder]))
        let waves = try await again.database.read { tx in
            try WaveCoverage.last(of: survey, account: 1, limit: 10, in: tx)
        }
        await again.close()
        #expect(waves.map(\.planned) == [1, 2])
    }

    @Test func `says what was planned and what was left out`() throws {
        var wave = WaveCoverage(
            wave: Wave(id: Wave.ID(7), skipped: [.staff: 2, .quietPeriod: 1]))
        wave.invitations = [.planned: 5]
        let result = InviteResult(waves: [wave], wrong: ["nobody"], wrongCount: 1)
        #expect(
            result.lines == [
                "planned: 5", "skipped, quiet_period: 1", "skipped, staff: 2", "no address: 1", "  nobody",
            ])
        #expect(result.json["skipped"] == ["quiet_period": 1, "staff": 2])
        #expect(result.json["planned"] == 5 && result.json["no_address_in"] == 1)
    }

    @Test(arguments: [["--survey", "x"], ["a.csv"], ["a.csv", "--survey", "x", "--send-at", "noon"]])
    func `refuses as usage what it does not know`(arguments: [String]) {
        #expect(throws: (any Error).self) { try RapportCommand.parseAsRoot(["invite"] + arguments) }
    }
}

extension Wave {
    fileprivate init(id: Wave.ID, skipped: [ContactPolicy.Refusal: Int]) {
        let now = Timestamp(milliseconds: 0)
        self.init(
            id: id, account: 1, survey: Survey.ID(1), channel: .email, sendAt: now, createdAt: now,
            skipped: skipped)
    }
}
