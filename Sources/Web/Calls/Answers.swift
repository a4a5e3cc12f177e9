package import Formats
package import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore

/// What an API route answers: kept as it is under an idempotency key.
package struct APIAnswer: Sendable, Equatable {
    package let status: HTTPResponse.Status
    package let body: JSONValue?

    package init(_ status: HTTPResponse.Status, _ body: JSONValue?) {
        self.status = status
        self.body = body
    }

    package var response: Response { body.map { .json($0, status: status) } ?? Response(status: status) }
}

extension Response {
    package static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        bytes(value.encoded(), type: "application/json", status: status)
    }

    static func problem(_ value: JSONValue, status: HTTPResponse.Status) -> Response {
        bytes(value.encoded(), type: "application/problem+json", status: status)
    }

    package static func bytes(_ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    package static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        bytes(Array(text.utf8), type: "text/html; charset=utf-8", status: status)
    }

    /// 303: what was posted is done, look there.
    package static func seeOther(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location, .cacheControl: "no-store"])
    }

    /// The list shape of the API: `{"data", "next_cursor", "has_more"}`.
    package static func list<Item>(_ page: Page<Item>, _ encode: (Item) -> JSONValue) -> Response {
        .json([
            "data": .array(page.items.map(encode)),
            "next_cursor": page.nextCursor.map { .string($0) } ?? .null,
            "has_more": .bool(page.nextCursor != nil),
        ])
    }

    package mutating func addCookie(_ cookie: String) {
        headers.append(HTTPField(name: .setCookie, value: cookie))
    }
}

extension JSONValue {
    /// The text, or null.
    package static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    package static func time(_ value: Timestamp?) -> JSONValue { value.map { .string($0.rfc3339) } ?? .null }
    package static func id<Tag>(_ value: Identifier<Tag>?) -> JSONValue {
        value.map { .string($0.description) } ?? .null
    }
}
