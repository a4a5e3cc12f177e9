/// What happened, as `noun.verb`: `response.recorded`. Each context names its own in an extension.
///
/// The name is stored and sent to webhooks: never reword one.
package struct EventKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// Anything but `noun.verb` in small letters is no kind.
    package init?(rawValue: String) {
        guard isDottedName(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// For names in the source: a wrong shape is a bug and traps.
    package init(_ name: StaticString) {
        precondition(isDottedName("\(name)"), "an event is named noun.verb")
        rawValue = "\(name)"
    }

    package var description: String { rawValue }
    package var noun: Substring { rawValue.prefix { $0 != "." } }
}
