import Kernel

/// Which column of a file plays which part, and how that was found out.
package struct ReportColumns: Equatable, Sendable {
    package enum Source: String, Sendable { case named, heading, content }

    package struct Choice: Equatable, Sendable {
        package let index: Int
        package let heading: String
        package let source: Source
    }

    package internal(set) var choices: [ColumnRole: Choice] = [:]

    package subscript(role: ColumnRole) -> Choice? { choices[role] }
}

/// Guesses the columns that nobody named: by heading, checked against the content, else by the content alone.
struct ColumnGuess {
    let profiles: [ColumnProfile]
    private(set) var columns = ReportColumns()
    /// Columns that may name the responses; only the whole file can say which are different enough.
    private(set) var idCandidates: [Int] = []

    init(_ profiles: [ColumnProfile], named: [ColumnRole: Int]) throws(DomainError) {
        self.profiles = profiles
        for (role, index) in named { choose(index, for: role, .named) }
        if columns[.score] == nil { guessScore() }
        guard columns[.score] != nil else { throw .noScoreColumn(profiles.map(\.heading)) }
        if columns[.time] == nil { guessTime() }
        if columns[.comment] == nil { guessComment() }
        if columns[.id] == nil {
            idCandidates = Array(ranked(.id, fits: ColumnProfile.couldNameRows).prefix(2))
        }
    }

    private mutating func choose(_ index: Int, for role: ColumnRole, _ source: ReportColumns.Source) {
        columns.choices[role] = .init(index: index, heading: profiles[index].heading, source: source)
    }

    private func isFree(_ index: Int) -> Bool { !columns.choices.values.contains { $0.index == index } }

    /// Columns whose heading speaks of the role and whose content agrees, the best first.
    private func ranked(_ role: ColumnRole, fits: (ColumnProfile) -> (Int) -> Bool) -> [Int] {
        profiles.indices.compactMap { index -> (Int, Int)? in
            guard isFree(index), let rank = HeaderWords.rank(profiles[index].heading, for: role),
                fits(profiles[index])(rank)
            else { return nil }
            return (rank, index)
        }.sorted { $0 < $1 }.map(\.1)
    }

    private mutating func guessTime() {
        if let best = ranked(.time, fits: ColumnProfile.couldBeTime).first {
            choose(best, for: .time, .heading)
        } else if let only = profiles.indices.first(where: { isFree($0) && profiles[$0].looksLikeTime }) {
            choose(only, for: .time, .content)
        }
    }

    private mutating func guessScore() {
        if let best = ranked(.score, fits: ColumnProfile.couldBeScore).first {
            return choose(best, for: .score, .heading)
        }
        let likely = profiles.indices.filter { isFree($0) && profiles[$0].looksLikeScore }
        if let best = likely.max(by: { profiles[$0].differentScores < profiles[$1].differentScores }) {
            return choose(best, for: .score, .content)
        }
        // A file of nothing but bad scores has a column of scores all the same.
        let named = profiles.indices.first { (HeaderWords.rank(profiles[$0].heading, for: .score) ?? 10) < 4 }
        if let named { choose(named, for: .score, .heading) }
    }

    private mutating func guessComment() {
        if let best = ranked(.comment, fits: ColumnProfile.couldBeComment).first {
            return choose(best, for: .comment, .heading)
        }
        let likely = profiles.indices.filter { isFree($0) && profiles[$0].looksLikeComment }
        if let best = likely.max(by: { profiles[$0].meanLetters < profiles[$1].meanLetters }) {
            choose(best, for: .comment, .content)
        }
    }
}

extension DomainError {
    static func noScoreColumn(_ headings: [String]) -> DomainError {
        DomainError(.invalid, "report-no-score-column", ["columns": headings.joined(separator: ", ")])
    }
    static func unknownColumn(_ name: String, _ headings: [String]) -> DomainError {
        DomainError(
            .invalid, "report-unknown-column", ["column": name, "columns": headings.joined(separator: ", ")])
    }
    static func twoScales(_ column: String, low: Int, high: Int) -> DomainError {
        DomainError(
            .invalid, "report-two-scales", ["column": column, "low": String(low), "high": String(high)])
    }
    static func tooManyGroups(_ column: String, limit: Int) -> DomainError {
        DomainError(.invalid, "report-too-many-groups", ["column": column, "limit": String(limit)])
    }
}
