import Formats

/// Programs that open links for others: gateways that look for malice, previews of chats, search engines.
package struct ScannerList: Sendable {
    /// Words of their user agents. Ordinary HTTP libraries and browsers without a window are not among them:
    /// people's own tools are built of those.
    private static let known = [
        "safelinks", "bingpreview", "barracuda", "proofpoint", "mimecast", "messagelabs", "trendmicro",
        "sophos", "fortiguard", "cloudmark", "googleimageproxy", "yahoomailproxy", "slackbot",
        "skypeuripreview",
        "microsoftpreview", "facebookexternalhit", "twitterbot", "linkedinbot", "whatsapp", "telegrambot",
        "discordbot", "googlebot", "bingbot", "applebot", "duckduckbot", "yandexbot", "baiduspider",
        "urlscan", "virustotal",
    ]

    private let words: Phrases

    /// `more` are further words, set by whoever runs the installation.
    package init(and more: [String] = []) {
        words = Phrases(Self.known + more.map { $0.lowercased() })
    }

    func names(_ userAgent: String) -> Bool { words.areHeard(in: userAgent) }
}
