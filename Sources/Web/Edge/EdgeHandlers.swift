import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Before the HTTP decoder: sees bytes come and go.
private final class EdgeBytesHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let clock: ConnectionClock

    init(clock: ConnectionClock) { self.clock = clock }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        clock.received(unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        clock.writing()
        let done = promise ?? context.eventLoop.makePromise(of: Void.self)
        let clock = NIOLoopBound(clock, eventLoop: context.eventLoop)
        done.futureResult.whenComplete { _ in clock.value.written() }
        context.write(data, promise: done)
    }
}

/// After the HTTP decoder: sees requests begin and end, and puts the byte counter in front of it.
final class EdgePartsHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    private let counter: ConnectionCounter
    private var clock: ConnectionClock?
    private var address: String?
    /// Requests that began and answers that are out, on this connection.
    private var begun = 0, answered = 0

    init(counter: ConnectionCounter) { self.counter = counter }

    func handlerAdded(context: ChannelHandlerContext) {
        let from = context.channel.remoteAddress?.ipAddress ?? "local"
        guard counter.open(from: from) else { return context.close(promise: nil) }
        address = from
        let clock = ConnectionClock(counter: counter, channel: context.channel)
        self.clock = clock
        // Each connection keeps what it first reads into; it grows with what is sent.
        let buffers = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65536)
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: buffers)
        let pipeline = context.pipeline.syncOperations
        try? pipeline.addHandler(EdgeBytesHandler(clock: clock), position: .first)
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            try? pipeline.addHandler(
                EdgeHeadHandler(addressBytes: counter.limits.addressBytes), position: .after(decoder))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        release()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { release() }

    private func release() {
        clock?.close()
        if let address { counter.close(from: address) }
        address = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            begun += 1
            clock?.requestBegan()
        case .body(let bytes): clock?.requestCarried(bytes.readableBytes)
        case .end: clock?.requestEnded()
        }
        context.fireChannelRead(data)
    }

    /// What the decoder refuses ends the connection, and sending on and on does not put that off.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        clock?.gaveUp()
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            answered += 1
            // A client may send a request behind the other; then the clock is that one's already.
            if answered == begun { clock?.answered() }
        }
        context.write(data, promise: promise)
    }
}
