import CICU
import Testing

@testable import Language

@Test(arguments: ReaderLanguage.allCases)
func `plural forms are those of ICU`(language: ReaderLanguage) {
    for number in [0, 0.5, 1, 1.2, 1.5, 2, 3.25] + stride(from: 4.0, through: 1200, by: 1) {
        for places in 0...2 where places > 0 || number == number.rounded() {
            let ours = PluralCategory(number, places: places, in: language).rawValue
            let theirs = rapport_plural(language.tag, number, Int32(places)).map { String(cString: $0) }
            #expect(ours == theirs, "\(language.tag) \(number) with \(places) places")
        }
    }
}
