/// The members of a JSON object in the order in which they were written, each key once.
///
/// Two objects are equal when they hold the same members in the same order. A look-up walks the members:
/// objects here are bodies and views, short by nature.
package struct JSONObject: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let key: String
        package var value: JSONValue
    }

    package private(set) var members: [Member] = []

    package init() {}

    /// A key given twice keeps its first place and its last value.
    package init(_ pairs: some Sequence<(String, JSONValue)>) {
        for (key, value) in pairs { set(key, value) }
    }

    /// For a reader that has already refused keys given twice.
    init(distinct members: [Member]) { self.members = members }

    package var keys: [String] { members.map(\.key) }
    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }

    /// Setting `nil` takes the member out.
    package subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            if let newValue { set(key, newValue) } else { members.removeAll { $0.key == key } }
        }
    }

    /// Replaces the value of `key` where it stands, or adds it at the end.
    package mutating func set(_ key: String, _ value: JSONValue) {
        if let place = members.firstIndex(where: { $0.key == key }) {
            members[place].value = value
        } else {
            append(key, value)
        }
    }

    /// Adds a member whose key the caller knows to be new.
    package mutating func append(_ key: String, _ value: JSONValue) {
        members.append(Member(key: key, value: value))
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
