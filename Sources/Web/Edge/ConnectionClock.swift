import NIOCore

/// What one connection is doing, and until when it may.
final class ConnectionClock {
    enum Phase {
        case idle, head
        case body(begun: NIODeadline, bytes: Int)
        case answering
        /// The answer is out and the body still comes in: some of it is let pass, as a client that is cut
        /// off in the middle of sending may never see the answer.
        case refused(bytesLeft: Int)
    }

    private let counter: ConnectionCounter
    private var limits: EdgeLimits { counter.limits }
    private var phase = Phase.idle
    /// Of this body, without what chunks add to it.
    private var content = 0
    private var unwritten = 0
    private var phaseDeadline: NIODeadline?
    private var writeDeadline: NIODeadline?
    private var alarm: Scheduled<Void>?
    private var alarmAt = NIODeadline.distantFuture
    private var isClosed = false
    private let channel: any Channel

    init(counter: ConnectionCounter, channel: any Channel) {
        self.counter = counter
        self.channel = channel
        enter(.idle)
    }

    private func enter(_ phase: Phase) {
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
        case .refused: phaseDeadline = now + .seconds(limits.refusedSeconds)
        }
        arm()
    }

    func received(_ bytes: Int) {
        switch phase {
        case .idle: enter(.head)
        case .body(let begun, let before):
            let sum = before + bytes
            // Chunks of one byte cost six; more than that is an extension that nobody reads.
            if sum - content > limits.idleBytes + 8 * content { return channel.close(promise: nil) }
            enter(.body(begun: begun, bytes: sum))
        case .refused(let left):
            if left < bytes { return channel.close(promise: nil) }
            phase = .refused(bytesLeft: left - bytes)
        case .head, .answering: break
        }
    }

    func requestBegan() {
        content = 0
        enter(.body(begun: .now(), bytes: 0))
    }
    func requestCarried(_ bytes: Int) { content += bytes }
    func requestEnded() {
        if case .refused = phase { enter(.idle) } else { enter(.answering) }
    }
    func gaveUp() { enter(.refused(bytesLeft: limits.refusedBytes)) }

    /// The answer to the request that began last is out.
    func answered() {
        switch phase {
        case .answering: enter(.idle)
        case .body: gaveUp()
        case .idle, .head, .refused: break
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

    private var deadline: NIODeadline? {
        guard let phaseDeadline, let writeDeadline else { return phaseDeadline ?? writeDeadline }
        return min(phaseDeadline, writeDeadline)
    }

    /// One alarm at a time: one that rings early is set again for what is left, one that would ring late is
    /// moved.
    private func arm() {
        guard !isClosed, let deadline else { return }
        if alarm != nil, deadline >= alarmAt { return }
        alarm?.cancel()
        alarmAt = deadline
        let clock = NIOLoopBound(self, eventLoop: channel.eventLoop)
        alarm = channel.eventLoop.scheduleTask(deadline: deadline) { clock.value.ring() }
    }

    private func ring() {
        alarm = nil
        let now = NIODeadline.now()
        guard let deadline else { return }
        if deadline <= now { channel.close(promise: nil) } else { arm() }
    }
}
