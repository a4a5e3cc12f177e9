/// Numbers as each language writes them: 1,204.5 in English and Chinese, 1 204,5 in Polish; the minus is a
/// minus sign.
extension Messages {
    /// A count: `1,204`.
    package func number(_ count: Int) -> String {
        let digits = Array(String(count.magnitude))
        let head = digits.count % 3
        var groups = head > 0 ? [String(digits[..<head])] : []
        for start in stride(from: head, to: digits.count, by: 3) {
            groups.append(String(digits[start..<start + 3]))
        }
        return (count < 0 ? "\u{2212}" : "") + groups.joined(separator: self("format.group"))
    }

    /// A number with `places` decimals, rounded half away from zero; an en dash for what is no number.
    package func number(_ value: Double, places: Int = 1) -> String {
        let scale = (0..<places).reduce(1.0) { power, _ in power * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return "\u{2013}" }
        let digits = Int(scaled)
        let whole = number(digits / Int(scale))
        let sign = value < 0 && digits > 0 ? "\u{2212}" : ""
        if places == 0 { return sign + whole }
        let decimals = String(digits % Int(scale))
        let zeros = String(repeating: "0", count: places - decimals.count)
        return sign + whole + self("format.decimal") + zeros + decimals
    }

    /// A difference in points: `+4.2`, `−3.0`, and zero without a sign.
    package func signed(_ value: Double, places: Int = 1) -> String {
        let text = number(value, places: places)
        let isZero = text == number(0.0, places: places)
        return value > 0 && !isZero ? "+" + text : text
    }

    /// A share between 0 and 1 as percent: `21%`.
    package func percent(_ share: Double, places: Int = 0) -> String {
        self("format.percent", ["number": .string(number(share * 100, places: places))])
    }

    func write(_ value: MessageValue) -> String {
        if case .string(let text) = value { return text }
        return writeNumber(value)
    }

    /// A string that holds a number is written as one.
    func writeNumber(_ value: MessageValue) -> String {
        switch value {
        case .string(let text): Int(text).map { number($0) } ?? Double(text).map { number($0) } ?? text
        case .int(let count): number(count)
        case .double(let value, .plain(let places)): number(value, places: places)
        case .double(let value, .signed(let places)): signed(value, places: places)
        case .double(let share, .percent(let places)): percent(share, places: places)
        }
    }
}
