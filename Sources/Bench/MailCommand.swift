import ArgumentParser
import CCurl
import Dispatch

/// `rapport-bench mail`: one fixed message by libcurl, again and again, from four threads with one kept
/// connection each, as the product has them. Prints messages a second as JSON.
struct MailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Hand a fixed message to a relay by libcurl alone.")

    @Option(name: .long, help: "smtp://host:port of a relay without TLS.") var url: String
    @Option(name: .long, help: "Messages.") var count: Int
    @Option(name: .long, help: "Bytes of one message.") var size = 8000

    private static let threads = 4

    func run() throws {
        let line = String(repeating: "x", count: 74) + "\r\n"
        let head = "From: <a@mail.example>\r\nTo: <b@mail.example>\r\nSubject: One question\r\n\r\n"
        let message = Array((head + String(repeating: line, count: max(1, size / line.utf8.count))).utf8)
        let clock = ContinuousClock()
        let begun = clock.now
        DispatchQueue.concurrentPerform(iterations: Self.threads) { _ in
            send(message, times: count / Self.threads)
        }
        let took = (clock.now - begun) / .seconds(1)
        print("{\"rate\":\(Double(count / Self.threads * Self.threads) / took)}")
    }

    private func send(_ message: [UInt8], times: Int) {
        let connection = (url + "/bench.example").withCString { url in
            rapport_smtp_open(
                rapport_smtp_settings(
                    url: url, user: nil, password: nil, ca_file: nil, needs_tls: false,
                    connect_milliseconds: 5000, total_milliseconds: 60000, slow_seconds: 30))
        }
        defer { rapport_smtp_close(connection) }
        for _ in 0..<times {
            let outcome = rapport_smtp_send(
                connection, "<a@mail.example>", "<b@mail.example>", message, message.count)
            precondition(outcome.code == 0, String(cString: outcome.words))
        }
    }
}
