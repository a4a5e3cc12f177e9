import CICU

/// Letters that mean the same made equal. Text is UTF-16, as ICU wants it.
enum Folding {
    /// Case and width folded (NFKC_Casefold): `Ｗi-Fi` becomes `wi-fi`. Accents stay.
    static func cased(_ text: String) -> [UInt16] {
        if let plain = ascii(text) { return plain }
        return repeated(Array(text.utf16), rapport_fold_case)
    }

    /// Folded as far as search goes: case, width and accents, ł as l, Traditional characters as Simplified
    /// ones.
    static func searchable(_ text: String) -> [UInt16] {
        if let plain = ascii(text) { return plain }
        var folded = repeated(repeated(Array(text.utf16), rapport_fold_case), rapport_fold_accents)
        for index in folded.indices { folded[index] = HanScript.simplified(folded[index]) }
        return folded
    }

    private static func ascii(_ text: String) -> [UInt16]? {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return text.utf8.map { UInt16($0) + ((0x41...0x5A).contains($0) ? 0x20 : 0) }
    }

    typealias Function = (UnsafePointer<UInt16>?, Int32, UnsafeMutablePointer<UInt16>?, Int32) -> Int32

    /// Calls `function` with as much room as it asks for; what it cannot do stays as it is.
    static func repeated(_ units: [UInt16], _ function: Function) -> [UInt16] {
        var capacity = units.count + 16
        while true {
            var needed: Int32 = 0
            let result = [UInt16](unsafeUninitializedCapacity: capacity) { buffer, count in
                needed = function(units, Int32(units.count), buffer.baseAddress, Int32(capacity))
                count = (0...Int32(capacity)).contains(needed) ? Int(needed) : 0
            }
            if needed < 0 { return units }
            if needed <= capacity { return result }
            capacity = Int(needed)
        }
    }
}
