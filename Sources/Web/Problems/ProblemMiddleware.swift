import HTTPTypes
import Hummingbird
import Kernel
import Language
import Logging
import NIOHTTP1

/// Turns what a route throws into a problem (API) or an error page (people). Anything that is no
/// `DomainError` is a bug:
/// logged with the request id, answered without a word about the inside.
struct ProblemMiddleware: RouterMiddleware {
    let site: Site

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as DomainError {
            return answer(error, to: request, in: context)
        } catch let error as HTTPError {
            return answer(DomainError(error), to: request, in: context)
        } catch is HTTPParserError {
            // Found in the middle of a body; the connection ends with this answer.
            return answer(DomainError(.malformed, "request-malformed"), to: request, in: context)
        } catch let error as any DomainErrorConvertible {
            context.logger.warning("unavailable", metadata: ["error": "\(error)"])
            return answer(error.domainError, to: request, in: context)
        } catch {
            context.logger.error("unexpected", metadata: ["error": "\(error)"])
            return unexpected(request, context)
        }
    }

    private func answer(_ error: DomainError, to request: Request, in context: RequestScope) -> Response {
        let problem = Problem(error, .of(context.language))
        var response: Response
        if request.wantsProblemJSON {
            response = .problem(problem.json(requestID: context.id), status: error.kind.status)
        } else {
            response = site.pages.errorPage(problem, for: request, context)
        }
        if let seconds = error.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        if error.kind == .unauthenticated, request.wantsProblemJSON {
            response.headers[.wwwAuthenticate] = "Bearer"
        }
        return response
    }

    private func unexpected(_ request: Request, _ context: RequestScope) -> Response {
        let problem = Problem(DomainError(.busy, "unexpected"), .of(context.language))
        var response: Response
        if request.wantsProblemJSON {
            response = .problem(problem.json(requestID: context.id), status: .internalServerError)
        } else {
            response = site.pages.errorPage(problem, for: request, context)
        }
        response.status = .internalServerError
        return response
    }
}

extension Request {
    var wantsProblemJSON: Bool {
        uri.path.hasPrefix("/api/") || headers[.accept]?.contains("json") == true
    }
}

extension DomainError {
    /// What the router itself throws: no such path, no such method, a body that it refuses.
    fileprivate init(_ error: HTTPError) {
        switch error.status.code {
        case 404: self = .notFound
        case 405: self.init(.notFound, "no-such-method")
        case 413: self.init(.tooLarge, "body-too-large", ["max": ""])
        case 415: self.init(.unsupportedType, "content-type-not-json")
        default: self.init(.malformed, "request-malformed")
        }
    }
}
