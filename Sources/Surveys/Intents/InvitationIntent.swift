import Kernel

/// Something opened a personal link or moved on its page. It is never an answer and never counts: it is kept
/// to tell people from machines.
package struct InvitationIntent: Equatable, Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case fetch
        /// The page's script saw a hand, a key or a wheel.
        case gesture
        /// The hidden link, or the hidden form.
        case decoy
    }

    let id: Int64
    let kind: Kind
    /// The score that the link or the page had chosen.
    let raw: Int?
    var isMachine: Bool
    let network: String?
    let happenedAt: Timestamp

    /// One who opens two scores in this time reads neither page.
    static let quick = Duration.seconds(10)
    /// What a hidden link says of a mailbox holds this long before and after.
    static let scanned = Duration.seconds(600)
    /// Nobody reads a mail sooner after it was handed over.
    static let soonest = Duration.seconds(3)

    /// True of a visit that gives itself away, whatever came before it.
    static func isTellTale(
        _ kind: Kind, _ visitor: LinkVisitor, of invitation: Invitation, _ scanners: ScannerList,
        at now: Timestamp
    ) -> Bool {
        if kind == .decoy || visitor.isPrefetch || scanners.names(visitor.userAgent) { return true }
        // A gesture has a proof of its own. In a trial, where mail takes no time, people are that quick.
        guard kind == .fetch else { return false }
        if invitation.state == .sending { return true }
        guard invitation.state == .sent, let sentAt = invitation.settledAt else { return false }
        return now - sentAt < soonest
    }

    /// Whether those that came before show this one to be a machine's.
    func isFoundOut(by earlier: [InvitationIntent]) -> Bool {
        earlier.contains { other in
            let age = happenedAt - other.happenedAt
            if other.kind == .decoy { return age <= Self.scanned }
            return age <= Self.quick && isOfOneHurry(with: other, among: earlier)
        }
    }

    /// Those that came before which this one shows to be a machine's.
    func findsOut(_ other: InvitationIntent) -> Bool {
        let age = happenedAt - other.happenedAt
        if kind == .decoy { return age <= Self.scanned }
        return kind == .fetch && other.kind == .fetch && age <= Self.quick && differs(from: other)
    }

    /// A fetch is one of several scores; a gesture follows several from the same neighbourhood.
    private func isOfOneHurry(with other: InvitationIntent, among all: [InvitationIntent]) -> Bool {
        guard other.kind == .fetch else { return false }
        switch kind {
        case .decoy: return false
        case .fetch: return differs(from: other)
        case .gesture:
            return other.network == network
                && all.contains { third in
                    third.kind == .fetch && third.network == network && third.differs(from: other)
                        && happenedAt - third.happenedAt <= Self.quick
                }
        }
    }

    private func differs(from other: InvitationIntent) -> Bool {
        guard let raw, let theirs = other.raw else { return false }
        return raw != theirs
    }
}

/// How often links were opened. Nothing of it counts as an answer.
package struct LinkVisits: Equatable, Sendable {
    package internal(set) var all = 0
    package internal(set) var byMachines = 0

    package var byPeople: Int { all - byMachines }

    package init() {}

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.all += right.all
        sum.byMachines += right.byMachines
        return sum
    }
}

/// What a request tells of who sends it.
struct LinkVisitor: Sendable {
    let network: String?
    let userAgent: String
    /// Why a browser asks, where it says so.
    let purposes: [String]

    /// A page that is loaded before anybody has asked for it.
    var isPrefetch: Bool {
        purposes.contains { purpose in
            let purpose = purpose.lowercased()
            return purpose.contains("prefetch") || purpose.contains("prerender")
                || purpose.contains("preview")
        }
    }
}
