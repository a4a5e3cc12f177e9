/// Charts as text: SVG drawn by pure functions of plain values. Words and numbers come in finished, in the
/// reader's language; each chart leaves with a title, a description and a table that says the same.
///
/// Map: `Kinds` holds one type for each kind of chart; `Chart` is what they make; `Drawing` is the pencil.
///
/// **Invariant:** nothing scales text. Places are percentages of the width, heights and letters are pixels,
/// so one drawing fits any width from 288 pixels up; what a narrow column cannot hold carries the class
/// `wide`.
///
/// **Invariant:** no `style` attribute. Colours are attributes, good alone, and classes for a sheet.
///
/// **Invariant:** every string is escaped and every number is finite, whatever comes in.
package enum Charts {
    /// What a drawing can rely on, in pixels; the narrowest column of a page at 320 pixels.
    static let narrowest = 288.0
    /// From here on the class `wide` is shown.
    static let wide = 520.0
    static let lineHeight = 16.0
}
