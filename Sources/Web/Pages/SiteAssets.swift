import HTTPTypes
package import Hummingbird
import Kernel
import Language
import NIOCore

/// Style sheets, scripts, fonts and icons: fingerprinted names, so that a browser keeps them for a year.
package enum SiteAssets {
    /// `/assets/app.1a2b3c.css` for `app.css`; the plain name where the build made no fingerprint.
    package static func path(of name: String) -> String { "/assets/" + (manifest[name] ?? name) }

    /// The text of an asset that a page carries inline.
    package static func text(of name: String) -> String {
        Assets.named("assets/" + (manifest[name] ?? name))?.text ?? ""
    }

    private static let manifest: [String: String] = {
        guard let file = Assets.named("assets/manifest") else { return [:] }
        let pairs = file.text.split(separator: "\n").map {
            $0.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
    }()

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
        "woff2": "font/woff2", "png": "image/png", "ico": "image/x-icon", "txt": "text/plain; charset=utf-8",
    ]

    /// `GET /assets/{name}`, in br or gzip where the browser takes it.
    package static func serve(_ call: Call) throws -> Response {
        try file(named: call.parameter("name"), accepting: call.request.headers[.acceptEncoding] ?? "")
    }

    package static func file(named name: String, accepting: String) throws -> Response {
        guard let type = types[String(name.split(separator: ".").last ?? "")],
            let plain = Assets.named("assets/\(name)")
        else { throw DomainError.notFound }
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "public, max-age=31536000, immutable",
            .vary: "Accept-Encoding",
        ]
        for (encoding, ending) in [("br", "br"), ("gzip", "gz")] where accepting.contains(encoding) {
            guard let packed = Assets.named("assets/\(name).\(ending)") else { continue }
            headers[.contentEncoding] = encoding
            return Response(
                status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: packed.bytes)))
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: plain.bytes)))
    }
}
