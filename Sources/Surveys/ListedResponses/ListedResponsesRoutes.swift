import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
package import Web

/// `GET /responses/export?format=csv|jsonl`: what the list shows, as a file that is written while it is read.
package struct ListedResponsesRoutes: Sendable {
    private let database: any Database

    package init(database: any Database) { self.database = database }

    package func add(to table: inout RouteTable) {
        table.get("/responses/export", .page(.exportResponses), use: export)
    }

    @Sendable private func export(_ call: Call) async throws -> Response {
        let (account, query) = (try call.account(), try call.query())
        let format = ListedResponses.Format(rawValue: query["format"] ?? "csv")
        guard let format else {
            throw DomainError.invalid("/format", "unknown-value", ["allowed": "csv, jsonl"])
        }
        let zone = try await database.read { tx in try Account.find(Account.ID(account), in: tx).zone }
        let export = ListedResponses(
            ResponseFilter(listed: query, zone: zone), account: account, format: format,
            language: call.language)
        let name = "responses.\(format.rawValue)"
        return Response(
            status: .ok,
            headers: [
                .contentType: format.mediaType, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: ResponseBody { [database] writer in
                try await writer.write(ByteBuffer(bytes: export.head))
                var place: ResponsePlace?
                repeat {
                    let part = try await database.read { [place] tx in try export.part(after: place, in: tx) }
                    try await writer.write(ByteBuffer(bytes: part.bytes))
                    place = part.next
                } while place != nil
                try await writer.finish(nil)
            })
    }
}
