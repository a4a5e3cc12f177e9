import Language

/// What stands around every signed-in page: the rail by the loop, the account, the member.
struct Shell {
    let principal: Principal
    let path: String
    let messages: Messages
    /// True where mails are kept and shown.
    var hasMailbox = false

    private struct Item {
        let key: String
        /// The key of the page's own title, where the rail calls it by its step in the loop.
        var page: String?
        let href: String
        let icon: String
        let permission: Permission
    }

    /// Ask · Listen · Understand · Act · Prove. A step that has no page yet is not shown.
    private static let loop: [Item] = [
        Item(
            key: "understand", page: "overview.title", href: "/", icon: "understand",
            permission: .readScores),
        Item(key: "ask", page: "surveys.title", href: "/surveys", icon: "ask", permission: .readSurveys),
        Item(
            key: "listen", page: "responses.title", href: "/responses", icon: "listen",
            permission: .readResponses),
        Item(key: "act", page: "cases.title", href: "/cases", icon: "act", permission: .readCases),
        Item(key: "customers", href: "/customers", icon: "customers", permission: .readCustomers),
    ]
    private static let mailbox = Item(
        key: "mailbox", href: "/mailbox", icon: "mail", permission: .writeSurveys)
    private static let settings: [Item] = [
        Item(key: "ask-rules", href: "/ask-rules", icon: "rules", permission: .readSurveys),
        Item(key: "members", href: "/members", icon: "members", permission: .readMembers),
        Item(key: "tokens", href: "/tokens", icon: "tokens", permission: .writeTokens),
        Item(key: "alerts", href: "/settings/alerts", icon: "alerts", permission: .writeAccount),
        Item(key: "webhooks", href: "/webhooks", icon: "webhooks", permission: .writeWebhooks),
        Item(key: "account", href: "/settings", icon: "settings", permission: .writeAccount),
        Item(key: "operations", href: "/operations", icon: "operations", permission: .readOperations),
    ]

    var model: [String: Any] {
        [
            "nav": entries(Self.loop),
            "settings": entries((hasMailbox ? [Self.mailbox] : []) + Self.settings),
            "account": principal.accountName,
            "accounts": principal.otherAccounts.map { ["id": String($0.id), "name": $0.name] },
            "member": principal.name, "email": principal.email ?? "", "sample": principal.showsSample,
            "languages": ReaderLanguage.allCases.map { language -> [String: Any] in
                ["tag": language.tag, "name": language.ownName, "current": language == messages.language]
            },
        ]
    }

    private func title(of item: Item) -> String {
        let label = messages("shell.\(item.key)")
        return item.page.map { "\(label) · \(messages($0))" } ?? label
    }

    /// The longest of them that the path lies under is where the reader is.
    private func entries(_ items: [Item]) -> [[String: Any]] {
        let allowed = items.filter { principal.may($0.permission) }
        let current = allowed.filter { item in
            item.href == "/" ? path == "/" : path == item.href || path.hasPrefix(item.href + "/")
        }.max { $0.href.utf8.count < $1.href.utf8.count }
        return allowed.map { item in
            [
                "label": messages("shell.\(item.key)"), "title": title(of: item), "href": item.href,
                "icon": item.icon, "current": item.href == current?.href,
            ]
        }
    }
}
