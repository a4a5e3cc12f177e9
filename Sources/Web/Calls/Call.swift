package import Formats
import HTTPTypes
package import Hummingbird
package import Kernel
package import Language

/// One request on its way to one route, with what a handler may ask of it.
package struct Call: Sendable {
    package let request: Request
    package let scope: RequestScope
    package let site: Site
    /// All bytes of the body; empty on a route that streams, which reads `request.body` itself.
    package let body: [UInt8]

    package var language: ReaderLanguage { scope.language }
    package var messages: Messages { Messages.of(language) }

    /// The caller. A route that is not open always has one.
    package func principal() throws -> Principal {
        guard let principal = scope.principal else { throw DomainError(.unauthenticated, "session-ended") }
        return principal
    }
    package func account() throws -> Int64 { try principal().accountID }

    /// A path parameter as an id; anything that is no id of that noun is unknown.
    package func id<Tag>(_ name: String = "id") throws -> Identifier<Tag> {
        guard let text = scope.parameters.get(name), let id = Identifier<Tag>(text) else {
            throw DomainError.notFound
        }
        return id
    }
    package func parameter(_ name: String) throws -> String {
        guard let text = scope.parameters.get(name) else { throw DomainError.notFound }
        return text
    }

    /// The query's fields in their order, repeated names kept.
    package func query() throws -> FormFields {
        do {
            return try FormFields(parsing: request.uri.query ?? "")
        } catch {
            throw DomainError(.malformed, "query-malformed")
        }
    }

    package var idempotencyKey: String? { request.headers[.idempotencyKey] }
    /// Without the query.
    package var path: String { request.uri.path }

    /// A JSON object as a reader of fields.
    package func json() throws -> JSONInput {
        if let type = request.headers[.contentType], !type.lowercased().contains("json") {
            throw DomainError(.unsupportedType, "content-type-not-json")
        }
        return try JSONInput(body)
    }

    /// A form as a reader of fields.
    package func form() throws -> FormInput {
        let type = request.headers[.contentType]?.lowercased() ?? "application/x-www-form-urlencoded"
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            throw DomainError(.unsupportedType, "content-type-not-form")
        }
        do {
            return FormInput(try FormFields(parsing: body))
        } catch {
            throw DomainError(.malformed, "form-malformed")
        }
    }

    /// `limit` (1 to 200, 50 when left out) and `cursor` of a list.
    package func pageRequest() throws -> PageRequest {
        let query = try query()
        let cursor = query["cursor"].flatMap { $0.isEmpty ? nil : $0 }
        guard let text = query["limit"] else { return PageRequest(cursor: cursor) }
        guard let limit = Int(text), (1...PageRequest.largest).contains(limit) else {
            throw DomainError.invalid(
                "/limit", "out-of-range", ["min": "1", "max": String(PageRequest.largest)])
        }
        return PageRequest(limit: limit, cursor: cursor)
    }
}
