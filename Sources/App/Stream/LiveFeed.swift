import Alerts
import Database
import Kernel
import Ledger
import Logging
import Synchronization
import Web

/// Tells each listener of this process when its account has something new, and keeps the newest events at
/// hand, so that one read serves them all.
///
/// A listener holds its own position and asks for what follows. Nothing is queued for a slow one, so it costs
/// no memory, and nothing is skipped: what has left the shelf is read from the ledger again.
final class LiveFeed: Sendable {
    /// Why a listener is woken: by something new, or because the line must not fall silent. Then it hears
    /// what it may as things are now.
    enum Ring: Sendable {
        case events
        case beat(Set<Permission>)
    }

    struct Listener: Sendable {
        let number: Int
        let account: Int64
        let caller: Credential
        let rings: AsyncStream<Ring>
    }

    private struct Bell {
        let caller: Credential
        let rings: AsyncStream<Ring>.Continuation
    }

    /// The newest sealed events of an account, in order and without a gap.
    private struct Shelf {
        var last: Int
        var messages: [Message] = []
        var bells: [Int: Bell] = [:]
    }

    /// One event, written once for all who listen.
    struct Message: Sendable {
        let position: Int
        let kind: EventKind
        let block: String
    }

    private struct State {
        var shelves: [Int64: Shelf] = [:]
        var made = 0
        var isClosed = false
    }

    private static let look = Duration.milliseconds(250)
    /// A comment for each listener this often keeps proxies from ending a silent connection.
    static let secondsBetweenBeats = 15
    private static let shelved = 1000
    static let batch = 200

    private let database: DatabaseReader
    private let doorbell: Doorbell
    private let recognise: @Sendable ([Credential]) async throws -> [Credential: Principal]
    private let state = Mutex(State())
    private let log = Logger(label: "stream")

    /// Ring `doorbell` after each commit of this process.
    init(
        database: DatabaseReader, doorbell: Doorbell,
        recognise: @escaping @Sendable ([Credential]) async throws -> [Credential: Principal]
    ) {
        self.database = database
        self.doorbell = doorbell
        self.recognise = recognise
    }

