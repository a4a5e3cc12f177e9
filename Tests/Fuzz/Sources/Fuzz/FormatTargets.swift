import Formats
import Kernel

/// What a CSV file was read as.
private struct Reading: Equatable {
    var header: [String] = []
    var rows: [[String]] = []
    var faults: [CSVRow.Fault?] = []

    init(_ bytes: ArraySlice<UInt8>, _ encoding: TextEncoding?, _ delimiter: CSVReader.Delimiter?, step: Int)
        throws
    {
        let reader = CSVReader(encoding: encoding, delimiter: delimiter)
        var rows: [[String]] = []
        var faults: [CSVRow.Fault?] = []
        let take = { (row: CSVRow) in
            rows.append(row.texts)
            faults.append(row.fault)
        }
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(step)
            rest = rest.dropFirst(piece.count)
            try reader.read(piece, take)
        }
        try reader.finish(take)
        (self.rows, self.faults, header) = (rows, faults, reader.header)
    }
}

/// The first byte chooses encoding and delimiter. How the file was cut into chunks changes nothing.
func fuzzCSV(_ bytes: [UInt8]) {
    guard let choice = bytes.first.map(Int.init) else { return }
    let encodings = [nil] + TextEncoding.allCases, delimiters = [nil] + CSVReader.Delimiter.allCases
    let encoding = encodings[choice % encodings.count]
    let delimiter = delimiters[choice / encodings.count % delimiters.count]
    let whole = try? Reading(bytes.dropFirst(), encoding, delimiter, step: 65_536)
    let pieces = try? Reading(bytes.dropFirst(), encoding, delimiter, step: choice % 7 + 1)
    promise(whole == pieces, "chunks changed what was read")
}

/// What was read and written reads back the same.
func fuzzJSON(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes) else { return }
    promise((try? JSONValue(parsing: value.encoded())) == value, "JSON did not read back")
}

func fuzzLines(_ bytes: [UInt8]) {
    let step = Int(bytes.first ?? 0) % 9 + 1
    func read(_ step: Int) -> [String] {
        var reader = NDJSONReader(maximumLineBytes: 64), found: [String] = []
        let take = { (line: Int, result: Result<JSONValue, NDJSONReader.Fault>) in
            found.append("\(line) \((try? result.get().text) ?? "-")")
        }
        var rest = bytes.dropFirst()
        while !rest.isEmpty {
            reader.read(rest.prefix(step), take)
            rest = rest.dropFirst(step)
        }
        reader.finish(take)
        return found
    }
    promise(read(step) == read(65_536), "chunks changed what was read")
}

func fuzzForm(_ bytes: [UInt8]) {
    guard let form = try? FormFields(parsing: bytes) else { return }
    let readable = form.fields.filter { !$0.name.isEmpty || !$0.value.isEmpty }
    let again = try? FormFields(parsing: FormFields(readable.map { ($0.name, $0.value) }).encoded())
    promise(again?.fields == readable, "a form did not read back")
}

func fuzzQuery(_ bytes: [UInt8]) {
    let path = bytes.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    if let text = try? PercentCoding.decode(path[0]) {
        promise(
            (try? PercentCoding.decode(PercentCoding.encode(text).utf8)) == text, "a path did not read back")
    }
    guard path.count > 1, let query = try? FormFields(parsing: path[1], limits: .init(fields: 8, bytes: 256))
    else { return }
    promise(query.fields.count <= 8, "the limit of fields did not hold")
    for field in query.fields { promise(query.all(field.name).contains(field.value), "a field was lost") }
    if let cursor = query["cursor"], let decoded = Base64URL.decode(cursor) {
        promise(Base64URL.decode(Base64URL.encode(decoded)) == decoded, "a cursor did not read back")
    }
    for field in query.fields { _ = (Timestamp(rfc3339: field.value), LocalDay(field.value)) }
}

/// No text gets an attribute or a second line into a cookie, and each reads back.
func fuzzCookie(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    _ = Cookies(text)["rapport_session"]
    let header = SetCookie("name", text, isSecure: true).header
    promise(header.utf8.allSatisfy { $0 > 0x20 || $0 == 0x20 }, "a control character in Set-Cookie")
    promise(header.split(separator: ";").count == 5, "an attribute more in Set-Cookie")
    let pair = header.split(separator: ";").first.map(String.init) ?? ""
    promise(Cookies(pair)["name"] == text, "a cookie did not read back")
}

func fuzzLanguage(_ bytes: [UInt8]) {
    let header = String(decoding: bytes, as: UTF8.self), spoken = ["en", "zh-Hans", "zh-Hant", "pl"]
    let best = AcceptLanguage.best(header, among: spoken)
    promise(best.map(spoken.contains) ?? true, "a language that nobody speaks")
    _ = AcceptLanguage.match(header, among: spoken)
    _ = ContentCoding.best(header)
}

/// Addresses and numbers, in their normal form, are their own normal form.
func fuzzContact(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let email = EmailAddress(text) {
        promise(EmailAddress(email.normalised)?.normalised == email.normalised, "an address changed again")
    }
    if let phone = PhoneNumber(text) {
        promise(PhoneNumber(phone.description)?.description == phone.description, "a number changed again")
    }
    if let time = Timestamp(rfc3339: text) {
        promise(Timestamp(rfc3339: time.rfc3339) == time, "a time did not read back")
    }
    if let span = CalendarSpan(text) {
        promise(CalendarSpan(span.description) == span, "a span did not read back")
    }
    if let address = WebAddress(text) {
        promise(WebAddress(address.description) == address, "a web address changed again")
        promise(address.description.lowercased().hasPrefix("http"), "a web address of another scheme")
    }
    _ = (Slug.isValid(text), ScoreText.integer(text))
}
