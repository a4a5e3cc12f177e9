/// What fills a placeholder of a message. Strings and integers may be literals; a float literal is shown with
/// one decimal.
package enum MessageValue: Sendable, Equatable {
    case string(String)
    case int(Int)
    case double(Double, NumberForm)

    package static func decimal(_ value: Double, places: Int = 1) -> Self {
        .double(value, .plain(places: places))
    }
    package static func signed(_ value: Double, places: Int = 1) -> Self {
        .double(value, .signed(places: places))
    }
    /// A share between 0 and 1.
    package static func percent(_ share: Double, places: Int = 0) -> Self {
        .double(share, .percent(places: places))
    }

    /// The number that picks a plural form; a string that holds one counts as that number.
    var operand: (number: Double, places: Int)? {
        switch self {
        case .int(let count): (Double(count), 0)
        case .double(let value, let form): (value, form.places)
        case .string(let text):
            if let whole = Int(text) { (Double(whole), 0) } else { Double(text).map { ($0, 1) } }
        }
    }
}

extension MessageValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .decimal(value) }
}

/// How a number that is not a count is written.
package enum NumberForm: Sendable, Equatable {
    case plain(places: Int)
    /// With + or − in front, except at zero.
    case signed(places: Int)
    /// A share between 0 and 1, written as percent.
    case percent(places: Int)

    package var places: Int {
        switch self {
        case .plain(let places), .signed(let places), .percent(let places): places
        }
    }
}
