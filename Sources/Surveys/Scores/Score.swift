package import Kernel

/// A number that somebody gave on a scale, and the band where it falls.
package struct Score: Hashable, Sendable {
    package let raw: Int
    package let scale: Scale
    package let band: Band

    /// `nil` for a number that the scale does not have.
    package init?(_ raw: Int, on scale: Scale) {
        guard let band = scale.band(of: raw) else { return nil }
        self.raw = raw
        self.scale = scale
        self.band = band
    }
}

extension Scale {
    /// What a caller hears who gave a number that the scale does not have.
    package func outOfRange(at pointer: String) -> DomainError.Field {
        DomainError.Field(
            pointer, "out-of-range", ["min": String(scores.lowerBound), "max": String(scores.upperBound)])
    }
}

extension Metric {
    /// The scale of a survey that names none.
    package var usualScale: Scale {
        switch self {
        case .nps: .nps0to10
        case .csat: .csat1to5
        case .ces: .ces1to7
        }
    }
}

/// The three things to say after a score, whatever the metric calls them.
package enum BandTone: String, Sendable, CaseIterable {
    case low, middle, high
}

extension Band {
    package var tone: BandTone { isLowest ? .low : isHighest ? .high : .middle }
}
