import Formats
import Foundation
import Insight
import Kernel
import Surveys

/// Finds out how a file of answers is built.
struct LayoutSearch: Sendable {
    let file: String
    /// As the caller mapped them.
    let columns: [(column: String, field: ImportField?)]
    let encoding: TextEncoding?

    /// Wrong options are wrong usage; a file that cannot be read is a failure.
    func layout(of part: (FileSource) -> FileSource = { $0 }) throws -> FileLayout {
        var request = ReportRequest()
        request.scale = .nps0to10
        for (column, field) in columns {
            switch field {
            case .score: request.columns[.score] = column
            case .comment: request.columns[.comment] = column
            case .time: request.columns[.time] = column
            case .id: request.columns[.id] = column
            default: break
            }
        }
        do {
            guard try FileSource.isKept(path: file) else {
                throw CommandFailure(
                    "\(file) is no file. An import reads its rows again, and goes on in them where it was "
                        + "broken off: save them first.", code: CommandFailure.usage)
            }
            return try FileLayout(part(FileSource(path: file)), request, encoding: encoding)
        } catch let error as DomainError {
            throw CommandFailure(
                CommandFailure(error).sentence,
                code: error.code == "report-empty-file" ? 1 : CommandFailure.usage)
        } catch let error as CocoaError {
            throw CommandFailure("\(file): \(error.localizedDescription)")
        }
    }
}
