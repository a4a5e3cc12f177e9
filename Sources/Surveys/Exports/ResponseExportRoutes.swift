import Accounts
package import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import NIOCore
package import Web

/// `GET /responses/export?format=csv|jsonl`: what the list shows, as a file that is written while it is read.
package struct ResponseExportRoutes: Sendable {
    private let reader: DatabaseReader

    package init(database: any Database) { reader = DatabaseReader(database) }

    package func add(to table: inout RouteTable) {
        table.get("/responses/export", .page(.exportResponses), use: export)
    }

    @Sendable private func export(_ call: Call) async throws -> Response {
        let (account, query) = (try call.account(), try call.query())
        guard let format = ResponseFile.Format(rawValue: query["format"] ?? "csv") else {
            throw DomainError.invalid("/format", "unknown-value", ["allowed": "csv, jsonl"])
        }
        let me = try call.principal().memberID
        let export = try await reader.read { tx in
            let zone = try Account.find(Account.ID(account), in: tx).zone
            return try ResponseExport(
                ResponseFilter(listed: query, zone: zone, me: me), account: account, in: tx)
        }
        let file = ResponseFile(export, as: format, writer: .excel(language: call.language.tag))
        return Response(
            status: .ok,
            headers: [
                .contentType: format.mediaType, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"responses.\(format.rawValue)\"",
            ],
            // A transaction for each part: a slow reader holds none open.
            body: ResponseBody { [reader] writer in
                try await writer.write(ByteBuffer(bytes: file.head))
                var part = try await reader.read { tx in try file.part(after: nil, in: tx) }
                while let place = part.next {
                    async let following = reader.read { tx in try file.part(after: place, in: tx) }
                    try await writer.write(ByteBuffer(bytes: file.bytes(of: part)))
                    part = try await following
                }
                try await writer.write(ByteBuffer(bytes: file.bytes(of: part)))
                try await writer.finish(nil)
            })
    }
}
