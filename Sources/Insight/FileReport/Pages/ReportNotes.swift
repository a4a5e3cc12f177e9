import Formats
import Kernel
import Language
import Statistics
import Surveys

/// How the file was read and what was guessed, so that the reader can doubt it.
extension ReportWords {
    var notes: [String] {
        columnNotes + [scaleNote, encodingNote] + doubts + rowNotes + dateNotes + groupNotes
            + mergedNotes + termNotes + [self("note.method")]
    }

    private var columnNotes: [String] {
        ColumnRole.allCases.map { role in
            guard let choice = report.columns[role] else {
                return self("note.no-column", ["role": .string(role.rawValue)])
            }
            return self(
                "note.column",
                [
                    "role": .string(role.rawValue), "column": .string(choice.heading),
                    "source": .string(choice.source.rawValue),
                ])
        } + report.reading.repeatedHeadings.map { self("note.repeated", ["column": .string($0)]) }
    }

    private var scaleNote: String {
        self(
            "note.scale",
            [
                "scale": .string(report.scale.rawValue),
                "source": report.reading.isScaleNamed ? "named" : "guessed",
            ])
    }

    private var encodingNote: String {
        self(
            "note.encoding",
            [
                "encoding": .string(report.reading.encoding.rawValue),
                "source": report.reading.isEncodingNamed ? "named" : "detected",
                "delimiter": .string("\(report.reading.delimiter)"),
            ])
    }

    var doubts: [String] {
        report.reading.doubts.map { self("doubt.\($0.rawValue)", ["count": .int(report.valid)]) }
    }

    private var rowNotes: [String] {
        var notes: [String] = []
        if !report.reading.filters.isEmpty {
            let filters = report.reading.filters.map { "\($0.column) = \($0.value)" }
            notes.append(
                self(
                    "filtered",
                    ["filters": .string(list(filters)), "count": .int(report.filteredOut)]))
        }
        let unassigned = report.overall.histogram.bands.unassigned
        if unassigned > 0 { notes.append(self("note.unassigned", ["count": .int(unassigned)])) }
        if report.refused[.unreadableRow] != nil { notes.append(self("note.unreadable")) }
        return notes
    }

    private var dateNotes: [String] {
        guard report.columns[.time] != nil else { return [] }
        var notes: [String] = []
        if report.undated > 0 { notes.append(self("undated", ["count": .int(report.undated)])) }
        if report.reading.evidence != .plain {
            notes.append(
                self(
                    "note.order",
                    [
                        "order": report.reading.order == .dayFirst ? "day" : "month",
                        "evidence": .string(report.reading.evidence.rawValue),
                    ]))
        }
        return notes
    }

    private var groupNotes: [String] {
        var notes: [String] = []
        if !report.groups.isEmpty {
            notes.append(
                self(
                    "note.groups",
                    [
                        "source": report.reading.areGroupsNamed ? "named" : "guessed",
                        "columns": .string(list(report.groups.map(\.column))),
                    ]))
            notes.append(self("note.shrunk"))
        }
        notes += report.groups.filter(\.repeatsScore).map {
            self("note.copy", ["column": .string($0.column)])
        }
        let ratings = report.groups.filter(\.isRating).map(\.column)
        if !ratings.isEmpty, !report.reading.areGroupsNamed {
            notes.append(self("note.ratings", ["columns": .string(list(ratings))]))
        }
        if !report.reading.unused.isEmpty {
            notes.append(self("note.unused", ["columns": .string(list(report.reading.unused))]))
        }
        return notes
    }

    private var mergedNotes: [String] {
        provenChanges.prefix(Self.mostChanges).compactMap { period in
            guard let mix = period.change?.mix, !mix.merged.isEmpty else { return nil }
            return self(
                "note.merged",
                [
                    "period": .string(self.period(period.start)), "column": .string(mix.column),
                    "values": .string(list(mix.merged.map(key), most: 5)),
                ])
        }
    }

    private var termNotes: [String] {
        guard let terms = report.terms, terms.read < terms.comments else { return [] }
        return [self("note.read", ["read": .int(terms.read), "comments": .int(terms.comments)])]
    }
}
