package import Accounts
package import Database
import Formats
package import Kernel
package import Ledger
import Web

extension EventKind {
    package static let responseAssigned = EventKind("response.assigned")
    /// The team is done with it.
    package static let responseDone = EventKind("response.done")
    package static let responseReopened = EventKind("response.reopened")
    /// `tags` are those that it has now, by id: a name may be somebody's word, and is read when it is told.
    package static let responseTagged = EventKind("response.tagged")
}

/// What a team does with answers. The answers themselves never change.
package struct ResponseHandling: Sendable {
    package enum Step: Equatable, Sendable {
        /// `nil` is nobody.
        case assign(Member.ID?)
        /// Whatever else it is.
        case read
        case put(ResponseState)
        case tag([ResponseTag.Name])
        case untag([ResponseTag.ID])
        /// These and no others.
        case retag([ResponseTag.Name])
    }

    let world: World

    package init(world: World) { self.world = world }

    /// Takes one step with each of some answers of one account. What is so already is told of no second time.
    ///
    /// Throws `invalid` for an owner who is no member, and for too many tags.
    package func take(
        _ step: Step, with responses: [SurveyResponse], account: Int64, by actor: Actor, member: Int64?,
        in tx: any Connection
    ) throws {
        let now = world.now()
        let told =
            switch step {
            case .assign, .read, .put: try mark(step, responses, account, by: member, at: now, in: tx)
            case .tag, .untag, .retag: try tag(step, responses, account, at: now, in: tx)
            }
        let events = told.map { kind, response, payload in
            NewEvent(
                kind, about: response.id.number, customer: response.customer?.number, by: actor,
                payload: payload, id: world.newID(), account: account, at: now)
        }
        if !events.isEmpty { try Ledger.append(events, in: tx) }
    }

    /// What is to be told of an answer.
    private typealias Told = (EventKind, SurveyResponse, JSONObject)

    private func mark(
        _ step: Step, _ responses: [SurveyResponse], _ account: Int64, by member: Int64?, at now: Timestamp,
        in tx: any Connection
    ) throws -> [Told] {
        if case .assign(let owner?) = step { try Self.require(owner, account: account, in: tx) }
        let marks = try ResponseMark.find(responses.map(\.id), account: account, in: tx)
        var told: [Told] = []
        for response in responses {
            let before = marks[response.id] ?? ResponseMark()
            let after = before.after(step, by: member, at: now)
            if after == before { continue }
            try after.save(response.id, account: account, in: tx)
            if after.owner != before.owner {
                told.append((.responseAssigned, response, ["member": .id(after.owner)]))
            }
            if (after.state == .done) != (before.state == .done) {
                told.append((after.state == .done ? .responseDone : .responseReopened, response, [:]))
            }
        }
        return told
    }

    private func tag(
        _ step: Step, _ responses: [SurveyResponse], _ account: Int64, at now: Timestamp,
        in tx: any Connection
    ) throws -> [Told] {
        let known = try ResponseTag.find(responses.map(\.id), account: account, in: tx)
        let named = try ResponseTag.named(step.names, account: account, world: world, at: now, in: tx)
        var told: [Told] = []
        for response in responses {
            let before = Set((known[response.id] ?? []).map(\.id))
            let after = step.tags(before, named.map(\.id))
            if after == before { continue }
            if after.count > ResponseTag.mostOnAResponse {
                throw DomainError.invalid(
                    "/tags", "too-many", ["max": String(ResponseTag.mostOnAResponse)])
            }
            let (gone, new) = (before.subtracting(after).sorted(), after.subtracting(before).sorted())
            try ResponseTag.put(new, on: response.id, account: account, in: tx)
            try ResponseTag.take(gone, off: response.id, account: account, in: tx)
            told.append((.responseTagged, response, ["tags": .array(after.sorted().map { .id($0) })]))
        }
        return told
    }

    private static func require(_ owner: Member.ID, account: Int64, in tx: any Connection) throws {
        do {
            _ = try Membership.find(owner, account: Account.ID(account), in: tx)
        } catch is DomainError {
            throw DomainError.invalid("/member", "not-found")
        }
    }
}

extension ResponseMark {
    fileprivate func after(_ step: ResponseHandling.Step, by member: Int64?, at now: Timestamp) -> Self {
        var mark = self
        switch step {
        case .assign(let owner): mark.owner = owner
        case .read: mark.read(by: member, at: now)
        case .put(.unread): mark.unread()
        case .put(.read), .put(.open):
            mark.read(by: member, at: now)
            mark.reopen()
        case .put(.done): mark.finish(by: member, at: now)
        case .tag, .untag, .retag: break
        }
        return mark
    }
}

extension ResponseHandling.Step {
    fileprivate var names: [ResponseTag.Name] {
        switch self {
        case .tag(let names), .retag(let names): names
        case .assign, .read, .put, .untag: []
        }
    }

    /// The tags of an answer that had `before`; `named` are those of this step's names.
    fileprivate func tags(_ before: Set<ResponseTag.ID>, _ named: [ResponseTag.ID]) -> Set<ResponseTag.ID> {
        switch self {
        case .retag: Set(named)
        case .untag(let gone): before.subtracting(gone)
        case .tag: before.union(named)
        case .assign, .read, .put: before
        }
    }
}
