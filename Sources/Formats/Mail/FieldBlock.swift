/// Fields as mail writes them, `Name: value`, a line that begins with a blank going on with the one before.
package struct FieldBlock: Equatable, Sendable {
    /// Names in lower case; in order.
    package let fields: [(name: String, value: String)]

    /// Blocks with an empty line between. Lines that are no field are passed over; what is beyond the limits
    /// is left.
    package static func blocks(of text: String, most: Int = 50) -> [FieldBlock] {
        var blocks: [FieldBlock] = [], lines: [Substring] = []
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = Substring(line.last == "\r" ? line.dropLast() : line)
            if line.unicodeScalars.allSatisfy(\.isBlank) {
                if !lines.isEmpty { blocks.append(FieldBlock(lines)) }
                lines = []
                if blocks.count == most { return blocks }
            } else if lines.count < 500 {
                lines.append(line)
            }
        }
        if !lines.isEmpty { blocks.append(FieldBlock(lines)) }
        return blocks
    }

    private init(_ lines: [Substring]) {
        var fields: [(name: String, value: String)] = []
        for line in lines {
            if line.unicodeScalars.first?.isBlank == true {
                guard let last = fields.indices.last, fields[last].value.utf8.count < 8000 else { continue }
                fields[last].value += " " + line.trimmedText
            } else if let colon = line.unicodeScalars.firstIndex(of: ":") {
                let name = Substring(line.unicodeScalars[..<colon]).trimmedText.lowercased()
                let value = Substring(line.unicodeScalars[line.unicodeScalars.index(after: colon)...])
                fields.append((name, value.trimmedText))
            }
        }
        self.fields = fields
    }

    /// The first of that name.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    package static func == (left: Self, right: Self) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }
}
