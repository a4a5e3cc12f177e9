package import Formats
import Glibc

/// Whose page a customer looks at: the company's name in the header, its colour on buttons and links.
package struct Sender: Hashable, Sendable {
    package let name: String
    /// `nil` for the product's own.
    package let colour: BrandColour?
    /// Where whoever is content is led to; `nil` for nowhere.
    package let website: WebAddress?

    package init(name: String, colour: BrandColour?, website: WebAddress? = nil) {
        self.name = name
        self.colour = colour
        self.website = website
    }

    /// Where nobody's page was found.
    package static let nobody = Sender(name: "", colour: nil)
}

/// A company's colour, sRGB. What a page shows of it is dark enough on light paper and light enough on dark.
package struct BrandColour: Hashable, Sendable {
    private let red: Int
    private let green: Int
    private let blue: Int

    private init(red: Int, green: Int, blue: Int) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Reads `#0b5d5e`, in either case. `nil` for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 7, text.hasPrefix("#"), let value = Int(text.dropFirst(), radix: 16),
            value >= 0, !text.contains("+")
        else { return nil }
        self.init(red: value >> 16, green: value >> 8 & 0xFF, blue: value & 0xFF)
    }

    /// `#0b5d5e`.
    package var hex: String {
        "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Takes the place of the sheet's own accent.
    package var style: String {
        let light = towards(.black, against: .lightPaper), dark = towards(.white, against: .darkPaper)
        return ":root{--accent:light-dark(\(light.hex),\(dark.hex));"
            + "--on-accent:light-dark(\(light.ink.hex),\(dark.ink.hex))}"
    }

    private static let black = BrandColour(red: 0, green: 0, blue: 0)
    private static let white = BrandColour(red: 255, green: 255, blue: 255)
    private static let lightPaper = BrandColour(red: 0xFA, green: 0xF8, blue: 0xF3)
    private static let darkPaper = BrandColour(red: 0x1B, green: 0x1A, blue: 0x17)

    /// Least contrast of text (WCAG 2.2, 1.4.3).
    private static let leastContrast = 4.5

    /// Mixed with `end` in steps of 4 % until it can be read on `paper`.
    private func towards(_ end: BrandColour, against paper: BrandColour) -> BrandColour {
        for step in 0...25 {
            let mixed = mixed(with: end, share: Double(step) / 25)
            if mixed.contrast(to: paper) >= Self.leastContrast { return mixed }
        }
        return end
    }

    private func mixed(with other: BrandColour, share: Double) -> BrandColour {
        func part(_ mine: Int, _ theirs: Int) -> Int {
            Int((Double(mine) * (1 - share) + Double(theirs) * share).rounded())
        }
        return BrandColour(
            red: part(red, other.red), green: part(green, other.green), blue: part(blue, other.blue))
    }

    /// White or black, whichever is read better on this colour.
    private var ink: BrandColour {
        contrast(to: .white) >= contrast(to: .black) ? .white : .black
    }

    /// WCAG 2.2: 1 (the same) to 21 (black and white).
    package func contrast(to other: BrandColour) -> Double {
        let (mine, theirs) = (luminance, other.luminance)
        return (max(mine, theirs) + 0.05) / (min(mine, theirs) + 0.05)
    }

    /// Relative luminance: WCAG 2.2, glossary.
    private var luminance: Double {
        func linear(_ part: Int) -> Double {
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}
