import ArgumentParser
import Database
import Formats
import Foundation
import Kernel
import Ledger
import Surveys
import Web

/// `rapport invite`: asks everybody in a list about a survey, as the page and the API do.
struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Ask the people of a list or a segment about a survey.",
        discussion: """
            FILE holds one e-mail address a line, or several between commas; - is stdin. Without FILE, --where
            plan=gold asks every customer of whom that is known: repeated for one attribute means any of, for
            several all of; plan>=3 and plan<=3 compare numbers. Who must not be
            asked is left out and counted by reason. The server or `rapport work` sends what is planned. Exit
            codes: 0 everybody in the list was looked at, 2 some entries are no addresses, 1 none is one.
            """)

    @OptionGroup var data: DataOptions
    @Argument(help: "The list; - for stdin.") var file: String?
    @Option(name: .customLong("where"), help: "A condition of the segment, as plan=gold.")
    var conditions: [String] = []
    @Option(name: .long, help: "The survey: its id, or the end of its public address.") var survey: String
    @Option(name: .customLong("send-at"), help: "When, as 2026-11-21T09:30:00Z; at once when left out.")
    var sendAt: String?
    @Option(
        name: .long,
        help: "Why these people, counted: \(Wave.Reason.allCases.map(\.rawValue).joined(separator: ", ")).")
    var reason: String?
    @Option(name: .long, help: "Who served all of them.") var agent: String?
    @Flag(name: .long, help: "One JSON object.") var json = false

    func validate() throws {
        if (file == nil) == conditions.isEmpty {
            throw ValidationError("Name a FILE or a segment by --where, one of the two.")
        }
        if let sendAt, Timestamp(rfc3339: sendAt) == nil {
            throw ValidationError("--send-at takes a time like 2026-11-21T09:30:00Z.")
        }
        if let reason, Wave.Reason(rawValue: reason) == nil {
            let known = Wave.Reason.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--reason takes one of \(known).")
        }
    }

    func run() async throws {
        let list = try file.map(Self.list) ?? PastedAddresses("")
        let segment = try file == nil ? segment() : nil
        var code = list.wrongCount == 0 ? 0 : Self.partly
        if list.inputs.isEmpty, segment == nil { code = CommandFailure.failed }
        try await Console.run(data) { installation in
            let survey = try await installation.database.read { [survey] tx in
                try Survey.named(survey, in: tx)
            }
            let planner = WavePlanner(world: installation.world, secret: installation.secret)
            let moment = sendAt.flatMap { Timestamp(rfc3339: $0) }
            var result = InviteResult(wrong: list.wrong, wrongCount: list.wrongCount)
            let people = try await installation.database.read { tx in
                try segment?.people(account: survey.account, in: tx) ?? []
            }
            for start in stride(from: 0, to: max(list.inputs.count, people.count), by: Wave.most) {
                var request = WaveRequest(
                    to: Array(list.inputs.dropFirst(start).prefix(Wave.most)), sendAt: moment)
                request.people = Array(people.dropFirst(start).prefix(Wave.most))
                (request.reason, request.agent) = (reason.flatMap(Wave.Reason.init), agent)
                let coverage = try await installation.database.write { [request] tx in
                    try planner.plan(
                        request, of: survey.id, account: survey.account, by: .operator, in: tx)
                }
                result.waves.append(coverage)
            }
            print(json ? result.json.text : result.lines.joined(separator: "\n"))
        }
        if code != 0 { throw ExitCode(code) }
    }

    private static let partly: Int32 = 2

    /// Values of one attribute stand on one line, any of them will do.
    private func segment() throws -> WaveSegment {
        var (lines, values): ([String], [String: [String]]) = ([], [:])
        for condition in conditions {
            let parts = condition.split(separator: "=", maxSplits: 1).map(String.init)
            if condition.contains(">=") || condition.contains("<=") || parts.count < 2 {
                lines.append(condition)
            } else {
                values[parts[0], default: []].append(parts[1])
            }
        }
        lines += values.map { "\($0) = \($1.joined(separator: ", "))" }
        do {
            return try WaveSegment(lines: lines.joined(separator: "\n"), field: "/where")
        } catch {
            throw ValidationError("--where takes plan=gold, plan>=3 or plan<=3.")
        }
    }

    private static func list(_ file: String) throws -> PastedAddresses {
        let data =
            file == "-"
            ? FileHandle.standardInput.readDataToEndOfFile()
            : try Data(contentsOf: URL(filePath: file))
        return PastedAddresses(String(decoding: data, as: UTF8.self))
    }
}

/// What a command says of the waves that it planned.
struct InviteResult {
    var waves: [WaveCoverage] = []
    let wrong: [String]
    let wrongCount: Int

    private var planned: Int { waves.reduce(0) { $0 + $1.planned } }

    private var skipped: [(reason: String, count: Int)] {
        ContactPolicy.Refusal.allCases.compactMap { reason in
            let count = waves.reduce(0) { $0 + ($1.wave.skipped[reason] ?? 0) }
            return count == 0 ? nil : (reason.rawValue, count)
        }
    }

    var lines: [String] {
        ["planned: \(planned)"] + skipped.map { "skipped, \($0.reason): \($0.count)" }
            + (wrongCount == 0 ? [] : ["no address: \(wrongCount)"] + wrong.map { "  \($0)" })
    }

    var json: JSONValue {
        [
            "waves": .array(waves.map { .id($0.wave.id) }), "planned": .integer(Int64(planned)),
            "skipped": .object(JSONObject(skipped.map { ($0.reason, .integer(Int64($0.count))) })),
            "no_address_in": .integer(Int64(wrongCount)),
        ]
    }
}
