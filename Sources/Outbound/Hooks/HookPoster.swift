import CCurl
import Dispatch
import Formats
import Foundation
package import Kernel
import Synchronization

/// Posts by HTTP, on threads of its own: libcurl and the resolver block.
///
/// A name is looked up for each message, every address that it leads to is judged, and only those are
/// connected to. No redirect is followed and no proxy asked.
package final class HookPoster: HookCarrier {
    package struct Settings: Sendable {
        package var guarding: AddressGuard
        /// PEM file of the authorities to believe; `nil` for those of the system.
        package var authorities: String?
        /// Messages at once. They are begun when they are needed.
        package var threads = 64
        package var connectTimeout: Duration = .seconds(5)
        /// For all of it, so that a server that sends a byte a second gains nothing.
        package var totalTimeout: Duration = .seconds(15)
        /// For what follows the head of an answer, which has said all that counts.
        package var bodyTimeout: Duration = .seconds(2)
        /// Messages that wait for a thread; one more is sent back at once.
        package var mostWaiting = 1024

        package init(guarding: AddressGuard, authorities: String? = nil) {
            self.guarding = guarding
            self.authorities = authorities
        }
    }

    private let queue: HookQueue
    private let settings: Settings
    private let now: @Sendable () -> Timestamp
    private let resolver: HostResolver

    package init(
        _ settings: Settings, now: @escaping @Sendable () -> Timestamp, resolver: HostResolver = .system
    ) {
        queue = HookQueue(threads: max(1, settings.threads), waiting: settings.mostWaiting)
        self.settings = settings
        self.now = now
        self.resolver = resolver
    }

    deinit { queue.close() }

    package func post(_ request: HookRequest) async throws -> HookReply {
        let (settings, resolver, now) = (settings, resolver, now)
        return try await withCheckedThrowingContinuation { continuation in
            queue.add(
                HookQueue.Order(
                    work: {
                        continuation.resume(
                            with: Result { () throws(HookFailure) in
                                try Self.converse(request, settings, resolver, now)
                            })
                    },
                    refuse: {
                        continuation.resume(
                            throwing: HookFailure(.unreachable, reason: "too many messages wait"))
                    }))
        }
    }

    private static func converse(
        _ request: HookRequest, _ settings: Settings, _ resolver: HostResolver,
        _ now: () -> Timestamp
    ) throws(HookFailure) -> HookReply {
        let url: HookURL
        do {
            url = try HookURL(request.url)
        } catch {
            throw HookFailure(.forbidden, reason: error.rawValue)
        }
        let begun = ContinuousClock.now
        var found: [IPAddress]
        switch url.host {
        case .address(let address): found = [address]
        case .name(let name): found = try resolver.addresses(name)
        }
        found = Array(try settings.guarding.checked(found, for: url).prefix(Int(RAPPORT_HOOK_ADDRESSES)))
        let left = max(settings.totalTimeout - begun.duration(to: .now), .seconds(1))
        return try HookExchange(
            url: url, request: request, addresses: found, settings: settings, total: left
        ).run(at: now)
    }
}

/// One POST and its answer, for libcurl.
private struct HookExchange {
    let url: HookURL
    let request: HookRequest
    let addresses: [IPAddress]
    let settings: HookPoster.Settings
    let total: Duration

    func run(at now: () -> Timestamp) throws(HookFailure) -> HookReply {
        var answer = rapport_hook_answer()
        let lines = request.headers.map { "\($0.name): \($0.value)" }
        guard lines.allSatisfy({ line in line.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }) else {
            throw HookFailure(.forbidden, reason: "a header that is no line of ASCII")
        }
        // For a name only: an address in a URL is never looked up.
        let list = addresses.map(\.authority).joined(separator: ",")
        let pinned = "\(url.hostText):\(url.port):\(list)"
        var checked = addresses.map(\.cValue)
        var settled = rapport_hook_request()
        settled.allows_http = !url.isHTTPS
        settled.address_count = checked.count
        settled.length = request.body.count
        settled.connect_milliseconds = settings.connectTimeout.inMilliseconds
        settled.total_milliseconds = total.inMilliseconds
        settled.body_milliseconds = settings.bodyTimeout.inMilliseconds
        let isName = if case .name = url.host { true } else { false }
        url.text.withCString { address in
            (isName ? pinned : "").withCString { resolve in
                lines.joined(separator: "\n").withCString { headers in
                    (settings.authorities ?? "").withCString { authorities in
                        request.body.withUnsafeBufferPointer { body in
                            checked.withUnsafeMutableBufferPointer { checked in
                                settled.url = address
                                settled.resolve = resolve
                                settled.headers = headers
                                settled.ca_file = authorities
                                settled.body = body.baseAddress
                                settled.addresses = UnsafePointer(checked.baseAddress)
                                rapport_hook_post(settled, &answer)
                            }
                        }
                    }
                }
            }
        }
        return try answer.reply(at: now)
    }
}

extension rapport_hook_answer {
    fileprivate func reply(at now: () -> Timestamp) throws(HookFailure) -> HookReply {
        guard status > 0 else { throw HookFailure(.unreachable, reason: Self.text(words)) }
        let kept = withUnsafeBytes(of: body) { Array($0.prefix(length)) }
        let asked = Self.text(retry_after)
        return HookReply(
            status: Int(status), body: kept,
            retryAfter: asked.isEmpty ? nil : RetryAfter.pause(asked, at: now()))
    }

    private static func text<Buffer>(_ buffer: Buffer) -> String {
        withUnsafeBytes(of: buffer) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension IPAddress {
    fileprivate var cValue: rapport_hook_address {
        var value = rapport_hook_address()
        let bytes = bytes
        value.length = UInt8(bytes.count)
        withUnsafeMutableBytes(of: &value.bytes) { $0.copyBytes(from: bytes) }
        return value
    }
}

/// What waits for a thread, and the threads.
final class HookQueue: Sendable {
    struct Order: Sendable {
        let work: @Sendable () -> Void
        let refuse: @Sendable () -> Void
    }

    private struct State {
        var waiting: [Order] = []
        /// Threads that work on an order.
        var busy = 0
        var threads = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let most: Int
    private let mostWaiting: Int

    init(threads: Int, waiting: Int) {
        most = threads
        mostWaiting = waiting
    }

    func add(_ order: Order) {
        let (isTaken, number) = state.withLock { state -> (Bool, Int?) in
            guard !state.isClosed, state.waiting.count < mostWaiting else { return (false, nil) }
            state.waiting.append(order)
            guard state.waiting.count + state.busy > state.threads, state.threads < most else {
                return (true, nil)
            }
            state.threads += 1
            return (true, state.threads)
        }
        guard isTaken else { return order.refuse() }
        if let number {
            let thread = Thread { [self] in serve() }
            thread.name = "hook \(number)"
            thread.stackSize = 512 * 1024
            thread.start()
        }
        arrived.signal()
    }

    private func serve() {
        while let order = next() {
            order.work()
            state.withLock { $0.busy -= 1 }
        }
    }

    private func next() -> Order? {
        arrived.wait()
        let order = state.withLock { state -> Order? in
            guard !state.waiting.isEmpty else { return nil }
            state.busy += 1
            return state.waiting.removeFirst()
        }
        // The next thread is woken by the one that went home.
        if order == nil { arrived.signal() }
        return order
    }

    func close() {
        state.withLock { $0.isClosed = true }
        arrived.signal()
    }
}
