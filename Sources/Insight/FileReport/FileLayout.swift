package import Formats
import Kernel

/// How a file is built, as a report finds it out: which column is what, and how its dates are written.
package struct FileLayout: Equatable, Sendable {
    package let headings: [String]
    package let columns: ReportColumns
    package let order: DateOrder
    package let encoding: TextEncoding
    package let delimiter: CSVReader.Delimiter

    /// Reads the whole file once. Throws `DomainError` where a column named is not there, or none holds
    /// scores.
    package init(
        _ source: FileSource, _ request: ReportRequest, encoding: TextEncoding? = nil
    ) throws {
        let (plan, found) = try FileReport.survey(source, request, encoding)
        (headings, columns, order) = (plan.headings, plan.columns, plan.order)
        (self.encoding, delimiter) = found
    }
}
