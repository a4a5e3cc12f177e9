import Accounts
package import Database
import Formats
import Hummingbird
package import Kernel
import Ledger
import Statistics
import Surveys
package import Web

/// Whom a survey asked and what became of it: a page, and the same for programs.
package struct CoverageRoutes: Sendable {
    private let reader: DatabaseReader
    private let world: World

    package init(database: any Database, world: World) {
        reader = DatabaseReader(database)
        self.world = world
    }

    package func add(to table: inout RouteTable) {
        table.get("/api/v1/surveys/{id}/coverage", .api(.readSurveys), use: list)
        table.get("/surveys/{id}/coverage", .page(.readSurveys), use: show)
    }

    /// `from` is included, `to` is not; the last quarter where neither is named.
    @Sendable private func list(_ call: Call) async throws -> Response {
        let query = try call.query()
        var problems: [DomainError.Field] = []
        func day(_ name: String) -> LocalDay? {
            guard let text = query[name] else { return nil }
            if let day = LocalDay(text) { return day }
            problems.append(.init("/" + name, "not-a-date"))
            return nil
        }
        let (from, to) = (day("from"), day("to"))
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return .json(try await look(call, from: from, to: to).json)
    }

    /// Both dates are included, as people mean them; what is no date is passed over.
    @Sendable private func show(_ call: Call) async throws -> Response {
        let query = try call.query()
        let from = query["from"].flatMap { LocalDay($0) }, to = query["to"].flatMap { LocalDay($0) }
        let coverage = try await look(call, from: from, to: to.map { $0 + 1 })
        let page = CoveragePage(coverage: coverage, messages: call.messages, now: world.now())
        return try call.page("coverage", page.model)
    }

    private func look(_ call: Call, from: LocalDay?, to: LocalDay?) async throws -> Coverage {
        let (account, id) = (try call.account(), try call.id() as Survey.ID)
        let now = world.now()
        return try await reader.read { tx in
            let survey = try Survey.find(id, account: account, in: tx)
            let zone = try Account.find(Account.ID(account), in: tx).zone
            let end = to ?? zone.day(of: now) + 1
            return try Coverage.look(
                at: survey, from: from ?? end - Coverage.days, to: end, zone: zone, in: tx)
        }
    }
}

extension Coverage {
    var json: JSONValue {
        let (low, rest) = unhappy
        return [
            "from": .string(from.description), "to": .string(to.description),
            "overall": .object(overall.json),
            "touchpoints": .array(touchpoints.map { Self.json($0.name, $0.counts) }),
            "rules": .array(ruled), "agents": .array(agents.map { Self.json($0.name, $0.counts) }),
            "by_hand": hands.json, "waves": .array(waves.map { Self.json($0.wave, $0.counts) }),
            "unhappy": ["low_score": low.json, "rest": rest.json],
            "links": [
                "opened": .integer(Int64(visits.all)), "by_machines": .integer(Int64(visits.byMachines)),
            ],
            "styles": styles?.json ?? .null, "alarms": .array(alarms.map(\.json)),
        ]
    }

    private var ruled: [JSONValue] {
        rules.map { rule, name, counts in
            ["rule": .id(rule), "name": .string(name), "coverage": .object(counts.json)]
        }
    }

    private static func json(_ key: String?, _ counts: CoverageCounts) -> JSONValue {
        ["key": .text(key), "coverage": .object(counts.json)]
    }

    private static func json(_ wave: Wave, _ counts: CoverageCounts) -> JSONValue {
        [
            "wave": .id(wave.id), "send_at": .time(wave.sendAt), "touchpoint": .text(wave.touchpoint),
            "rule": .id(wave.rule), "agent": .text(wave.agent), "by_hand": .bool(wave.isPickedByHand),
            "reason": .text(wave.reason?.rawValue), "style": .text(wave.style?.rawValue),
            "coverage": .object(counts.json),
        ]
    }
}

extension CoverageCounts {
    fileprivate var json: JSONObject {
        func whole(_ number: Int) -> JSONValue { .integer(Int64(number)) }
        let reasons = AskSkip.allCases.compactMap { reason in
            skipped[reason].map { (reason.rawValue, whole($0)) }
        }
        return [
            "listed": whole(listed), "eligible": whole(eligible), "invited": whole(invited),
            "waiting": whole(waiting), "delivered": whole(delivered), "failed": whole(count(.failed)),
            "uncertain": whole(count(.uncertain)), "withdrawn": whole(count(.withdrawn)),
            "opened": whole(opened), "scanned": whole(scanned), "answered": whole(answered),
            "provisional": whole(provisional), "excluded_by_hand": whole(excluded),
            "skipped": .object(JSONObject(reasons)),
            "coverage": coverage.json, "opening_rate": opening.json, "response_rate": response.json,
        ]
    }
}

extension Hands {
    /// Counts alone: who has a name, the members say.
    fileprivate var json: JSONValue {
        func whole(_ number: Int) -> JSONValue { .integer(Int64(number)) }
        func counts(_ hand: Hand) -> JSONObject {
            [
                "lists": whole(hand.lists), "picked": whole(hand.picked), "excluded": whole(hand.excluded),
            ]
        }
        var object = counts(all)
        object.append(
            "reasons",
            .object(
                JSONObject(
                    reasons.map { ($0.key?.rawValue ?? "none", whole($0.value)) }.sorted { $0.0 < $1.0 })))
        object.append(
            "exclusion_reasons",
            .object(
                JSONObject(excluded.map { ($0.key.rawValue, whole($0.value)) }.sorted { $0.0 < $1.0 })))
        object.append(
            "hands",
            .array(
                ordered.map { actor, hand in
                    var one = counts(hand)
                    one.append("by", .string(String(actor.description.prefix { $0 != ":" })))
                    if case .member(let id) = actor { one.append("member", .id(Member.ID(id))) }
                    return .object(one)
                }))
        return .object(object)
    }
}

extension Share {
    /// In percent, never without n and limits.
    var json: JSONValue {
        [
            "count": .integer(Int64(count)), "n": .integer(Int64(of)), "value": JSONValue(estimate?.value),
            "low": JSONValue(estimate?.limits.low), "high": JSONValue(estimate?.limits.high),
            "level": .number(0.95),
        ]
    }
}

extension StyleComparison {
    fileprivate var json: JSONValue {
        func side(_ side: Side) -> JSONValue {
            ["figure": .object(side.figure.json), "response_rate": side.response.json]
        }
        func difference(_ found: Difference?) -> JSONValue {
            guard let found else { return .null }
            return [
                "difference": .number(found.points), "low": .number(found.limits.low),
                "high": .number(found.limits.high), "p": .number(found.p),
            ]
        }
        return [
            "neutral": side(neutral), "coloured": side(coloured), "score": difference(scores),
            "response_rate": difference(responses),
        ]
    }
}

extension CoverageAlarm {
    fileprivate var json: JSONValue {
        switch self {
        case .unhappyLeftOut(let p): ["code": "unhappy-left-out", "p": .number(p)]
        case .low(let touchpoint, let share):
            ["code": "coverage-low", "touchpoint": .text(touchpoint), "coverage": share.json]
        case .leftOut(let rule, _, let share):
            ["code": "left-out-by-hand", "rule": .id(rule), "coverage": share.json]
        case .leftOutBy(let agent, let share):
            ["code": "left-out-by-hand", "agent": .string(agent), "coverage": share.json]
        }
    }
}
