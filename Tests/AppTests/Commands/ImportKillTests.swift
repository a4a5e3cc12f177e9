import Database
import Foundation
import Kernel
import Surveys
import TestKit
import Testing

@testable import App

@Suite(.serialized) struct `An import that is killed` {
    private static let rows = 5_000

    private func file(in folder: URL) throws -> URL {
        let lines = (0..<Self.rows).map { row in
            let id = row % 97 == 0 ? "same" : "r\(row)"
            let score = row % 41 == 0 ? "11" : row % 7 == 0 ? "" : "\(row % 11)"
            let day = 10 + row % 20
            return "\(id),\(score),very slow \(row),2026-10-\(day),C\(row % 700),c\(row % 700)@example.com,"
                + "Ann,R\(row % 3)\n"
        }
        let url = folder.appending(path: "answers.csv")
        try ("response id,score,comment,date,customer id,email,agent,region\n" + lines.joined())
            .write(to: url, atomically: true, encoding: .utf8)
        return url
    }

    @Test(arguments: Backend.available)
    func `at several rows and begun again leaves what one run leaves`(backend: Backend) async throws {
        let (whole, broken) = (try await ImportPlace(backend), try await ImportPlace(backend))
        #expect(try await whole.importing(file(in: whole.folder)).ended() == 2)
        let source = try file(in: broken.folder)
        var killedAt: [Int] = []
        // Before the first batch is written, after the first, after the second, and while events are
        // followed.
        for row in [0, 1, 2001, Self.rows] {
            let process = try broken.importing(source)
            while process.isRunning, (try await broken.rowsDone() ?? -1) < row {
                try await Task.sleep(for: .milliseconds(5))
            }
            kill(process.processIdentifier, SIGKILL)
            _ = try await process.ended()
            if process.terminationReason == .uncaughtSignal {
                killedAt.append(try await broken.rowsDone() ?? 0)
            }
        }
        #expect(killedAt.count >= 3 && killedAt.first != Self.rows, "killed at \(killedAt)")
        #expect(try await broken.importing(source).ended() == 2)
        let (expected, found) = (try await whole.content(), try await broken.content())
        for (one, other) in zip(expected, found) { #expect(one == other) }
        #expect(try await broken.rapport(["verify"]).ended() == 0)
        for place in [whole, broken] { try await place.close() }
    }
}
