import Formats
import Kernel
import Language
import Web

/// The account's settings: what it is called, where its days begin, when it works.
struct AccountPage {
    let account: Account
    let calendar: BusinessCalendar
    let messages: Messages
    /// Belongs to the form of that action.
    var refused: (action: String, typed: FormFields, error: DomainError)?

    /// The accent of the product, which an account without a colour shows.
    static let ownColour = BrandColour("#0b5d5e")

    var model: [String: Any] {
        [
            "title": messages("accounts.settings.title"), "fields": own.fields, "hourFields": hours.fields,
            "holidayFields": holidays.fields,
            "alert": refused.map { messages.sentence($0.error) } ?? false,
        ]
    }

    private func form(_ action: String) -> FormPage {
        guard let refused, refused.action == action else { return FormPage(messages) }
        return FormPage(messages, typed: refused.typed, error: refused.error)
    }

    private var own: FormPage {
        var form = form("/settings")
        form.input(
            "name", messages("accounts.field.account"), value: account.name, autocomplete: "organization")
        form.input(
            "colour", messages("accounts.field.colour"), type: "color",
            value: (account.colour ?? Self.ownColour)?.hex ?? "",
            help: messages("accounts.field.colour.help"),
            required: false)
        form.input(
            "website", messages("accounts.field.website"), type: "url",
            value: account.website?.description ?? "", help: messages("accounts.field.website.help"),
            autocomplete: "url", required: false)
        form.timeZone(value: account.timeZone)
        form.language("language", value: account.language)
        form.input(
            "quiet_days", messages("accounts.field.quiet-days"), type: "number",
            value: String(account.quietDays), help: messages("accounts.field.quiet-days.help"))
        form.input(
            "held_out_percent", messages("accounts.field.held-out"), type: "number",
            value: String(account.heldOutPercent), help: messages("accounts.field.held-out.help"))
        form.choice(
            "consent_first", messages("policy.consent-first"),
            options: [
                ("no", messages("policy.consent-first.no")), ("yes", messages("policy.consent-first.yes")),
            ], value: account.asksConsentFirst ? "yes" : "no", help: messages("policy.consent-first.help"))
        return form
    }

    private var hours: FormPage {
        var form = form("/settings/hours")
        for weekday in 1...7 {
            form.input(
                "hours_\(weekday)", messages("accounts.weekday.\(weekday)"),
                value: BusinessCalendar.text(of: calendar.week[weekday] ?? []),
                autocomplete: "off", required: false)
        }
        return form
    }

    private var holidays: FormPage {
        var form = form("/settings/hours")
        form.area(
            "holidays", messages("accounts.holidays"),
            value: calendar.holidays.sorted().map(\.description).joined(separator: "\n"),
            help: messages("accounts.holidays.help"))
        return form
    }
}
