import Foundation
import Glibc
import Synchronization

/// A relay on the loopback that does with each connection what the test says, however rude.
final class ScriptedRelay: Sendable {
    let port: Int
    private let listener: Int32
    /// Every line that was heard, of all connections.
    private let heard = Mutex<[String]>([])
    private let opened = Atomic(0)
    private let talks = Mutex<[Talk]>([])

    var lines: [String] { heard.withLock { $0 } }
    var connections: Int { opened.load(ordering: .relaxed) }
    /// Ends every connection.
    func hangUp() { for talk in talks.withLock({ $0 }) { talk.hangUp() } }
    func count(_ command: String) -> Int { lines.filter { $0.hasPrefix(command) }.count }

    init(_ script: @escaping @Sendable (Talk) -> Void) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        port = withUnsafeMutablePointer(to: &place) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(listener, address, size) == 0 && listen(listener, 16) == 0)
                precondition(getsockname(listener, address, &size) == 0)
            }
            return Int(UInt16(bigEndian: place.pointee.sin_port))
        }
        Thread.detachNewThread { [weak self] in
            while true {
                let wire = accept(listener, nil, nil)
                // The thread closes what it listens on, for another socket may get its number.
                guard wire >= 0, let self else {
                    _ = Glibc.close(listener)
                    return
                }
                let number = opened.add(1, ordering: .relaxed).newValue
                let talk = Talk(wire, number) { [weak self] line in self?.heard.withLock { $0.append(line) } }
                talks.withLock { $0.append(talk) }
                Thread.detachNewThread {
                    script(talk)
                    talk.close()
                }
            }
        }
    }

    deinit { _ = shutdown(listener, Int32(SHUT_RDWR)) }
}

/// One connection, from the relay's side.
final class Talk: @unchecked Sendable {  // One thread runs the script that it is given to.
    /// 1 for the relay's first connection.
    let number: Int
    private let wire: Int32
    private let note: @Sendable (String) -> Void
    private var buffer: [UInt8] = []

    init(_ wire: Int32, _ number: Int, _ note: @escaping @Sendable (String) -> Void) {
        self.wire = wire
        self.number = number
        self.note = note
        // No script hangs for ever, whatever the other side does.
        var patience = timeval(tv_sec: 50, tv_usec: 0)
        setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    func say(_ line: String) {
        let bytes = Array((line + "\r\n").utf8)
        _ = Glibc.send(wire, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// The same without an end of line; false once the other side is gone.
    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(wire, bytes, bytes.count, Int32(MSG_NOSIGNAL)) >= 0
    }

    func rest() { Thread.sleep(forTimeInterval: 0.05) }

    /// The head of a request by HTTP.
    func hearHead() { while let line = hear(), !line.isEmpty {} }

    func hangUp() { _ = shutdown(wire, Int32(SHUT_RDWR)) }

    /// The next line, or `nil` once the other side is gone.
    func hear() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<end].filter { $0 != 0x0D }, as: UTF8.self)
                buffer.removeSubrange(...end)
                note(line)
                return line
            }
            guard more() else { return nil }
        }
    }

    /// Everything up to the dot.
    func hearBody() -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = Array(buffer[...end])
                buffer.removeSubrange(...end)
                if line == Array(".\r\n".utf8) { return body }
                body += line.first == UInt8(ascii: ".") ? Array(line.dropFirst()) : line
            } else if !more() {
                return nil
            }
        }
    }

    /// So many bytes of the body, at least.
    func hear(bytes: Int) {
        var count = buffer.count
        while count < bytes, more() {
            count += buffer.count
            buffer = []
        }
    }

    /// Answers each command up to `last` kindly; `false` once the other side is gone.
    func welcome(upTo last: String) -> Bool {
        say("220 relay.example.org ESMTP")
        return goOn(upTo: last)
    }

    func goOn(upTo last: String) -> Bool {
        while let line = hear() {
            if line.hasPrefix(last) { return true }
            say(line.hasPrefix("DATA") ? "354 go on" : "250 2.0.0 Ok")
        }
        return false
    }

    /// Until the other side has nothing more to say.
    func drain() { while more() { buffer = [] } }

    func closeRudely() {
        var never = linger(l_onoff: 1, l_linger: 0)
        setsockopt(wire, SOL_SOCKET, SO_LINGER, &never, socklen_t(MemoryLayout<linger>.size))
    }

    func close() {
        _ = Glibc.close(wire)
    }

    private func more() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(wire, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }
}
