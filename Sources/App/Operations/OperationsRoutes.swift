import Accounts
import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import Web

/// The page of whoever runs the product: what failed, what waits, what happened.
struct OperationsRoutes: Sendable {
    let database: any Database
    let world: World
    private var views: OperationsViews { OperationsViews(reader: DatabaseReader(database), world: world) }

    func add(to table: inout RouteTable) {
        table.get("/operations", .page(.readOperations), use: views.show)
        table.post("/operations/jobs/{id}/retry", .page(.writeOperations), use: retryJob)
        table.post("/operations/jobs/{id}/cancellation", .page(.writeOperations), use: cancelJob)
        table.post("/operations/consumers/{name}/retry", .page(.writeOperations), use: retryConsumer)
    }

    @Sendable private func retryJob(_ call: Call) async throws -> Response {
        let (id, principal): (Job.ID, Principal) = (try call.id(), try call.principal())
        try await database.write { [world] tx in
            try Job.retry(
                id, account: principal.accountID, by: principal.actor, eventID: world.newID(),
                at: world.now(), in: tx)
        }
        return .seeOther("/operations?done=job-retried")
    }

    @Sendable private func cancelJob(_ call: Call) async throws -> Response {
        let (id, principal): (Job.ID, Principal) = (try call.id(), try call.principal())
        try await database.write { [world] tx in
            try Job.cancel(
                id, account: principal.accountID, by: principal.actor, eventID: world.newID(),
                at: world.now(), in: tx)
        }
        return .seeOther("/operations?done=job-cancelled")
    }

    @Sendable private func retryConsumer(_ call: Call) async throws -> Response {
        let (name, account) = (try call.parameter("name"), try call.account())
        try await database.write { tx in
            try Consumer.Standing.retryNow(name, account: account, in: tx)
        }
        return .seeOther("/operations?done=consumer-retried")
    }
}

/// The page of operations as it is read.
struct OperationsViews: Sendable {
    let reader: DatabaseReader
    let world: World

    @Sendable func show(_ call: Call) async throws -> Response {
        let (account, query, now) = (try call.account(), try call.query(), world.now())
        let about = OperationsPage.nouns.first { $0 == query["about"] }
        let before = query["before"].flatMap { Int($0) }
        let operations = try await reader.read { tx in
            try Operations.look(account: account, about: about, before: before, at: now, in: tx)
        }
        let page = OperationsPage(
            operations: operations, about: about, isContinued: before != nil,
            mayAct: try call.principal().may(.writeOperations), messages: call.messages, now: now)
        return try call.page("operations", page.model)
    }
}
