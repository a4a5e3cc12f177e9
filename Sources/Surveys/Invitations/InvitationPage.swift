package import Customers
package import Database
import Formats
import Kernel
package import Language
package import Ledger

extension Invitation {
    /// About which survey somebody was asked, for each event that tells of an invitation.
    @Sendable package static func details(
        of events: [SealedEvent], _ account: Int64, _ messages: Messages, _ tx: any Connection
    ) throws -> [Int64: EventDetail] {
        let told = events.filter { $0.kind.noun == "invitation" }
        let surveys = told.map { event in
            (try? event.payload)?["survey"]?.string.flatMap { Survey.ID($0) }
        }
        // A sample's survey may be gone while its events stay.
        let names = try Survey.names(of: Set(surveys.compactMap(\.self)), account: account, in: tx)
        var details: [Int64: EventDetail] = [:]
        for (event, survey) in zip(told, surveys) {
            guard let name = survey.flatMap({ names[$0] }) else { continue }
            let isReminder = (try? event.payload)?["reminder"] != nil && event.kind == .invitationSent
            let key = "event.\(event.kind.rawValue).\(isReminder ? "again" : "what")"
            details[event.id] = EventDetail(text: messages(key, ["survey": .string(name)]))
        }
        return details
    }
}
