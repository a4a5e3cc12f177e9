import Hummingbird
package import HummingbirdCore
import NIOCore

/// What a stranger's connection may cost us. The library has none of these limits by default.
///
/// A request's head must be here within `headSeconds` of its first byte; its body at `bodyBytesPerSecond`
/// after a grace;
/// an answer must be taken without a pause of `stallSeconds`; an idle connection is kept `idleSeconds`.
package struct EdgeLimits: Sendable {
    package var headSeconds: Int64 = 10
    package var bodyGraceSeconds: Int64 = 5
    package var bodyBytesPerSecond = 500
    package var bodySeconds: Int64 = 60
    package var idleSeconds: Int64 = 60
    package var stallSeconds: Int64 = 30
    /// How much of a body is let pass whose answer is already out, and for how long.
    package var refusedBytes = 1 << 20
    package var refusedSeconds: Int64 = 5
    /// How much a body's chunks may carry that is no content.
    package var idleBytes = 128 * 1024
    package var headBytes = 32 * 1024
    package var addressBytes = 8 * 1024
    package var headFields = 100
    /// 0 is no limit.
    package var connectionsPerAddress = 512
    package var connections = 12_000

    package init() {}

    /// An HTTP/1.1 server behind these limits.
    package var server: HTTPServerBuilder {
        let counter = ConnectionCounter(limits: self)
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [EdgePartsHandler(counter: counter)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: headBytes, maxHeaderListSize: headBytes,
                    maxHeaderFieldCount: headFields)))
    }
}
