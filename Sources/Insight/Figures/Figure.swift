package import Formats
package import Statistics
package import Surveys

/// A score as it may be shown: never without n and limits. All values in points (NPS, -100...100) or percent
/// (share of the top box, 0...100), but for `mean`, which is in the unit of the scale.
package struct Figure: Equatable, Sendable {
    /// How -10..10 is read: bands only, or bands weighted by a tenth of the score.
    package enum Method: String, Sendable { case strict, weighted }

    package let histogram: ScoreHistogram
    package let method: Method
    /// `nil` without answers.
    package let value: Double?
    package let limits: Limits?

    package init(_ histogram: ScoreHistogram, method: Method = .strict) {
        self.histogram = histogram
        self.method = method
        let estimate = Self.estimate(histogram, method)
        value = estimate.map { $0.value * 100 }
        limits = estimate.map { $0.limits.points }
    }

    package var n: Int { histogram.n }
    package var scale: Scale { histogram.scale }
    /// What it is the mean of, for tests against another.
    package var moments: Moments { histogram.moments(method) }

    /// Value and limits in points; `nil` without answers.
    package var estimate: Estimate? {
        guard let value, let limits else { return nil }
        return Estimate(value: value, limits: limits)
    }

    /// The mean of the raw scores.
    package var mean: Double? { histogram.scoreMoments.mean }
    /// Student's limits of that mean; `nil` for fewer than two answers.
    package var meanLimits: Limits? { Limits.mean(histogram.scoreMoments) }

    private static func estimate(_ histogram: ScoreHistogram, _ method: Method) -> Estimate? {
        guard histogram.n > 0 else { return nil }
        guard histogram.scale.metric == .nps else {
            let (top, n) = (histogram.top, histogram.n)
            return Limits.share(top, of: n).map { Estimate(value: Double(top) / Double(n), limits: $0) }
        }
        if method == .weighted, histogram.scale == .npsSigned {
            let weighted = histogram.weightedMoments
            guard let value = weighted.mean, let limits = Limits.weightedScore(weighted) else { return nil }
            return Estimate(value: value, limits: limits)
        }
        let bands = histogram.bands
        guard let value = bands.netScore, let limits = Limits.netScore(bands) else { return nil }
        return Estimate(value: value, limits: limits)
    }
}

extension ScoreHistogram {
    /// The weighted reading of -10..10: a tenth of each score that has a band at the ends, else 0.
    package var weightedMoments: Moments {
        zip(scale.scores, counts).reduce(Moments()) { moments, cell in
            let (weight, count) = (scale.weight(of: cell.0), Double(cell.1))
            return moments + Moments(n: count, sum: weight * count, squares: weight * weight * count)
        }
    }
}

extension Limits {
    /// From shares of 1 to points or percent.
    package var points: Limits { Limits(low: low * 100, high: high * 100) }
}

extension Figure {
    /// The shape that the API, the report and every export send: full precision, null where there is no
    /// value.
    package var json: JSONObject {
        var object = JSONObject()
        eachMember { object.append("\($0)", $1) }
        return object
    }

    /// The same, written at once.
    func write(into json: inout JSONBytes, beside: JSONObject = JSONObject()) {
        json.object { json in
            eachMember { name, value in
                json.key(name)
                json.value(value)
            }
            json.members(of: beside)
        }
    }

    private func eachMember(_ take: (StaticString, JSONValue) -> Void) {
        take("n", .integer(Int64(n)))
        switch scale.metric {
        case .nps: eachBand(take)
        case .csat, .ces: take("top", .integer(Int64(histogram.top)))
        }
        take("value", JSONValue(value))
        take("low", JSONValue(limits?.low))
        take("high", JSONValue(limits?.high))
        if scale.metric != .nps {
            take("mean", JSONValue(mean))
            let limits = meanLimits
            take("mean_low", JSONValue(limits?.low))
            take("mean_high", JSONValue(limits?.high))
        }
        take("level", .number(0.95))
    }

    private func eachBand(_ take: (StaticString, JSONValue) -> Void) {
        let bands = histogram.bands
        take("promoters", .integer(Int64(bands.promoters)))
        take("passives", .integer(Int64(bands.passives)))
        take("detractors", .integer(Int64(bands.detractors)))
        guard scale == .npsSigned else { return }
        take("unassigned", .integer(Int64(bands.unassigned)))
        take("method", .string(method.rawValue))
    }
}

extension JSONValue {
    /// A number, or null where there is none.
    package init(_ number: Double?) { self = number.map(JSONValue.number) ?? .null }
}
