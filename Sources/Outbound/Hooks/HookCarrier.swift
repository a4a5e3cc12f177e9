/// Who posts a message to an address that an account has named: a webhook or a robot of a chat.
package protocol HookCarrier: Sendable {
    /// Returns whatever the other side answers, redirects and errors too. Throws `HookFailure` where it
    /// answered nothing.
    func post(_ request: HookRequest) async throws -> HookReply
}

/// One POST to somebody else's server.
package struct HookRequest: Equatable, Sendable {
    package struct Header: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package let url: String
    package let headers: [Header]
    package let body: [UInt8]

    package init(url: String, headers: [Header], body: [UInt8]) {
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// What the other side said.
package struct HookReply: Equatable, Sendable {
    package let status: Int
    /// The first 4,096 bytes; the rest is not read.
    package let body: [UInt8]
    /// How long it asks to be left alone (`Retry-After`, RFC 9110, 10.2.3).
    package let retryAfter: Duration?

    package init(status: Int, body: [UInt8] = [], retryAfter: Duration? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }
}

/// A message to which nobody answered.
package struct HookFailure: Error, Equatable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// The address is none that may be called: private, malformed, not https.
        case forbidden
        /// No connection, no answer in time, a broken one.
        case unreachable
    }

    package let kind: Kind
    /// For the operator and for whoever named the address.
    package let reason: String

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
