extension Unicode.Scalar {
    /// The ASCII twin of a full-width form (U+FF01 to U+FF5E), as Chinese keyboards write letters and digits;
    /// every other scalar is its own.
    var halfWidth: Unicode.Scalar {
        (0xFF01...0xFF5E).contains(value) ? Unicode.Scalar(value - 0xFEE0) ?? self : self
    }

    /// A blank of any script, or an invisible mark that spreadsheets leave behind.
    var isBlank: Bool {
        if value < 0x80 { return value == 0x20 || (0x09...0x0D).contains(value) }
        return properties.isWhitespace || value == 0xFEFF || value == 0x200B
    }
}

extension String {
    /// Scalars in half width, without blanks at either end.
    var trimmedScalars: ArraySlice<Unicode.Scalar> {
        let scalars = unicodeScalars.map(\.halfWidth)
        guard let first = scalars.firstIndex(where: { !$0.isBlank }),
            let last = scalars.lastIndex(where: { !$0.isBlank })
        else { return [] }
        return scalars[first...last]
    }
}

extension Sequence<Unicode.Scalar> {
    var text: String { reduce(into: "") { $0.unicodeScalars.append($1) } }
}
