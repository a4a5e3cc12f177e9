package import Formats
package import HTTPTypes
package import Kernel
package import Language

/// A `DomainError` in the reader's words: RFC 9457 with `code` and `errors:[{pointer, code, detail}]`.
package struct Problem: Sendable {
    package let error: DomainError
    package let messages: Messages

    package init(_ error: DomainError, _ messages: Messages) {
        self.error = error
        self.messages = messages
    }

    package var detail: String { messages.sentence(error) }

    /// A field's sentence, by its JSON Pointer.
    package var fieldDetails: [String: String] {
        Dictionary(
            error.fields.map { ($0.pointer, sentence(of: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    package func sentence(of field: DomainError.Field) -> String {
        messages.sentence(field)
    }

    package func json(requestID: String?) -> JSONValue {
        var object: JSONObject = [
            "type": .string("/problems/\(error.code)"),
            "title": .string(error.kind.status.reasonPhrase),
            "status": .integer(Int64(error.kind.status.code)),
            "detail": .string(detail),
            "code": .string(error.code),
        ]
        if let requestID { object.set("request_id", .string(requestID)) }
        object.set(
            "errors",
            .array(
                error.fields.map { field in
                    [
                        "pointer": .string(field.pointer), "code": .string(field.code),
                        "detail": .string(sentence(of: field)),
                    ]
                }))
        return .object(object)
    }
}

extension DomainError.Kind {
    /// The one place that knows which status stands for which kind of error.
    package var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .invalid: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .gone: .gone
        case .tooLarge: .contentTooLarge
        case .unsupportedType: .unsupportedMediaType
        case .tooMany: .tooManyRequests
        case .busy: .serviceUnavailable
        }
    }
}
