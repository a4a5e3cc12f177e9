package import Language
import Web

/// The colours of a letter. Every ink is read on its ground at 4.5:1 or better, in both schemes; coloured
/// cells look the same in both.
package struct LetterPalette: Equatable, Sendable {
    package struct Pair: Equatable, Sendable {
        package let ground: String
        package let ink: String
    }

    package let paper: String
    package let sheet: Pair
    package let soft: Pair
    /// A score that leans nobody.
    let plain: Pair

    package static let light = LetterPalette(
        paper: "#faf8f3", sheet: Pair(ground: "#fffdf9", ink: "#1d1b16"),
        soft: Pair(ground: "#fffdf9", ink: "#5d574b"), plain: Pair(ground: "#e9e3d6", ink: "#1d1b16"))
    static let dark = LetterPalette(
        paper: "#131210", sheet: Pair(ground: "#1b1a17", ink: "#ece7dc"),
        soft: Pair(ground: "#1b1a17", ink: "#a9a294"), plain: Pair(ground: "#35322b", ink: "#ece7dc"))

    static let bands: [BandTone: Pair] = [
        .low: Pair(ground: "#b3261e", ink: "#ffffff"), .middle: Pair(ground: "#f2b705", ink: "#111111"),
        .high: Pair(ground: "#2e7d32", ink: "#ffffff"),
    ]

    /// Three blocks and no ramp: in the middle of one no ink could be read.
    static func cell(_ band: Band?, _ style: SurveyDefinition.Style) -> (tone: String, colours: Pair) {
        guard style == .coloured, let band, band != .unassigned, let pair = bands[band.tone] else {
            return ("plain", light.plain)
        }
        return (band.tone.rawValue, pair)
    }

    /// For the programs that ask; the others turn colours over themselves, or show the light ones.
    package static let style =
        ":root{color-scheme:light dark}@media (prefers-color-scheme:dark){"
        + ".paper{background-color:\(dark.paper)!important}"
        + ".sheet{background-color:\(dark.sheet.ground)!important}"
        + ".ink{color:\(dark.sheet.ink)!important}.soft{color:\(dark.soft.ink)!important}"
        + ".plain{background-color:\(dark.plain.ground)!important}"
        + ".plain span{color:\(dark.plain.ink)!important}}"
}

extension LetterPalette {
    /// The product's own accent, for a sender without a colour.
    package static let accent = "#0b5d5e"

    /// What a reader's program is likely to have.
    package static func font(in language: ReaderLanguage) -> String {
        let own = "-apple-system,'Segoe UI',Roboto,Arial"
        return switch language {
        case .zhHans: own + ",'PingFang SC','Microsoft YaHei',sans-serif"
        case .zhHant: own + ",'PingFang TC','Microsoft JhengHei',sans-serif"
        case .en, .pl: own + ",sans-serif"
        }
    }
}

extension InvitationLetter {
    /// Tables and inline styles, because mail programs drop or ignore most of the rest; nothing is loaded.
    func html(_ pages: PageRenderer) -> String { pages.text("letter", model, language: language) }

    private var model: [String: Any] {
        let colours = LetterPalette.light
        return [
            "lang": tag, "direction": CustomerPage.direction(of: tag),
            "font": LetterPalette.font(in: language),
            "side": CustomerPage.direction(of: tag) == "rtl" ? "right" : "left",
            "style": LetterPalette.style, "accent": sender.colour?.hex ?? LetterPalette.accent,
            "paper": colours.paper, "sheet": colours.sheet.ground, "ink": colours.sheet.ink,
            "soft": colours.soft.ink, "sender": sender.name.inOneLine, "subject": subject,
            "preheader": preheader, "about": AnswerPage.shown(about), "question": question,
            "isReminder": isReminder, "rows": rows, "isList": isList, "leave": links.leave,
            "decoy": links.decoy, "purpose": purpose, "sentBy": sentBy,
            "ends": isList
                ? [] : [["low": survey.words(.low, in: tag), "high": survey.words(.high, in: tag)]] as [Any],
        ]
    }

    /// Scores that carry words stand below each other, for a word does not fit a fifth of a telephone.
    private var isList: Bool { word(of: survey.scale.scores.lowerBound) != nil }

    /// More than eleven scores do not fit one line of 24 pixels each.
    private static let mostInARow = 11

    private var rows: [[String: Any]] {
        let all = scores
        let perRow = isList ? 1 : all.count > Self.mostInARow ? 7 : all.count
        return stride(from: 0, to: all.count, by: perRow).map { start in
            let row = all[start..<min(start + perRow, all.count)]
            return ["cells": row.map { cell($0.score, $0.address, width: 100 / perRow) }]
        }
    }

    private func cell(_ score: Int, _ address: String, width: Int) -> [String: Any] {
        let (tone, colours) = LetterPalette.cell(survey.scale.band(of: score), style)
        return [
            "href": address, "label": Self.label(of: score), "word": AnswerPage.shown(word(of: score)),
            "face": AnswerPage.shown(style == .coloured && isList ? Self.faces[score] : nil),
            "tone": tone, "fill": colours.ground, "ink": colours.ink, "width": "\(width)%",
        ]
    }

    private static let faces = [1: "😞", 2: "🙁", 3: "😐", 4: "🙂", 5: "😊"]
}
