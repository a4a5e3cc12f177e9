/// The words behind the codes of one table. Code 0 is no value; codes are given in order of appearance.
struct ColumnWords: Equatable, Sendable {
    /// A dimension with more values than this is not packed: it is a name or a number, not a group.
    static let mostValues = 16_384
    static let mostDimensions = 60

    private(set) var names: [String] = []
    /// By dimension and code.
    private(set) var values: [[String]] = []
    /// Dimensions that only the rows know.
    private(set) var unpacked: Set<String> = []
    private var places: [String: Int] = [:]
    private var codes: [[String: UInt16]] = []

    init() {}

    init(names: [String], values: [[String]], unpacked: Set<String>) {
        self.names = names
        self.values = values
        self.unpacked = unpacked
        places = Dictionary(zip(names, names.indices)) { first, _ in first }
        codes = values.map { words in Dictionary(zip(words, 0...)) { first, _ in first } }
    }

    /// The place of a dimension, `nil` where no row has a value of it.
    func dimension(_ name: String) -> Int? { places[name] }
    func code(_ value: String, _ dimension: Int) -> UInt16? { codes[dimension][value] }

    /// The code of a value, which may be the first of its kind; `nil` where it is not packed.
    mutating func learn(_ name: String, _ value: String) -> (dimension: Int, code: UInt16)? {
        if value.isEmpty || unpacked.contains(name) { return nil }
        let dimension = places[name] ?? names.count
        if dimension == names.count {
            guard dimension < Self.mostDimensions else {
                unpacked.insert(name)
                return nil
            }
            names.append(name)
            values.append([""])
            codes.append(["": 0])
            places[name] = dimension
        }
        if let code = codes[dimension][value] { return (dimension, code) }
        guard values[dimension].count <= Self.mostValues else {
            unpacked.insert(name)
            return nil
        }
        let code = UInt16(values[dimension].count)
        values[dimension].append(value)
        codes[dimension][value] = code
        return (dimension, code)
    }
}
