import Customers
import Database
import Formats
import Foundation
import Kernel
import Ledger
import Surveys
import TestKit
import Testing

@testable import App

@Suite struct `A restored invitation` {
    /// It may have left after the backup was made.
    @Test(arguments: Backend.available)
    func `that was planned is uncertain`(backend: Backend) async throws {
        let folders = ["old", "new"].map {
            FileManager.default.temporaryDirectory.appending(path: "rapport-invited-\($0)-\(UUID())").path
        }
        defer { for one in folders { try? FileManager.default.removeItem(atPath: one) } }
        let source = try await Installation.open(Settings(variables: ["RAPPORT_DATA": folders[0]]))
        let (world, path) = (source.world, folders[0] + "/old.backup")
        let planner = WavePlanner(world: world, secret: source.secret)
        try await source.database.write { tx in
            try tx.run(
                """
                INSERT INTO accounts (id, name, time_zone, language, created_at)
                VALUES (1, 'A', 'UTC', 'en', 0)
                """)
            let survey = try Survey.create(
                SurveyInput(name: "Calls", scale: .nps0to10), account: 1, by: .operator, world: world,
                at: world.now(), in: tx)
            var person = CustomerInput()
            person.email = EmailAddress("a@x.example")
            return try planner.plan(
                WaveRequest(to: [person]), of: survey.id, account: 1, by: .operator, in: tx)
        }
        _ = try await Backup(secret: source.secret, madeAt: world.now()).write(source.database, to: path)
        await source.close()
        let database = backend == .postgres ? try await backend.bareDatabase() : nil
        var variables = ["RAPPORT_DATA": folders[1]]
        variables["RAPPORT_DATABASE_URL"] = database?.address
        let settings = Settings(variables: variables)
        _ = try await Restore(path: path).run(settings, isRehearsal: false, at: systemNow())
        let restored = try await Installation.open(settings)
        let states = try await restored.database.read { tx in
            try tx.run("SELECT state FROM invitations").map { try $0.text("state") }
        }
        await restored.close()
        #expect(states == ["uncertain"])
        withExtendedLifetime(database) {}
    }
}
