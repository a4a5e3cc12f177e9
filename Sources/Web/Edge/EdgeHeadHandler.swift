import NIOCore
import NIOHTTP1

/// Between the HTTP decoder and everything that believes it: refuses heads that two programs in a row could
/// read as two different requests, and addresses that are too long. After a refusal nothing more is read.
final class EdgeHeadHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let addressBytes: Int
    private var hasRefused = false

    init(addressBytes: Int) { self.addressBytes = addressBytes }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if hasRefused { return }
        if case .head(let head) = unwrapInboundIn(data), let fault = fault(in: head) {
            hasRefused = true
            // Answered with 400 by who answers the decoder's own refusals.
            return context.fireErrorCaught(fault)
        }
        context.fireChannelRead(data)
    }

    private func fault(in head: HTTPRequestHead) -> HTTPParserError? {
        if head.uri.utf8.count > addressBytes { return .invalidURL }
        let hosts = head.headers["host"]
        if hosts.count > 1 || (hosts.isEmpty && head.version == .http1_1) { return .invalidHeaderToken }
        return hosts.allSatisfy(Self.isHost) ? nil : .invalidHeaderToken
    }

    /// Host and port as RFC 3986 spells them.
    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    || "-._~:[]%!$&'()*+,;=".utf8.contains(byte)
            }
    }
}
