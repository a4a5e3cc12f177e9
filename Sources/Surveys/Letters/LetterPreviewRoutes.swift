import Accounts
package import Database
import Formats
import Hummingbird
import Kernel
import Language
package import Web

/// How the mail of a survey looks, before anybody gets it.
package struct LetterPreviewRoutes: Sendable {
    private let views: LetterPreviewViews

    package init(database: any Database, site: Site) {
        views = LetterPreviewViews(reader: DatabaseReader(database), site: site)
    }

    package func add(to table: inout RouteTable) {
        table.get("/surveys/{id}/letter", .page(.readSurveys), use: views.show)
        table.get("/surveys/{id}/letter/html", .page(.readSurveys), use: views.html)
    }
}

/// Given a reader: nobody is invited by looking.
struct LetterPreviewViews: Sendable {
    let reader: DatabaseReader
    let site: Site

    @Sendable func show(_ call: Call) async throws -> Response {
        try call.page("letter-preview", try await page(call).model)
    }

    @Sendable func html(_ call: Call) async throws -> Response {
        FramedMail(html: try await page(call).letter.html(site.pages), opensLinks: false).response
    }

    /// `tag` chooses the language, `again=yes` the reminder.
    private func page(_ call: Call) async throws -> LetterPreviewPage {
        let (account, id, query) = (try call.account(), try call.id() as Survey.ID, try call.query())
        let (survey, sender) = try await reader.read { tx in
            (
                try Survey.find(id, account: account, in: tx),
                try Account.find(Account.ID(account), in: tx).sender
            )
        }
        let tag = AnswerPage.tag(for: survey, asked: query["tag"] ?? call.language.tag, accepting: nil)
        return LetterPreviewPage(
            letter: InvitationLetter(
                survey: survey, sender: sender, tag: tag, touchpoint: nil, style: survey.definition.style,
                isReminder: query["again"] == "yes", links: LetterLinks(base: site.baseURL, token: "…")),
            messages: call.messages)
    }
}
