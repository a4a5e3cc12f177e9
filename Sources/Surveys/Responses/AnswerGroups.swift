import Accounts
import Database
import Kernel
import Ledger
import Synchronization
import Web

/// Answers of one survey that wait at one moment are recorded together: in one transaction, where many of
/// them cost few more statements than one.
///
/// Nobody waits for company: a group is whoever is there when a session of the database is free. Where a
/// group fails, each of it goes alone, so that nobody pays for another.
final class AnswerGroups: Sendable {
    private struct Place: Hashable {
        let survey: Survey.ID
        let version: Int
        let actor: String
    }
    private struct Member: Sendable {
        let draft: ResponseDraft
        let kept: KeptAnswer?
        let caller: CheckedContinuation<APIAnswer?, any Error>
    }
    private struct Line {
        var waiting: [Member] = []
        /// Transactions that are open or about to be.
        var atWork = 0
    }

    /// SQLite has one writer: a group waits for it while another is written. On PostgreSQL two groups would
    /// meet at the pages of the customers that both look for, and one of them would begin again.
    private let mostAtWork: Int
    private static let largest = 256
    /// Those beyond go alone, to where the database counts who waits.
    private static let mostWaiting = 4096

    private let database: any Database
    private let world: World
    private let lines = Mutex<[Place: Line]>([:])

    init(database: any Database, world: World) {
        self.database = database
        self.world = world
        mostAtWork = database.dialect == .sqlite ? 2 : 1
    }

    /// Records an answer and keeps what is said of it under its key. Nil where it must go alone.
    func record(
        _ draft: ResponseDraft, for survey: Survey, by actor: Actor, under kept: KeptAnswer?
    ) async throws -> APIAnswer? {
        let place = Place(survey: survey.id, version: survey.version, actor: actor.description)
        return try await withCheckedThrowingContinuation { caller in
            let (isIn, leads) = lines.withLock { lines in
                guard lines[place, default: Line()].waiting.count < Self.mostWaiting else {
                    return (false, false)
                }
                // Where it stands: a copy of those who wait would cost more than the rest.
                lines[place, default: Line()].waiting.append(
                    Member(draft: draft, kept: kept, caller: caller))
                guard lines[place, default: Line()].atWork < mostAtWork else { return (true, false) }
                lines[place, default: Line()].atWork += 1
                return (true, true)
            }
            if !isIn { return caller.resume(returning: nil) }
            if leads { Task { await work(at: place, survey, actor) } }
        }
    }

    /// Until nobody waits.
    private func work(at place: Place, _ survey: Survey, _ actor: Actor) async {
        while !isDone(place) {
            let group = Group()
            do {
                let answers = try await database.write { [world] tx in
                    let members = group.gather { self.take(at: place) }
                    let recording = Recording(source: .api, actor: actor, world: world, now: world.now())
                    return try Self.record(members, for: survey, recording, in: tx)
                }
                for (member, answer) in zip(group.members, answers) {
                    member.caller.resume(returning: answer)
                }
            } catch  where error.isOfAll {
                group.members.forEach { $0.caller.resume(throwing: error) }
                // Whoever waits behind them has waited for as long as the database was given.
                let unwritten = (error as? OutcomeUnknown).map { DatabaseUnavailable(reason: $0.reason) }
                for member in take(at: place, most: .max) {
                    member.caller.resume(throwing: unwritten ?? error)
                }
            } catch {
                // It may be the fault of one.
                let members = group.members.isEmpty ? take(at: place) : group.members
                members.forEach { $0.caller.resume(returning: nil) }
            }
        }
    }

    /// The rows of a transaction that runs again are those of its first run.
    private final class Group: Sendable {
        private let known = Mutex<[Member]?>(nil)
        var members: [Member] { known.withLock { $0 ?? [] } }

        func gather(_ take: () -> [Member]) -> [Member] {
            known.withLock { known in
                let members = known ?? take()
                known = members
                return members
            }
        }
    }

    private func take(at place: Place, most: Int = AnswerGroups.largest) -> [Member] {
        lines.withLock { lines in
            let members = Array((lines[place]?.waiting ?? []).prefix(most))
            lines[place]?.waiting.removeFirst(members.count)
            return members
        }
    }

    private func isDone(_ place: Place) -> Bool {
        lines.withLock { lines in
            guard var line = lines[place], line.waiting.isEmpty else { return false }
            line.atWork -= 1
            lines[place] = line.atWork == 0 ? nil : line
            return true
        }
    }

    /// What is said of each; nil of one that is refused.
    private static func record(
        _ members: [Member], for survey: Survey, _ recording: Recording, in tx: any Connection
    ) throws -> [APIAnswer?] {
        if members.isEmpty { return [] }
        try KeptAnswer.hold(members.compactMap(\.kept), in: tx)
        let answers = try SurveyResponse.record(members.map(\.draft), for: survey, recording, in: tx)
            .map { try? $0.get().told }
        let kept = zip(members, answers).compactMap {
            member, answer -> (kept: KeptAnswer, answer: APIAnswer)? in
            guard let kept = member.kept, let answer else { return nil }
            return (kept, answer)
        }
        try KeptAnswer.keep(kept, at: recording.now, in: tx)
        return answers
    }
}

extension Error {
    /// What the database cannot do now.
    fileprivate var isOfAll: Bool {
        self is DatabaseBusy || self is DatabaseUnavailable || self is DatabaseClosed
            || self is OutcomeUnknown
    }
}
