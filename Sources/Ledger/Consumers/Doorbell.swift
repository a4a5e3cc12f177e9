/// Wakes one loop. Rings while the loop is at work are remembered as one.
package struct Doorbell: Sendable {
    package let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() { (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Never blocks: a database may call it after each commit.
    package func ring() { continuation.yield() }

    /// Rings by itself until cancelled, for what no ring of this process tells of.
    package func ring(every pause: Duration) async {
        while (try? await Task.sleep(for: pause)) != nil { ring() }
    }
}
