import Dispatch
import Foundation
import Synchronization

/// Hands mail to one relay by SMTP, by a few threads of its own with one kept connection each.
///
/// libcurl blocks, so nothing of it runs on the cooperative pool.
package final class SMTPRelay: MailCarrier {
    package struct Settings: Sendable {
        package var address: RelayAddress
        /// What we call ourselves in EHLO.
        package var greeting: String
        /// PEM file of the authorities to believe; `nil` for those of the system.
        package var authorities: String?
        package var threads = 4
        package var connectTimeout: Duration = .seconds(15)
        package var totalTimeout: Duration = .seconds(60)
        /// Messages that wait for a thread; one more is sent back at once.
        package var mostWaiting = 256

        package init(address: RelayAddress, greeting: String, authorities: String? = nil) {
            self.address = address
            self.greeting = greeting
            self.authorities = authorities
        }
    }

    private let work: Work
    private let signer: DKIMSigner?

    /// `signer` signs what its domain sends; other mail leaves unsigned.
    package init(_ settings: Settings, signer: DKIMSigner? = nil) {
        work = Work(most: settings.mostWaiting)
        self.signer = signer
        for number in 0..<max(1, settings.threads) {
            let thread = Thread { [work] in Self.serve(work, settings) }
            thread.name = "mail \(number)"
            thread.start()
        }
    }

    deinit { work.close() }

    package func carry(_ message: MailMessage) async throws -> MailReceipt {
        let parcel = try Parcel(message, signer)
        return try await withCheckedThrowingContinuation { continuation in
            work.add(Work.Order(parcel: parcel) { continuation.resume(with: $0) })
        }
    }

    private static func serve(_ work: Work, _ settings: Settings) {
        var connection: SMTPConnection?
        while let order = work.next() {
            connection = connection ?? SMTPConnection(settings)
            guard let open = connection else {
                order.tell(.failure(MailFailure(.later, reason: "libcurl has no memory")))
                continue
            }
            let parcel = order.parcel
            let outcome = open.send(parcel.bytes, from: parcel.sender, to: parcel.recipient)
            order.tell(Result { () throws(MailFailure) in try outcome.result() })
        }
    }
}

/// A message in bytes with what the envelope says.
struct Parcel: Sendable {
    let bytes: [UInt8]
    let sender: String
    let recipient: String

    /// Throws `MailFailure`: refused where no mail can be made of it, relay where it cannot be signed.
    init(_ message: MailMessage, _ signer: DKIMSigner?) throws {
        do {
            let unsigned = try message.bytes()
            let isOurs = signer?.covers(message.from) == true
            bytes = isOurs ? try signer?.signed(unsigned) ?? unsigned : unsigned
            sender =
                try message.envelopeSender.isEmpty
                ? "" : MailMessage.mailable(message.envelopeSender, "envelope sender")
            recipient = try MailMessage.mailable(message.to.address, "to")
        } catch let fault as MailMessage.Unmailable {
            throw MailFailure(.refused, reason: "no mail can be made of it: \(fault.part)")
        } catch let fault as DKIMSigner.Unusable {
            throw MailFailure(.relay, reason: "DKIM: \(fault.reason)")
        }
    }
}

/// What waits for a thread.
final class Work: Sendable {
    struct Order: Sendable {
        let parcel: Parcel
        let tell: @Sendable (Result<MailReceipt, MailFailure>) -> Void
    }

    private struct State {
        var waiting: [Order] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let most: Int

    init(most: Int) { self.most = most }

    func add(_ order: Order) {
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.waiting.count < most else { return false }
            state.waiting.append(order)
            return true
        }
        guard isTaken else {
            order.tell(.failure(MailFailure(.later, reason: "too many messages wait for the relay")))
            return
        }
        arrived.signal()
    }

    /// Blocks until there is one; `nil` once closed.
    func next() -> Order? {
        arrived.wait()
        let order = state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        // The next thread is woken by the one that went home.
        if order == nil { arrived.signal() }
        return order
    }

    func close() {
        state.withLock { $0.isClosed = true }
        arrived.signal()
    }
}
