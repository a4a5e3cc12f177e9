/// A message text, parsed: the subset of ICU MessageFormat that the catalogs use.
struct MessagePattern: Sendable, Equatable {
    indirect enum Part: Sendable, Equatable {
        case text(String)
        /// `{name}`: a string as it is, a number as the language writes it.
        case argument(String)
        /// `{name, number}`: a string is read as a number first.
        case number(String)
        /// `#` inside a plural: its number.
        case pound(String)
        case plural(String, exact: [Int: MessagePattern], forms: [PluralCategory: MessagePattern])
        case select(String, [String: MessagePattern])
    }

    var parts: [Part]

    /// The text as it stands, braces and all.
    init(verbatim text: String) { parts = [.text(text)] }

    init(parts: [Part]) { self.parts = parts }

    /// Fills the placeholders. One without a value stays visible, so that the mistake is seen.
    func fill(_ values: [String: MessageValue], in messages: Messages) -> String {
        if case .text(let text)? = parts.first, parts.count == 1 { return text }
        return parts.reduce(into: "") { $0 += Self.fill($1, values, in: messages) }
    }

    private static func fill(_ part: Part, _ values: [String: MessageValue], in messages: Messages) -> String
    {
        switch part {
        case .text(let text): return text
        case .argument(let name):
            return values[name].map(messages.write) ?? "{\(name)}"
        case .number(let name), .pound(let name):
            return values[name].map(messages.writeNumber) ?? "{\(name)}"
        case .plural(let name, let exact, let forms):
            guard let (number, places) = values[name]?.operand else { return "{\(name)}" }
            let chosen =
                Int(exactly: number).flatMap { exact[$0] }
                ?? forms[PluralCategory(number, places: places, in: messages.language)] ?? forms[.other]
            return chosen?.fill(values, in: messages) ?? ""
        case .select(let name, let options):
            let value = values[name].map(messages.write) ?? "other"
            return (options[value] ?? options["other"])?.fill(values, in: messages) ?? ""
        }
    }
}
