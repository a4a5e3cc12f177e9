/// The names of months and weekdays that stand in date cells, English and Polish, whole or cut short. They
/// are read, never shown.
enum MonthNames {
    /// 1...12, by the first letters: `march`, `mar`, `marca`, `marzec` and `mar.` are all 3.
    static func number(_ name: String) -> Int? {
        guard name.count >= 3 else { return nil }
        return stems.first { name.hasPrefix($0.stem) }?.month
    }

    static func isWeekday(_ name: String) -> Bool {
        weekdays.contains { name.hasPrefix($0) } && number(name) == nil
    }

    /// Whether one of these names could begin so, by four bytes of ASCII in lower case, the first in the
    /// lowest place.
    static func mayBegin(_ letters: UInt32) -> Bool {
        starts.contains { letters & $0.mask == $0.letters }
    }

    private static let starts = (stems.map(\.stem) + weekdays).map { name in
        let start = name.utf8.prefix(4)
        let letters = start.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (letters: letters, mask: UInt32.max >> (32 - 8 * UInt32(start.count)))
    }

    /// `maj` and `may` before `mar`: no stem is the start of another month's name.
    private static let stems: [(stem: String, month: Int)] = [
        ("jan", 1), ("sty", 1), ("feb", 2), ("lut", 2), ("mar", 3), ("apr", 4), ("kwi", 4), ("may", 5),
        ("maj", 5),
        ("jun", 6), ("cze", 6), ("jul", 7), ("lip", 7), ("aug", 8), ("sie", 8), ("sep", 9), ("wrz", 9),
        ("oct", 10),
        ("paź", 10), ("paz", 10), ("nov", 11), ("lis", 11), ("dec", 12), ("gru", 12),
    ]
    private static let weekdays = [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "pon", "wto", "wt", "śro", "śr", "czw", "pią", "pt",
        "sob",
        "nie",
    ]
}
