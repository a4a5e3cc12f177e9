/// Everything a chart may be coloured with. The light scheme's colour holds alone, in a mail or a file; a
/// page's sheet puts its own variable over it.
enum Paint: String, CaseIterable, Sendable {
    case ink, soft, line, edge, paper, accent, wash, detractor, passive, promoter, unassigned

    var light: String {
        switch self {
        case .ink, .wash: "#1d1b16"
        case .soft: "#5d574b"
        case .line: "#e0d9cb"
        case .edge, .unassigned: "#8b8475"
        case .paper: "#faf8f3"
        case .accent: "#0b5d5e"
        case .detractor: "#b3261e"
        case .passive: "#a87400"
        case .promoter: "#2e7d32"
        }
    }

    var dark: String {
        switch self {
        case .ink, .wash: "#ece7dc"
        case .soft: "#a9a294"
        case .line: "#35322b"
        case .edge, .unassigned: "#7c7668"
        case .paper: "#131210"
        case .accent: "#6fc8c0"
        case .detractor: "#f0857c"
        case .passive: "#e3b549"
        case .promoter: "#7cc481"
        }
    }
}

/// How an answer was banded, for its colour and its shape. Words of CSAT and CES mean the same three.
package enum ChartBand: String, CaseIterable, Sendable {
    case detractor, passive, promoter, unassigned

    /// Of a band's own word: `detractor`, `dissatisfied`, `neutral`, …; what is unknown is unassigned.
    package init(word: String) {
        switch word {
        case "detractor", "dissatisfied": self = .detractor
        case "passive", "neutral": self = .passive
        case "promoter", "satisfied": self = .promoter
        default: self = .unassigned
        }
    }

    var paint: Paint {
        switch self {
        case .detractor: .detractor
        case .passive: .passive
        case .promoter: .promoter
        case .unassigned: .unassigned
        }
    }

    /// Tells the bands apart where colour does not: down, level, up, open.
    var shape: String {
        switch self {
        case .detractor: "▼"
        case .passive: "■"
        case .promoter: "▲"
        case .unassigned: "□"
        }
    }
}
