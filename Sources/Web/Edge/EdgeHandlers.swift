import Hummingbird
import NIOCore
import NIOHTTPTypes

/// What one connection is doing, and until when it may.
private final class ConnectionClock {
    enum Phase {
        case idle, head
        case body(begun: NIODeadline, bytes: Int)
        case answering
    }

    private let limits: EdgeLimits
    private(set) var phase = Phase.idle
    private var unwritten = 0
    private var phaseDeadline: NIODeadline?
    private var writeDeadline: NIODeadline?
    private var alarm: Scheduled<Void>?
    private var alarmAt = NIODeadline.distantFuture
    private var isClosed = false
    private let channel: any Channel

    init(limits: EdgeLimits, channel: any Channel) {
        self.limits = limits
        self.channel = channel
        enter(.idle)
    }

    func enter(_ phase: Phase) {
        self.phase = phase
        let now = NIODeadline.now()
        switch phase {
        case .idle: phaseDeadline = now + .seconds(limits.idleSeconds)
        case .head: phaseDeadline = now + .seconds(limits.headSeconds)
        case .body(let begun, let bytes):
            let earned = begun + .seconds(limits.bodyGraceSeconds + Int64(bytes / limits.bodyBytesPerSecond))
            // A body that comes at a mebibyte or more is an upload and lives by its rate alone.
            phaseDeadline = bytes > 1 << 20 ? earned : min(earned, begun + .seconds(limits.bodySeconds))
        case .answering: phaseDeadline = nil
        }
        arm()
    }

    func received(_ bytes: Int) {
        switch phase {
        case .idle: enter(.head)
        case .body(let begun, let before): enter(.body(begun: begun, bytes: before + bytes))
        case .head, .answering: break
        }
    }

    func writing() {
        unwritten += 1
        if unwritten == 1 { progress() }
    }
    func written() {
        unwritten -= 1
        progress()
    }
    private func progress() {
        writeDeadline = unwritten > 0 ? .now() + .seconds(limits.stallSeconds) : nil
        arm()
    }

    func close() {
        isClosed = true
        alarm?.cancel()
        alarm = nil
    }

    /// One alarm at a time: one that rings early is set again for what is left, one that would ring late is
    /// moved.
    private func arm() {
        guard !isClosed, let deadline = [phaseDeadline, writeDeadline].compactMap({ $0 }).min() else {
            return
        }
        if alarm != nil, deadline >= alarmAt { return }
        alarm?.cancel()
        alarmAt = deadline
        let clock = NIOLoopBound(self, eventLoop: channel.eventLoop)
        alarm = channel.eventLoop.scheduleTask(deadline: deadline) { clock.value.ring() }
    }

    private func ring() {
        alarm = nil
        let now = NIODeadline.now()
        guard let deadline = [phaseDeadline, writeDeadline].compactMap({ $0 }).min() else { return }
        if deadline <= now { channel.close(promise: nil) } else { arm() }
    }
}

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

    private let limits: EdgeLimits
    private let counter: ConnectionCounter
    private var clock: ConnectionClock?
    private var address: String?

    init(limits: EdgeLimits, counter: ConnectionCounter) {
        self.limits = limits
        self.counter = counter
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let from = context.channel.remoteAddress?.ipAddress ?? "local"
        guard counter.open(from: from) else { return context.close(promise: nil) }
        address = from
        let clock = ConnectionClock(limits: limits, channel: context.channel)
        self.clock = clock
        try? context.pipeline.syncOperations.addHandler(EdgeBytesHandler(clock: clock), position: .first)
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
        case .head: clock?.enter(.body(begun: .now(), bytes: 0))
        case .body: break
        case .end: clock?.enter(.answering)
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), case .answering = clock?.phase { clock?.enter(.idle) }
        context.write(data, promise: promise)
    }
}
