import Formats
import Foundation
import Surveys

/// Rows that are no answers, with line and reason, made with the first of them. Beside the file that they
/// come from; where that folder may not be written, in the current one, else among the temporary files.
/// That none of these can be written is said, and stops no import.
final class RefusedFile {
    enum Outcome {
        /// No row was refused, or nobody wants them.
        case nothing
        case written(String)
        case failed(String)

        var path: String? {
            if case .written(let path) = self { path } else { nil }
        }
    }

    private let places: [URL]
    private let headings: [String]
    private var url: URL?
    private var handle: FileHandle?
    private var failure: String?

    /// Nothing is written where `places` is empty. A file of an earlier run is taken away.
    init(_ places: [URL], headings: [String]) {
        self.places = places
        self.headings = headings
        let files = FileManager.default
        guard let first = places.first,
            let kind = try? files.attributesOfItem(atPath: first.path)[.type] as? FileAttributeType,
            kind == .typeRegular
        else { return }
        try? files.removeItem(at: first)
    }

    static func places(for file: URL, asked: String?) -> [URL] {
        if let asked { return [URL(filePath: asked)] + places(for: file, asked: nil).dropFirst() }
        let beside = file.deletingPathExtension().appendingPathExtension("refused.csv")
        let folders = [FileManager.default.currentDirectoryPath, NSTemporaryDirectory()]
        return [beside] + folders.map { URL(filePath: $0).appending(path: beside.lastPathComponent) }
    }

    func add(_ rows: [(row: ImportRow, reason: ImportRefusal)]) {
        if rows.isEmpty || places.isEmpty || failure != nil { return }
        var bytes: [UInt8] = []
        if handle == nil {
            open()
            CSVWriter.plain.write((["line", "reason"] + headings).map(CSVCell.text), into: &bytes)
        }
        for (row, reason) in rows {
            CSVWriter.plain.write(
                [.integer(row.line), .text(reason.rawValue)] + row.cells.map(CSVCell.text), into: &bytes)
        }
        do {
            try handle?.write(contentsOf: bytes)
        } catch {
            failure = error.localizedDescription
        }
    }

    private func open() {
        for place in places {
            guard let opened = FileHandle(replacing: place.path) else { continue }
            (url, handle) = (place, opened)
            return
        }
        failure = places.map(\.path).joined(separator: ", ") + " cannot be written."
    }

    func close() -> Outcome {
        if let failure { return .failed(failure) }
        guard let handle, let url else { return .nothing }
        do { try handle.close() } catch { return .failed(error.localizedDescription) }
        return .written(url.path)
    }
}
