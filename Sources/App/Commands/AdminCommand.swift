import Accounts
import ArgumentParser

/// `rapport admin`: members, made by whoever runs the server.
struct AdminCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin", abstract: "Make members and set passwords.",
        subcommands: [Create.self, Password.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a member, an owner unless a role is named.")

        @OptionGroup var data: DataOptions
        @Option(name: .long, help: "E-mail address to sign in with.") var email: String
        @Option(name: .long, help: "Account to join; made where there is none yet.") var account: String?
        @Option(name: .long, help: "owner, admin, manager, agent or viewer.") var role = Role.owner
        @Flag(name: .customLong("password-stdin"), help: "Read the password from the first line of stdin.")
        var passwordOnStdin = false

        func run() async throws {
            let password = try Console.secretLine(asked: passwordOnStdin)
            try await Console.run(data) { installation in
                let (member, account) = try await MemberAdmission.admit(
                    email: email, password: password, role: role, account: account,
                    timeZone: try installation.settings.knownTimeZone, database: installation.database,
                    world: installation.world)
                print("\(member.email) is now \(role.rawValue) of \(account.name).")
            }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a member's password; every session of the member ends.")

        @OptionGroup var data: DataOptions
        @Option(name: .long, help: "E-mail address of the member.") var email: String
        @Flag(name: .customLong("password-stdin"), help: "Read the password from the first line of stdin.")
        var passwordOnStdin = false

        func run() async throws {
            let password = try Console.secretLine(asked: passwordOnStdin)
            try await Console.run(data) { installation in
                try await MemberAdmission.setPassword(
                    email: email, password: password, database: installation.database,
                    world: installation.world)
                print("The password is set.")
            }
        }
    }
}

extension Role: ExpressibleByArgument {}

extension Settings {
    /// Throws a usage error for a zone that nobody knows.
    var knownTimeZone: String {
        get throws {
            guard Zone(named: timeZone) != nil else {
                throw ValidationError(
                    "RAPPORT_TIME_ZONE: \(timeZone) is no time zone. Give one like Europe/Warsaw.")
            }
            return timeZone
        }
    }
}
