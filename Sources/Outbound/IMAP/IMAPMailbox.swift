import CCurl
import Dispatch
import Formats

/// A mailbox read by IMAP. libcurl blocks, so nothing of it runs on the cooperative pool.
package final class IMAPMailbox: MailSource {
    package struct Settings: Sendable {
        package var address: IMAPAddress
        /// PEM file of the authorities to believe; `nil` for those of the system.
        package var authorities: String?
        package var connectTimeout: Duration = .seconds(15)
        package var totalTimeout: Duration = .seconds(60)

        package init(address: IMAPAddress, authorities: String? = nil) {
            self.address = address
            self.authorities = authorities
        }
    }

    package var name: String { settings.address.name }
    private let settings: Settings
    private let queue = DispatchQueue(label: "imap")

    package init(_ settings: Settings) { self.settings = settings }

    package func look(
        after last: Int64, within validity: Int64?
    ) async throws -> (validity: Int64, found: [Int64]) {
        let address = settings.address
        let told = try await answer("", "STATUS \(address.quotedFolder) (UIDVALIDITY UIDNEXT)")
        guard let status = IMAPAnswer.status(told) else {
            throw MailSourceFailure(reason: "the server does not say how the mailbox counts")
        }
        let last = status.validity == validity ? last : 0
        guard status.next > last + 1 else { return (status.validity, []) }
        let found = try await answer(folder, "UID SEARCH UID \(last + 1):*")
        return (status.validity, IMAPAnswer.found(found, after: last))
    }

    package func message(_ number: Int64) async throws -> [UInt8]? {
        switch await ask("\(folder);UID=\(number)", nil) {
        case .success(let bytes): return bytes
        case .failure(let failure) where failure.isOfOneMessage: return nil
        case .failure(let failure): throw MailSourceFailure(reason: failure.reason)
        }
    }

    package func markSeen(_ number: Int64) async {
        _ = await ask(folder, #"UID STORE \#(number) +FLAGS (\Seen)"#)
    }

    private var folder: String { PercentCoding.encode(settings.address.folder) }

    private struct Trouble: Error {
        let reason: String
        /// Gone (78) or too long: the next one may be read all the same.
        let isOfOneMessage: Bool
    }

    private func answer(_ path: String, _ command: String) async throws -> [UInt8] {
        switch await ask(path, command) {
        case .success(let bytes): return bytes
        case .failure(let trouble): throw MailSourceFailure(reason: trouble.reason)
        }
    }

    /// A connection of its own each time: between two looks a server may have closed a kept one.
    private func ask(_ path: String, _ command: String?) async -> Result<[UInt8], Trouble> {
        await withCheckedContinuation { continuation in
            queue.async { [settings] in continuation.resume(returning: Self.ask(path, command, settings)) }
        }
    }

    private static func ask(
        _ path: String, _ command: String?, _ settings: Settings
    ) -> Result<[UInt8], Trouble> {
        let texts = CTexts()
        var c = rapport_imap_settings()
        c.url = texts.copy(settings.address.url)
        c.user = texts.copy(settings.address.user)
        c.password = texts.copy(settings.address.password)
        c.ca_file = texts.copy(settings.authorities)
        c.needs_tls = settings.address.security != .none
        c.connect_milliseconds = settings.connectTimeout.inMilliseconds
        c.total_milliseconds = settings.totalTimeout.inMilliseconds
        c.most_bytes = MIMEReader.mostBytes
        return withExtendedLifetime(texts) {
            guard let imap = rapport_imap_open(c) else {
                return .failure(Trouble(reason: "libcurl has no memory", isOfOneMessage: false))
            }
            defer { rapport_imap_close(imap) }
            let outcome = rapport_imap_ask(imap, path, command)
            guard outcome.code == 0 else {
                let reason = String(cString: outcome.words)
                return .failure(Trouble(reason: reason, isOfOneMessage: outcome.is_cut || outcome.code == 78))
            }
            return .success(Array(UnsafeBufferPointer(start: outcome.bytes, count: outcome.length)))
        }
    }
}
