import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import NIOCore
import Web

/// What is open to anybody and belongs to no context: health, assets, the API's description, problem pages.
struct OpenRoutes: Sendable {
    /// Throws where this node cannot answer.
    let isReady: @Sendable () async throws -> Void

    func add(to table: inout RouteTable) {
        table.get("/livez", .open) { _ in .plain("ok\n") }
        table.get("/readyz", .open, use: ready)
        table.get("/assets/{name}", .open, use: SiteAssets.serve)
        table.get("/favicon.ico", .open) { call in
            try SiteAssets.file(
                named: String(SiteAssets.path(of: "favicon.svg").dropFirst("/assets/".count)),
                accepting: call.request.headers[.acceptEncoding] ?? "")
        }
        table.get("/robots.txt", .open) { _ in .plain("User-agent: *\nDisallow: /\n") }
        table.get("/openapi.json", .open) { _ in
            guard let file = Assets.named("assets/openapi.json") else { throw DomainError.notFound }
            return .bytes(Array(file.bytes), type: "application/json")
        }
        table.get("/problems/{code}", .open, use: problem)
    }

    @Sendable private func ready(_ call: Call) async throws -> Response {
        try await isReady()
        return .plain("ready\n")
    }

    /// What a problem's `type` leads to: its sentence, in the reader's language.
    @Sendable private func problem(_ call: Call) async throws -> Response {
        let code = try call.parameter("code")
        guard call.messages.has("problem.\(code)") else { throw DomainError.notFound }
        let model: [String: Any] = ["title": code, "detail": call.messages("problem.\(code)")]
        return call.site.pages.plain("problem", model, language: call.language)
    }
}

extension Response {
    static func plain(_ text: String) -> Response {
        .bytes(Array(text.utf8), type: "text/plain; charset=utf-8")
    }
}
