extension JSONValue {
    /// The deepest nesting that any caller gets, for each level takes some of the stack.
    private static let deepest = 256

    /// Reads exactly one value, strictly by RFC 8259: bad UTF-8, lone surrogates, keys given twice, trailing
    /// bytes and a byte order mark are refused. No input traps.
    package init(parsing bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int = 32) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, depthLeft: min(maximumDepth, Self.deepest))
        self = try parser.document()
    }

    package init(parsing bytes: some Sequence<UInt8>, maximumDepth: Int = 32) throws(JSONError) {
        let parsed = bytes.withContiguousStorageIfAvailable { Self.result(of: $0, maximumDepth) }
        self = try (parsed ?? Array(bytes).withUnsafeBufferPointer { Self.result(of: $0, maximumDepth) })
            .get()
    }

    package init(parsing text: String, maximumDepth: Int = 32) throws(JSONError) {
        var text = text
        self = try text.withUTF8 { Self.result(of: $0, maximumDepth) }.get()
    }

    private static func result(
        of bytes: UnsafeBufferPointer<UInt8>, _ maximumDepth: Int
    ) -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            return .success(try JSONValue(parsing: bytes, maximumDepth: maximumDepth))
        } catch {
            return .failure(error)
        }
    }
}

/// Recursive descent over bytes, one look at each.
private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    var depthLeft: Int
    var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>, depthLeft: Int) {
        self.bytes = bytes
        self.depthLeft = depthLeft
    }

    /// The byte at hand; 0, which no grammar rule accepts, at the end.
    var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    func fault(_ kind: JSONError.Kind = .syntax, at offset: Int? = nil) -> JSONError {
        JSONError(kind: kind, offset: offset ?? position)
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        guard position == bytes.count else { throw fault() }
        return value
    }

    /// One value with the blanks around it.
    mutating func value() throws(JSONError) -> JSONValue {
        skipBlanks()
        defer { skipBlanks() }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    mutating func skip(_ expected: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: expected) else { return false }
        position += 1
        return true
    }

    mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length,
            (0..<length).allSatisfy({ bytes[position + $0] == word.utf8Start[$0] })
        else { throw fault() }
        position += length
        return value
    }

    mutating func descend() throws(JSONError) {
        guard depthLeft > 0 else { throw fault(.tooDeep) }
        depthLeft -= 1
        position += 1
        skipBlanks()
    }

    mutating func array() throws(JSONError) -> [JSONValue] {
        try descend()
        defer { depthLeft += 1 }
        var values: [JSONValue] = []
        if skip("]") { return values }
        while true {
            values.append(try value())
            if skip("]") { return values }
            guard skip(",") else { throw fault() }
        }
    }

    mutating func object() throws(JSONError) -> JSONObject {
        try descend()
        defer { depthLeft += 1 }
        var members = DistinctMembers()
        if skip("}") { return JSONObject() }
        while true {
            skipBlanks()
            let start = position
            guard byte == UInt8(ascii: "\"") else { throw fault() }
            let key = try string()
            guard members.isNew(key) else { throw fault(.duplicateKey(key), at: start) }
            skipBlanks()
            guard skip(":") else { throw fault() }
            members.append(key, try value())
            if skip("}") { return members.object }
            guard skip(",") else { throw fault() }
        }
    }
}

/// Members under construction. Beyond a few, a set finds keys given twice: many keys must not cost their
/// square.
private struct DistinctMembers {
    private var members: [JSONObject.Member] = []
    private var seen: Set<String> = []

    var object: JSONObject { JSONObject(distinct: members) }

    mutating func isNew(_ key: String) -> Bool {
        if members.count < 16 { return !members.contains { $0.key == key } }
        if seen.isEmpty { seen = Set(members.map(\.key)) }
        return seen.insert(key).inserted
    }

    mutating func append(_ key: String, _ value: JSONValue) {
        members.append(JSONObject.Member(key: key, value: value))
    }
}

extension JSONParser {
    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        _ = skip("-")
        let whole = position
        let magnitude = digits()
        guard position > whole, bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else {
            throw fault(at: position == whole ? position : whole)
        }
        var isWhole = true
        if skip(".") {
            isWhole = false
            try someDigits()
        }
        if skip("e") || skip("E") {
            isWhole = false
            _ = skip("+") || skip("-")
            try someDigits()
        }
        if isWhole, let magnitude { return .integer(whole > start ? -magnitude : magnitude) }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw fault(.numberOutOfRange, at: start) }
        return .number(value)
    }

    mutating func someDigits() throws(JSONError) {
        let start = position
        _ = digits()
        if position == start { throw fault() }
    }

    /// Passes over digits; their value, or `nil` where it is beyond 64 bits.
    mutating func digits() -> Int64? {
        var value: Int64? = 0
        while position < bytes.count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            if digit > 9 { break }
            position += 1
            guard let known = value else { continue }
            let (tenfold, overflow) = known.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tenfold.addingReportingOverflow(Int64(digit))
            value = overflow || carried ? nil : sum
        }
        return value
    }

    /// A string with its quotes; one without escapes is copied once.
    mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        skipPlain()
        if skip("\"") { return try text(bytes[start..<(position - 1)], at: start) }
        var unescaped = Array(bytes[start..<position])
        while !skip("\"") {
            guard skip("\\") else { throw fault() }
            try escape(into: &unescaped)
            let plain = position
            skipPlain()
            unescaped.append(contentsOf: bytes[plain..<position])
        }
        return try unescaped.withUnsafeBufferPointer { unescaped throws(JSONError) in
            try text(unescaped[...], at: start)
        }
    }

    /// Stops at a quote, a backslash, a control character or the end.
    private mutating func skipPlain() {
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            position += 1
        }
    }

    private func text(_ slice: Slice<UnsafeBufferPointer<UInt8>>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: UnsafeBufferPointer(rebasing: slice), as: UTF8.self) else {
            throw fault(.badUTF8, at: start)
        }
        return text
    }

    private mutating func escape(into unescaped: inout [UInt8]) throws(JSONError) {
        let letter = byte
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(letter)
        case UInt8(ascii: "b"): unescaped.append(0x08)
        case UInt8(ascii: "f"): unescaped.append(0x0C)
        case UInt8(ascii: "n"): unescaped.append(0x0A)
        case UInt8(ascii: "r"): unescaped.append(0x0D)
        case UInt8(ascii: "t"): unescaped.append(0x09)
        case UInt8(ascii: "u"): unescaped.append(contentsOf: try scalar().utf8)
        default: throw fault(at: position - 1)
        }
    }

    /// What follows `\u`: four hexadecimal digits, or two such escapes that make a surrogate pair.
    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let start = position
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, skip("\\"), skip("u") else { throw fault(.badUTF8, at: start) }
        let low = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x1_0000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw fault(.badUTF8, at: start) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexadecimalDigit(byte) else { throw fault() }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
