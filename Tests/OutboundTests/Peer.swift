import Foundation

/// A program of Tests/Peers in Python, which knows nothing of our code.
final class Peer {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var rest: [UInt8] = []

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    init(_ script: String, _ arguments: String...) throws {
        process.executableURL = Self.root.appending(path: ".venv/bin/python")
        process.arguments = [Self.root.appending(path: "Tests/Peers/\(script)").path] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func feed(_ bytes: [UInt8]) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
    }

    /// The words of its next line; none at its end.
    func words() -> [String] {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                defer { rest.removeSubrange(...end) }
                return String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").map(String.init)
            }
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { return [] }
            rest += piece
        }
    }
}

/// A key as an operator makes one, and its file, for as long as this lives.
final class SigningKey {
    let path: String
    let pem: String

    init(bits: Int = 2048) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "dkim-\(UUID().uuidString).pem").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = ["genrsa", "-out", path, "\(bits)"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        pem = try String(contentsOfFile: path, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
