import TestKit
import Testing
import Web

@testable import App

@Test(arguments: [(nil, true), ("smtp://127.0.0.1:25", false)] as [(String?, Bool)])
func `Mails are shown only where no relay takes them`(relay: String?, isShown: Bool) async throws {
    let house = try await TwoCompanies(on: .sqlite).installation
    let settings = Settings(
        variables: relay.map {
            ["RAPPORT_SMTP_URL": $0, "RAPPORT_MAIL_FROM": "us@kettles.example"]
        } ?? [:])
    let installation = Installation(
        database: house.database, world: house.world, settings: settings, secret: house.secret,
        eventBell: house.eventBell, jobBell: house.jobBell, feedBell: house.feedBell, holder: house.holder,
        node: house.node, folder: nil)
    let paths = try Routes(installation, site: Site(baseURL: "https://rapport.example")).table.routes.map(
        \.path)
    #expect(paths.contains { $0.hasPrefix("/mailbox") } == isShown)
    #expect(settings.hasMailbox == isShown)
}
