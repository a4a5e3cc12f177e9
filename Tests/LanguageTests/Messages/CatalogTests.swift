import Formats
import Testing

@testable import Language

/// One text of one catalog file.
private struct Entry {
    let language: ReaderLanguage, area: String, key: String, text: String
}

private let entries: [Entry] = Assets.under("catalogs/").flatMap { file -> [Entry] in
    let path = file.name.split(separator: "/")
    guard let language = ReaderLanguage(rawValue: String(path[1])) else { return [] }
    let members = (try? JSONValue(parsing: file.bytes))?.object?.members ?? []
    return members.map { member in
        Entry(language: language, area: String(path[2]), key: member.key, text: member.value.string ?? "")
    }
}

@Test func `every catalog is a flat object of texts in a language that we speak`() {
    let languages = Set(ReaderLanguage.allCases.map(\.tag))
    for file in Assets.under("catalogs/") {
        let path = file.name.split(separator: "/")
        #expect(path.count == 3 && languages.contains(String(path[1])), "\(file.name)")
        // Strict reading refuses a key that stands twice.
        let texts = (try? JSONValue(parsing: file.bytes))?.object?.members
        #expect(texts?.allSatisfy { $0.value.string != nil } == true, "\(file.name)")
    }
}

@Test func `every area has the same keys in every language, and no key stands in two areas`() {
    let everywhere = Dictionary(grouping: entries) { $0.key }
    for (key, entries) in everywhere {
        #expect(Set(entries.map(\.area)).count == 1, "\(key) stands in several areas")
        let missing = Set(ReaderLanguage.allCases).subtracting(entries.map(\.language))
        #expect(missing.isEmpty, "\(key) is missing in \(missing.map(\.tag).sorted())")
    }
}

@Test func `every text can be read and is not blank`() {
    for entry in entries {
        #expect(throws: Never.self, "\(entry.language.tag) \(entry.key)") { try MessagePattern(entry.text) }
        #expect(!entry.text.isEmpty, "\(entry.language.tag) \(entry.key)")
    }
}

@Test func `every plural spells out the forms that its language has`() throws {
    for entry in entries {
        for forms in (try? MessagePattern(entry.text))?.plurals ?? [] {
            let needed = PluralCategory.needed(in: entry.language)
            #expect(forms == needed, "\(entry.language.tag) \(entry.key): \(forms) instead of \(needed)")
        }
    }
}

@Test func `every language uses the same placeholders and the same choices`() {
    let english = Dictionary(entries.filter { $0.language == .en }.map { ($0.key, $0.text) }) { first, _ in
        first
    }
    for entry in entries where entry.language != .en {
        let own = try? MessagePattern(entry.text),
            other = english[entry.key].flatMap { try? MessagePattern($0) }
        guard let own, let other else { continue }
        #expect(own.placeholders == other.placeholders, "\(entry.language.tag) \(entry.key)")
        #expect(own.choices == other.choices, "\(entry.language.tag) \(entry.key)")
    }
}

@Test func `no text shouts`() {
    for entry in entries {
        #expect(!entry.text.contains("!") && !entry.text.contains("！"), "\(entry.language.tag) \(entry.key)")
    }
}

extension MessagePattern {
    private var inner: [MessagePattern] {
        parts.flatMap { part -> [MessagePattern] in
            switch part {
            case .plural(_, let exact, let forms): Array(exact.values) + Array(forms.values)
            case .select(_, let options): Array(options.values)
            default: []
            }
        }
    }

    fileprivate var placeholders: Set<String> {
        let own = parts.compactMap { part -> String? in
            switch part {
            case .text: nil
            case .argument(let name), .number(let name), .pound(let name): name
            case .plural(let name, _, _), .select(let name, _): name
            }
        }
        return inner.reduce(into: Set(own)) { $0.formUnion($1.placeholders) }
    }

    fileprivate var choices: Set<String> {
        let own = parts.flatMap { part -> [String] in
            if case .select(let name, let options) = part { options.keys.map { "\(name)=\($0)" } } else { [] }
        }
        return inner.reduce(into: Set(own)) { $0.formUnion($1.choices) }
    }

    fileprivate var plurals: [Set<PluralCategory>] {
        let own = parts.compactMap { part -> Set<PluralCategory>? in
            if case .plural(_, _, let forms) = part { Set(forms.keys) } else { nil }
        }
        return inner.reduce(own) { $0 + $1.plurals }
    }
}
