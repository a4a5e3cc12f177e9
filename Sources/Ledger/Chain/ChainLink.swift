import Crypto
import Kernel

/// One link of an account's chain: SHA-256 over the link before it and the events of one batch.
///
/// The bytes, in order: the word `rapport-ledger-1`, the account, the link before (empty for the first); then
/// of each event position, id, kind, subject, customer, actor, payload and moment. An integer is 8 bytes, the
/// most significant first. A text is its number of bytes as an integer, then its UTF-8. A customer is the
/// byte 1 and an integer, or the byte 0. So no two lists of events share their bytes.
struct ChainLink {
    private var hash = SHA256()

    init(account: Int64, after previous: String) {
        var bytes = Array("rapport-ledger-1".utf8)
        bytes.append(number: account)
        bytes.append(text: previous)
        hash.update(data: bytes)
    }

    mutating func add(_ event: SealedEvent) {
        var bytes: [UInt8] = []
        bytes.append(number: Int64(event.position))
        bytes.append(number: event.id)
        bytes.append(text: event.kind.rawValue)
        bytes.append(number: event.subject)
        bytes.append(event.customer == nil ? 0 : 1)
        if let customer = event.customer { bytes.append(number: customer) }
        bytes.append(text: event.actor.description)
        bytes.append(text: event.payloadText)
        bytes.append(number: event.happenedAt.milliseconds)
        hash.update(data: bytes)
    }

    /// 64 letters of hexadecimal. The link is finished: nothing may be added.
    func finish() -> String { Array(hash.finalize()).hexadecimal }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
    fileprivate mutating func append(text: String) {
        append(number: Int64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
