import CICU

/// Chinese characters and their two scripts, one character at a time: that a character always has the same
/// counterpart, whatever stands beside it, is what lets a query find a document.
enum HanScript {
    private static let range: Range<UInt16> = 0x3400..<0xA000
    private static let toSimplified = table(rapport_simplify)
    private static let toTraditional = table(rapport_traditionalize)

    static func contains(_ unit: UInt16) -> Bool {
        range.contains(unit) && !(0x4DC0..<0x4E00).contains(unit) || (0xF900..<0xFB00).contains(unit)
            || leads(unit)
    }

    /// The first of the two units of a rare character (planes 2 and 3).
    static func leads(_ unit: UInt16) -> Bool { (0xD840..<0xD890).contains(unit) }

    static func simplified(_ unit: UInt16) -> UInt16 {
        range.contains(unit) ? toSimplified[Int(unit - range.lowerBound)] : unit
    }

    static func traditional(_ unit: UInt16) -> UInt16 {
        range.contains(unit) ? toTraditional[Int(unit - range.lowerBound)] : unit
    }

    /// Characters of both scripts which ICU takes for Simplified alone.
    private static let shared = Set("台后里面只干才系几余云致制冲丑板表别谷斗范征准出了群床峰".utf16)

    static func isTraditionalOnly(_ unit: UInt16) -> Bool { simplified(unit) != unit }
    static func isSimplifiedOnly(_ unit: UInt16) -> Bool {
        traditional(unit) != unit && !shared.contains(unit)
    }

    private static func table(_ function: Folding.Function) -> [UInt16] {
        range.map { unit in
            let turned = Folding.repeated([unit], function)
            return turned.count == 1 ? turned[0] : unit
        }
    }
}
