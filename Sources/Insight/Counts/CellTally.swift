import Accounts
import Database
import Kernel

/// Counts answers by cell: a cell is made once, however many answers stand in it.
struct CellTally {
    private struct Place: Hashable {
        let survey: Int64
        /// In `values`.
        let value: Int
        let day: Int
        let raw: Int
    }

    private let zone: Zone
    /// After the whole, the fixed ones, then the attributes.
    private let dimensions: [String]
    private var values: [(dimension: String, value: String)] = [("", "")]
    /// Places in `values`, for each dimension.
    private var known: [[String: Int]]
    private var counts: [Place: Int] = [:]

    init(_ settings: ScoreDays.Settings) {
        zone = settings.zone
        dimensions = settings.dimensions
        known = dimensions.map { _ in [:] }
    }

    /// `fixed` are the values of the fixed dimensions, in their order.
    mutating func add(
        survey: Int64, raw: Int, at moment: Timestamp, fixed: ArraySlice<SQLValue>,
        attributes: [String: String]
    ) {
        let day = zone.day(of: moment).number
        counts[Place(survey: survey, value: 0, day: day, raw: raw), default: 0] += 1
        for (index, dimension) in dimensions.enumerated() {
            let value: String
            if index < fixed.count {
                if case .text(let text) = fixed[fixed.startIndex + index] { value = text } else { value = "" }
            } else {
                value = attributes[dimension] ?? ""
            }
            let place = Place(survey: survey, value: self.place(of: value, index), day: day, raw: raw)
            counts[place, default: 0] += 1
        }
    }

    private mutating func place(of value: String, _ dimension: Int) -> Int {
        if let place = known[dimension][value] { return place }
        values.append((dimensions[dimension], value))
        known[dimension][value] = values.count - 1
        return values.count - 1
    }

    var cells: [ScoreDays.Cell: Int] {
        var cells: [ScoreDays.Cell: Int] = [:]
        cells.reserveCapacity(counts.count)
        for (place, count) in counts {
            let (dimension, value) = values[place.value]
            let cell = ScoreDays.Cell(
                survey: place.survey, dimension: dimension, value: value, day: place.day, raw: place.raw)
            cells[cell, default: 0] += count
        }
        return cells
    }
}
