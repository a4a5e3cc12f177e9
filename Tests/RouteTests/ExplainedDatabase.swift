import Foundation
import Synchronization
import TestKit

@testable import Database

/// How one statement finds its rows: a line for each table or index that is read.
struct QueryPlan: Equatable, Sendable {
    let statement: String
    let steps: [String]
}

/// A database that notes the plan of each statement before it runs it.
final class ExplainedDatabase: Database {
    private let inner: TestDatabase
    private let noted = Mutex<[QueryPlan]?>(nil)

    init(_ inner: TestDatabase) { self.inner = inner }

    var dialect: Dialect { inner.dialect }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await inner.read { [self] tx in try body(ExplainedConnection(inner: tx, note: note)) }
    }
    func write<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (any Connection) throws -> Value
    ) async throws -> Value {
        try await inner.write(isolation) { [self] tx in
            try body(ExplainedConnection(inner: tx, note: note))
        }
    }
    func close() async { await inner.close() }

    /// The plans of what `work` runs, each once, by their statements.
    func plans(of work: () async throws -> Void) async throws -> [QueryPlan] {
        noted.withLock { $0 = [] }
        try await work()
        return noted.withLock { plans in
            defer { plans = nil }
            return (plans ?? []).sorted { $0.statement < $1.statement }
        }
    }

    private func note(_ plan: () throws -> QueryPlan) throws {
        guard noted.withLock({ $0 != nil }) else { return }
        let plan = try plan()
        noted.withLock { plans in
            if !plan.steps.isEmpty, plans?.contains(plan) == false { plans?.append(plan) }
        }
    }
}

private struct ExplainedConnection: Connection {
    let inner: any Connection
    let note: (() throws -> QueryPlan) throws -> Void

    var dialect: Dialect { inner.dialect }

    func execute(_ sql: SQL) throws -> [Row] {
        try note { try plan(of: sql) }
        return try inner.execute(sql)
    }
    func stream(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        try note { try plan(of: sql) }
        try inner.stream(sql, body)
    }
    func view(_ sql: SQL, _ body: (RowView) throws -> Void) throws {
        try note { try plan(of: sql) }
        try inner.view(sql, body)
    }
    func load(_ new: NewRows) throws -> Int { try inner.load(new) }

    private func plan(of sql: SQL) throws -> QueryPlan {
        let words = sql.text(in: .sqlite).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        // A list is a list, however long.
        let statement = words.replacing(#/\(\?(, \?)*\)(, \(\?(, \?)*\))*/#) { _ in "(…)" }
        let isQuery = ["SELECT", "WITH", "UPDATE", "DELETE", "INSERT"].contains { statement.hasPrefix($0) }
        let steps = !isQuery ? [] : dialect == .sqlite ? try sqliteSteps(sql) : try postgresSteps(sql)
        return QueryPlan(statement: statement, steps: steps)
    }

    private func sqliteSteps(_ sql: SQL) throws -> [String] {
        try inner.execute("EXPLAIN QUERY PLAN \(sql)").map { try $0.text("detail") }
    }

    /// What the planner would do with large tables: small ones it reads whole, whatever indexes they have.
    private func postgresSteps(_ sql: SQL) throws -> [String] {
        try set("off")
        let lines = try inner.execute("EXPLAIN (COSTS OFF) \(sql)").map { try $0.text("QUERY PLAN") }
        try set("on")
        var steps: [String] = []
        for line in lines {
            let line = line.trimmingCharacters(in: .whitespaces)
            if let scan = line.firstMatch(of: #/(?:Seq|Index|Index Only|Bitmap Heap|CTE) Scan.*/#) {
                steps.append(String(scan.output))
            } else if line.hasPrefix("Index Cond:"), !steps.isEmpty {
                let columns = line.matches(of: #/\(?"?([a-z_]+)"? (?:=|<|>|<=|>=) /#).map {
                    String($0.output.1)
                }
                steps[steps.count - 1] += " (\(columns.joined(separator: ", ")))"
            } else if line.hasPrefix("Sort Key:") {
                steps.append("Sort")
            }
        }
        return steps
    }

    private func set(_ value: String) throws {
        try inner.execute(
            """
            SELECT set_config('enable_seqscan', \(value), true),
              set_config('enable_bitmapscan', \(value), true),
              set_config('enable_hashjoin', \(value), true), set_config('enable_mergejoin', \(value), true)
            """)
    }
}

extension QueryPlan {
    /// Tables that grow with what customers say and do.
    private static let large: Set = [
        "responses", "scores", "answers", "answer_keys", "response_segments", "response_marks", "customers",
        "contact_points", "customer_attributes", "score_days", "events", "ledger_links", "idempotency_keys",
        "recovery_cases", "case_contacts", "case_verdicts", "jobs", "sessions", "api_tokens",
        "customer_events", "ask_decisions", "ask_rule_days", "invitations", "waves",
    ]

    /// The large tables that are read from one end to the other.
    var walks: [String] {
        var names: [String: String] = [:]
        for match in statement.matches(
            of: #/(?:FROM|JOIN|UPDATE|INTO) ([a-z_]+)(?: (?:AS )?([a-z]{1,2}))?\b/#)
        {
            names[String(match.output.1)] = String(match.output.1)
            if let alias = match.output.2 { names[String(alias)] = String(match.output.1) }
        }
        return steps.compactMap { step -> String? in
            // A range of accounts is all of them.
            let walk = #/^(?:SCAN ([a-z_]+)|SEARCH ([a-z_]+) .*\(account_id>\?\)$)/#
            if let scan = step.firstMatch(of: walk) {
                return (scan.output.1 ?? scan.output.2).flatMap { names[String($0)] }
            }
            if step.hasSuffix(")") { return nil }
            let table = step.firstMatch(of: #/^(?:Seq|Index|Index Only) Scan.* on ([a-z_]+)/#)
            return table.map { String($0.output.1) }
        }.filter { Self.large.contains($0) }
    }
}
