import Foundation
import Testing

@testable import App

@Suite struct `The doctor` {
    private func installation() async throws -> (Settings, String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-doctor-\(UUID())").path
        let settings = Settings(variables: [
            "RAPPORT_DATA": folder, "RAPPORT_BASE_URL": "https://feedback.example.org",
        ])
        await (try Installation.open(settings)).close()
        return (settings, folder)
    }

    @Test func `finds a new installation sound`() async throws {
        let (settings, folder) = try await installation()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let found = await Examination.of(settings, at: systemNow())
        #expect(found.checks.filter { $0.verdict != .ok && $0.name != "disk" } == [])
        #expect(found.checks.map(\.name).contains("commits"))
    }

    @Test(arguments: [("", 0o755, "data folder"), ("/secret.key", 0o644, "secret key")])
    func `sees what others may read`(path: String, mode: Int, name: String) async throws {
        let (settings, folder) = try await installation()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + path)
        let found = await Examination.of(settings, at: systemNow())
        #expect(!found.isSound)
        #expect(found.checks.first { $0.name == name }?.verdict == .wrong)
    }

    @Test func `makes nothing where nothing is`() async {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rapport-none-\(UUID())").path
        let found = await Examination.of(Settings(variables: ["RAPPORT_DATA": folder]), at: systemNow())
        #expect(!found.isSound && !FileManager.default.fileExists(atPath: folder))
    }
}