    /// Looks for what is new until cancelled, then ends every listener.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [doorbell] in await doorbell.ring(every: Self.look) }
            group.addTask { [self] in await beat() }
            for await _ in doorbell.rings { await lookForEvents() }
        }
        close()
    }

    /// Where an account's feed stands now.
    func head(account: Int64) async throws -> Int {
        try await database.read { tx in try SealedEvent.head(account: account, in: tx) }
    }

    /// From now on `listener.rings` rings when there is something new after `head`. It ends with the feed,
    /// and when `caller` is known no longer.
    func listen(account: Int64, head: Int, as caller: Credential) -> Listener {
        let (rings, bell) = AsyncStream.makeStream(of: Ring.self, bufferingPolicy: .bufferingNewest(2))
        let number = state.withLock { state -> Int in
            state.made += 1
            if state.isClosed { bell.finish() }
            state.shelves[account, default: Shelf(last: head)].bells[state.made] = Bell(
                caller: caller, rings: bell)
            return state.made
        }
        bell.yield(.events)  // Something may have come since the head was read, or waits in the past.
        return Listener(number: number, account: account, caller: caller, rings: rings)
    }

    func leave(_ listener: Listener) {
        state.withLock { state in
            let bell = state.shelves[listener.account]?.bells.removeValue(forKey: listener.number)
            bell?.rings.finish()
            if state.shelves[listener.account]?.bells.isEmpty == true {
                state.shelves[listener.account] = nil
            }
        }
    }

    /// What a listener may hear, as things are now; `nil` for who may no longer.
    func permissions(of listener: Listener) async throws -> Set<Permission>? {
        // In a task of its own, whose stack ends with it: a listener's own lasts for hours.
        let known = try await Task { [recognise] in try await recognise([listener.caller]) }.value
        return known[listener.caller]?.permissions(in: listener.account)
    }

    /// The next events after `position`, oldest first, at most `batch`; none when there are none yet.
    func messages(after position: Int, account: Int64) async throws -> [Message] {
        if let shelved = shelved(after: position, account: account) { return shelved }
        return try await Task { [database] in
            try await database.read { tx in
                try SealedEvent.after(position, account: account, limit: Self.batch, in: tx)
            }.map(Message.init)
        }.value
    }

    /// `nil` where the shelf does not reach back that far.
    private func shelved(after position: Int, account: Int64) -> [Message]? {
        state.withLock { state in
            guard let shelf = state.shelves[account] else { return nil }
            if position >= shelf.last { return [] }
            guard let first = shelf.messages.first?.position, first <= position + 1 else { return nil }
            return Array(shelf.messages[(position + 1 - first)...].prefix(Self.batch))
        }
    }

    private func lookForEvents() async {
        let known = state.withLock { $0.shelves.mapValues(\.last) }
        guard !known.isEmpty else { return }
        do {
            let news = try await database.read { tx in
                try known.compactMap { account, last -> (Int64, [SealedEvent])? in
                    guard try SealedEvent.head(account: account, in: tx) > last else { return nil }
                    return (
                        account,
                        try SealedEvent.after(last, account: account, limit: Self.shelved, in: tx)
                    )
                }
            }
            for (account, events) in news { shelve(events.map(Message.init), account) }
            if news.contains(where: { $0.1.count == Self.shelved }) { doorbell.ring() }
        } catch {
            log.error("cannot read events", metadata: ["reason": "\(FailureReason(error))"])
        }
    }

    private func shelve(_ messages: [Message], _ account: Int64) {
        state.withLock { state in
            guard var shelf = state.shelves[account], let last = messages.last?.position else { return }
            // A shelf that somebody took down and put up again meanwhile starts elsewhere.
            let next = messages.drop { $0.position <= shelf.last }
            guard next.first?.position == shelf.last + 1 else { return }
            shelf.messages.append(contentsOf: next)
            shelf.messages.removeFirst(max(0, shelf.messages.count - Self.shelved))
            shelf.last = last
            for bell in shelf.bells.values { bell.rings.yield(.events) }
            state.shelves[account] = shelf
        }
    }

    /// Each second another fifteenth of the listeners, so that they do not all write at once.
    private func beat() async {
        var second = 0
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            second = (second + 1) % Self.secondsBetweenBeats
            await beat { [second] in $0 % Self.secondsBetweenBeats == second }
        }
    }

    /// Who is known no longer is told nothing more, nor is anybody whom nobody can look up.
    func beat(_ isDue: (_ number: Int) -> Bool) async {
        let due = state.withLock { state in
            state.shelves.flatMap { account, shelf in
                shelf.bells.filter { isDue($0.key) }.values.map { (account: account, bell: $0) }
            }
        }
        if due.isEmpty { return }
        var known: [Credential: Principal] = [:]
        do {
            known = try await recognise(Array(Set(due.map(\.bell.caller))))
        } catch {
            log.error("cannot look listeners up", metadata: ["reason": "\(FailureReason(error))"])
        }
        for one in due {
            if let permissions = known[one.bell.caller]?.permissions(in: one.account) {
                one.bell.rings.yield(.beat(permissions))
            } else {
                one.bell.rings.finish()
            }
        }
    }

    private func close() {
        state.withLock { state in
            state.isClosed = true
            for shelf in state.shelves.values {
                for bell in shelf.bells.values { bell.rings.finish() }
            }
        }
    }
}

extension LiveFeed.Message {
    init(_ event: SealedEvent) {
        self.init(position: event.position, kind: event.kind, block: EventMessage(event: event).block)
    }
}

extension Principal {
    /// Whoever has turned to another account meanwhile has none in this one.
    fileprivate func permissions(in account: Int64) -> Set<Permission>? {
        accountID == account ? permissions : nil
    }
}
