import Alerts
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import NIOCore
import Web

/// `GET /api/v1/stream`: what happens in an account, as it happens, by server-sent events.
struct StreamRoutes: Sendable {
    let feed: LiveFeed

    func add(to table: inout RouteTable) {
        table.get("/api/v1/stream", .api(.readResponses), isHeld: true, use: open)
        table.get("/stream", .page(.readResponses), isHeld: true, use: openPage)
    }

    @Sendable private func open(_ call: Call) async throws -> Response {
        let secret = String((call.request.headers[.authorization] ?? "").dropFirst(7))
        return try await open(call, as: .bearer(secret))
    }

    /// A page's script knows where the account stood when the page was made and cannot send a header.
    @Sendable private func openPage(_ call: Call) async throws -> Response {
        let token = call.site.sessionToken(in: call.request) ?? ""
        return try await open(call, after: try call.query()["after"], as: .session(token))
    }

    /// With `Last-Event-ID` all that came after it, once each; without it, what comes from now on.
    private func open(_ call: Call, after: String? = nil, as caller: Credential) async throws -> Response {
        let account = try call.account()
        let head = try await feed.head(account: account)
        var start = head
        if let text = call.request.headers[.lastEventID] ?? after {
            // A position that has not been yet belongs to a database that was restored since.
            guard let position = Int(text), (0...head).contains(position) else {
                throw DomainError.invalid("/Last-Event-ID", "out-of-range", ["min": "0", "max": "\(head)"])
            }
            start = position
        }
        let conversation = Conversation(
            feed: feed, caller: caller, account: account, head: head, start: start)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no"],
            body: .init { writer in
                try await conversation.hold(&writer)
                try await writer.finish(nil)
            })
    }
}

/// One listener's connection, until it leaves, loses its right or the server ends.
private struct Conversation: Sendable {
    private static let beat = ByteBuffer(string: ":\n\n")

    let feed: LiveFeed
    let caller: Credential
    let account: Int64
    let head: Int
    let start: Int

    func hold(_ writer: inout any ResponseBodyWriter) async throws {
        let listener = feed.listen(account: account, head: head, as: caller)
        defer { feed.leave(listener) }
        guard var permissions = try await feed.permissions(of: listener) else { return }
        var position = start
        // Who lost a server comes back within five seconds, and not all at once.
        try await writer.write(ByteBuffer(string: "retry: \(1000 + listener.number * 617 % 4000)\n\n"))
        for await ring in listener.rings {
            if case .beat(let now) = ring {
                permissions = now
                try await writer.write(Self.beat)
            }
            while true {
                let messages = try await feed.messages(after: position, account: account)
                guard let last = messages.last else { break }
                // Whoever was shut out meanwhile hears nothing more, not even that.
                if messages.contains(where: { $0.kind.mayShutOut }) {
                    guard let now = try await feed.permissions(of: listener) else { return }
                    permissions = now
                }
                let heard = messages.filter { permissions.contains(EventMessage.permission(for: $0.kind)) }
                if !heard.isEmpty {
                    try await writer.write(ByteBuffer(string: heard.map(\.block).joined()))
                }
                position = last.position
            }
        }
    }
}

extension EventKind {
    fileprivate var mayShutOut: Bool { ["token", "member", "account"].contains(noun) }
}

extension HTTPField.Name {
    static let lastEventID = Self("Last-Event-ID")!
    static let xAccelBuffering = Self("X-Accel-Buffering")!
}
