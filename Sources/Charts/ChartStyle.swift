/// The sheet of charts that stand alone, in a report of one file. The front end carries the same rules over
/// its own variables; a test holds the two together.
package enum ChartStyle {
    /// CSS. Touches nothing outside `.chart` and `.sparkline`.
    package static var sheet: String { variables + rules }

    private static var variables: String {
        let colours = Paint.allCases.map { paint in
            let value =
                paint == .wash
                ? "light-dark(rgb(29 27 22 / 12%), rgb(236 231 220 / 16%))"
                : "light-dark(\(paint.light), \(paint.dark))"
            return "--\(paint):\(value)"
        }
        return ":is(.chart,.sparkline){\(colours.joined(separator: ";"))}\n"
    }

    /// A class for each paint, as filling and as stroke, and what shows at which width.
    static let rules =
        Paint.allCases.map { paint in
            """
            :is(.chart,.sparkline) .f-\(paint){fill:var(--\(paint));fill-opacity:1}
            :is(.chart,.sparkline) .s-\(paint){stroke:var(--\(paint));stroke-opacity:1}

            """
        }.joined() + """
            .chart{margin:0;container:chart/inline-size;color:var(--ink);font-variant-numeric:tabular-nums}
            .chart figcaption{display:grid;gap:2px;margin-block-end:12px}
            .chart figcaption strong{font-weight:620;line-height:1.25}
            .chart figcaption span{color:var(--soft);font-size:13px}
            .chart svg{display:block;overflow:visible}
            .chart svg text{font-family:inherit}
            .chart svg text{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
            .chart .datum:hover .f-ink:not(text){fill:var(--accent)}
            .chart svg.narrow{display:none}
            @container chart (max-width:519.98px){
            .chart .wide{display:none}
            .chart svg.narrow{display:block}
            .chart .slim{display:inline}
            .chart .drop{transform:translateY(16px)}
            }
            .chart .chart-table{margin-block-start:8px;font-size:13px}
            .chart .chart-table summary{color:var(--soft);inline-size:fit-content;cursor:pointer}
            .chart .scroll{overflow-x:auto}
            .chart table{inline-size:100%;border-collapse:collapse}
            .chart caption{padding-block:8px;color:var(--soft);text-align:start}
            .chart :is(th,td){padding:4px 12px 4px 0;text-align:start;font-weight:400}
            .chart :is(th,td){border-block-end:1px solid var(--line)}
            .chart thead th{color:var(--soft);font-weight:500}
            .chart .number{text-align:end;white-space:nowrap}
            @media print{.chart .chart-table{display:none}.chart{break-inside:avoid}}

            """
}
