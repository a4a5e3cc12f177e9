package import Formats
import Kernel
package import Language
import Statistics
import Surveys

extension FileReport {
    /// The report for programs: full precision, points; sentences in the reader's language.
    package func json(_ messages: Messages) -> JSONObject {
        let words = ReportWords(report: self, messages: messages)
        var json: JSONObject = [
            "rows": .integer(Int64(rows)), "answered": .integer(Int64(answered)),
            "valid": .integer(Int64(valid)),
            "refused": .object(refusedJSON), "undated": .integer(Int64(undated)),
            "filtered_out": .integer(Int64(filteredOut)),
            "columns": .object(
                JSONObject(ColumnRole.allCases.map { ($0.rawValue, JSONValue(columns[$0]?.heading)) })),
            "scale": .string(scale.rawValue), "metric": .string(scale.metric.rawValue),
            "interval": .string(interval.rawValue), "encoding": .string(reading.encoding.rawValue),
            "overall": .object(overall.json),
            "distribution": .object(
                JSONObject(zip(scale.scores, overall.histogram.counts).map { ("\($0)", .integer(Int64($1))) })
            ),
            "series": .array(series.map { .object($0.json) }),
            "groups": .object(
                JSONObject(groups.map { ($0.column, .array($0.rows.map { .object($0.json) })) })),
        ]
        if let smallest = smallestChange {
            json.set(
                "smallest_change",
                ["difference": .number(smallest.points), "answers": .integer(Int64(smallest.answers))])
        }
        json.set("terms", terms.map { .array($0.findings.map { .object($0.json) }) } ?? .null)
        json.set("findings", .array(words.findings.map(JSONValue.string)))
        json.set("notes", .array(words.notes.map(JSONValue.string)))
        return json
    }

    /// Reasons that happened.
    private var refusedJSON: JSONObject {
        JSONObject(
            Refusal.allCases.compactMap { reason in
                refused[reason].map { (reason.rawValue, .integer(Int64($0))) }
            })
    }
}

extension JSONValue {
    fileprivate init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
}

extension PeriodFinding {
    fileprivate var json: JSONObject {
        [
            "start": .string("\(start)"), "figure": .object(figure.json),
            "change": change.map { .object($0.json) } ?? .null,
        ]
    }
}

extension ChangeFinding {
    fileprivate var json: JSONObject {
        var json: JSONObject = [
            "difference": .number(difference), "low": .number(limits.low), "high": .number(limits.high),
            "p": .number(p), "q": .number(q),
        ]
        if let mix { json.set("mix", .object(mix.json)) }
        return json
    }
}

extension MixFinding {
    fileprivate var json: JSONObject {
        [
            "column": .string(column),
            "adjusted": [
                "difference": .number(adjusted), "se": .number(standardError), "p": .number(p),
            ],
            "effect": .number(effect),
            "strata": .array(
                strata.map { stratum in
                    [
                        "keys": .array(stratum.keys.map { JSONValue($0) }),
                        "share_before": .number(stratum.shareBefore),
                        "share_after": .number(stratum.shareAfter),
                        "rate": .number(stratum.rate), "mix": .number(stratum.mix),
                    ]
                }),
            "merged": .array(merged.map { JSONValue($0) }),
        ]
    }
}

extension GroupFinding.Row {
    fileprivate var json: JSONObject {
        [
            "key": JSONValue(key), "figure": .object(figure.json), "shrunk": JSONValue(shrunk),
            "p": JSONValue(p),
            "q": JSONValue(q),
        ]
    }
}

extension TermFinding {
    fileprivate var json: JSONObject {
        [
            "term": .string(term), "detractors": .integer(Int64(low)), "promoters": .integer(Int64(high)),
            "z": .number(z), "q": .number(q), "quotes": .array(quotes.map(JSONValue.string)),
        ]
    }
}
