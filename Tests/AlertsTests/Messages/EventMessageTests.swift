import Alerts
import FollowUp
import Formats
import Kernel
import Testing
import Web

@testable import Ledger

@Suite struct EventMessageTests {
    @Test func `a message says what happened, to what, and who may hear of it`() throws {
        let event = SealedEvent(
            account: 1, position: 3, id: 5, kind: .caseOpened, subject: 7, customer: 8, actor: .system,
            payloadText: #"{"stage":"open","id":"mine"}"#, happenedAt: Timestamp(milliseconds: 0))
        let message = EventMessage(event: event)
        let told = message.json.object
        #expect(told?["type"] == "case.opened" && told?["timestamp"] == "1970-01-01T00:00:00Z")
        let data = told?["data"]?.object
        #expect(data?["case"] == .string(RecoveryCase.ID(7).description))
        // What the event holds hides nothing of what is said first.
        #expect(data?["id"] == "evt_5" && data?["stage"] == "open")
        #expect(message.block.hasPrefix("id: 3\nevent: case.opened\ndata: {"))
        #expect(message.block.hasSuffix("}\n\n"))
        #expect(EventMessage.permission(for: .caseOpened) == .readCases)
    }
}
