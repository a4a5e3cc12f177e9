import Accounts
package import Database
package import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Outbound
package import Web

/// Mail that a mail system hands over by the API.
package struct InboundRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let intake: MailIntake

    /// Largest message, as the reader of mail has it.
    package static let largestMail = 25 * 1024 * 1024

    package init(database: any Database, world: World, intake: MailIntake) {
        self.database = database
        self.world = world
        self.intake = intake
    }

    package func add(to table: inout RouteTable) {
        table.post(
            "/api/v1/inbound/email", .api(.receiveMail), bodyLimit: Self.largestMail, use: receive)
    }

    /// `?recipient=` is whom the mail system delivered it to, where its fields do not say.
    @Sendable private func receive(_ call: Call) async throws -> Response {
        let type = call.request.headers[.contentType]?.lowercased() ?? ""
        guard type.prefix(while: { $0 != ";" && $0 != " " }) == "message/rfc822" else {
            throw DomainError(.unsupportedType, "content-type-not-mail")
        }
        let (account, recipient) = (try call.account(), try call.query()["recipient"])
        let mail = intake.read(call.body, recipient: recipient)
        return try await Idempotency.once(call, database: database, world: world) { [intake] tx in
            APIAnswer(.accepted, try intake.take(mail, account: account, in: tx).json)
        }.response
    }
}

extension MailIntake.Answer {
    package var json: JSONValue {
        var answer: JSONObject = ["kind": .string(kind.rawValue)]
        if let customer { answer.append("customer", .id(customer)) }
        return .object(answer)
    }
}
