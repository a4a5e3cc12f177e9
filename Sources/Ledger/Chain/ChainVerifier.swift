package import Database

/// Walks an account's events again and compares them with its chain. Reads pages, so memory does not grow
/// with it.
///
/// Finds what was changed, deleted, inserted or moved, also at the end. It cannot find that somebody rewrote
/// events, links and head alike: for that, keep a head elsewhere and compare it.
package struct ChainVerifier: Sendable {
    package struct Fault: Equatable, Sendable {
        package enum Reason: String, Sendable {
            /// No event stands at this position.
            case missing
            /// The events from here to the end of the batch are not those that were sealed.
            case altered
            /// Events stand here that no link seals.
            case unlinked
            /// The head is not the last link.
            case headMismatch = "head_mismatch"
            /// The row cannot be read as an event.
            case unreadable
        }
        /// The first broken position: of a batch that does not match, where it begins.
        package let position: Int
        package let reason: Reason
    }
    package struct Report: Equatable, Sendable {
        package let events: Int
        package let links: Int
        /// The last link, 64 letters; empty for an account without events.
        package let head: String
        package let fault: Fault?
    }

    private static let pageSize = 1000
    private let database: any Database

    package init(database: any Database) { self.database = database }

    /// Checks all that was sealed when this was called; a server may go on sealing meanwhile.
    package func verify(account: Int64) async throws -> Report {
        let head = try await database.read { tx in try Self.head(account, in: tx) }
        var walk = Walk(account: account)
        while walk.fault == nil, walk.position < head.position {
            let page = try await database.read { [from = walk.position] tx in
                try Self.page(account, from, through: head.position, limit: Self.pageSize, in: tx)
            }
            walk.take(page, through: head.position)
        }
        let stray = try await database.read { tx in try Self.eventBeyondHead(account, in: tx) }
        return Report(
            events: walk.position, links: walk.links, head: walk.previous,
            fault: walk.end(at: head) ?? stray.map { Fault(position: $0, reason: .unlinked) })
    }

    struct Head: Sendable {
        let position: Int
        let link: String
    }
    struct Page: Sendable {
        /// In order of position; an event that cannot be read is `nil`.
        let events: [(position: Int, event: SealedEvent?)]
        /// The links from the page's first position to its last.
        let links: [Int: String]
    }
}

extension ChainVerifier {
    /// What is known after some pages.
    private struct Walk {
        let account: Int64
        var position = 0
        var links = 0
        var previous = ""
        var fault: Fault?
        private var link: ChainLink
        private var batchStart = 1

        init(account: Int64) {
            self.account = account
            link = ChainLink(account: account, after: "")
        }

        mutating func take(_ page: Page, through last: Int) {
            if page.events.isEmpty { fault = Fault(position: position + 1, reason: .missing) }
            for (found, event) in page.events where fault == nil {
                guard found == position + 1 else {
                    fault = Fault(position: position + 1, reason: .missing)
                    return
                }
                guard let event else {
                    fault = Fault(position: found, reason: .unreadable)
                    return
                }
                link.add(event)
                position = found
                if let sealed = page.links[found] { close(with: sealed) }
            }
        }

        private mutating func close(with sealed: String) {
            guard link.finish() == sealed else {
                fault = Fault(position: batchStart, reason: .altered)
                return
            }
            links += 1
            previous = sealed
            batchStart = position + 1
            link = ChainLink(account: account, after: sealed)
        }

        func end(at head: Head) -> Fault? {
            if let fault { return fault }
            if batchStart <= position { return Fault(position: batchStart, reason: .unlinked) }
            return previous == head.link ? nil : Fault(position: max(1, position), reason: .headMismatch)
        }
    }
}
