import Database
import Formats
import HTTPTypes
import Hummingbird
import Kernel
import Language
import Web

/// The settings of the account that the reader is in.
struct AccountRoutes: Sendable {
    let database: any Database
    let world: World
    private var views: AccountViews { AccountViews(reader: DatabaseReader(database)) }

    func add(to table: inout RouteTable) {
        table.get("/settings", .page(.writeAccount)) { call in
            try call.page("account-settings", try await views.page(call).model)
        }
        table.post("/settings", .page(.writeAccount), use: save)
        table.post("/settings/hours", .page(.writeAccount), use: saveHours)
    }

    private func refusal(
        _ call: Call, _ action: String, _ form: FormInput, _ error: DomainError
    ) async throws -> Response {
        var page = try await views.page(call)
        page.refused = (action, form.fields, error)
        return try call.page("account-settings", page.model, status: .unprocessableContent)
    }

    @Sendable private func save(_ call: Call) async throws -> Response {
        var form = try call.form()
        let name = form.requiredText("name", 1...120), zone = form.requiredTimeZone("time_zone")
        let language: ReaderLanguage? = form.choice("language")
        let colour = form.fields["colour"].flatMap { BrandColour($0) }
        if colour == nil, form.fields["colour"]?.isEmpty == false { form.refuse("colour", "not-a-colour") }
        let website = form.fields["website"].flatMap { WebAddress($0) }
        if website == nil, form.fields["website"]?.isEmpty == false { form.refuse("website", "not-a-url") }
        let quiet = form.integer("quiet_days", in: Account.quietDaysRange)
        let heldOut = form.integer("held_out_percent", in: 0...100)
        let consent = form.fields["consent_first"]
        do {
            try form.finish()
        } catch {
            return try await refusal(call, "/settings", form, error)
        }
        let principal = try call.principal()
        try await database.write { [world] tx in
            let before = try Account.find(Account.ID(principal.accountID), in: tx)
            var account = before
            (account.name, account.timeZone) = (name, zone)
            account.website = website
            account.quietDays = quiet ?? before.quietDays
            account.heldOutPercent = heldOut ?? before.heldOutPercent
            account.asksConsentFirst = consent.map { $0 == "yes" } ?? before.asksConsentFirst
            if let language { account.language = language }
            account.colour = colour == AccountPage.ownColour ? nil : colour
            try account.save(over: before, by: principal.actor, world: world, in: tx)
        }
        return .seeOther("/settings?done=settings-saved")
    }

    @Sendable private func saveHours(_ call: Call) async throws -> Response {
        var form = try call.form()
        let principal = try call.principal(), id = Account.ID(principal.accountID)
        let zone = try await database.read { tx in try Account.find(id, in: tx).zone }
        do {
            let calendar = try form.calendar(in: zone)
            try await database.write { [world] tx in
                try calendar.save(account: id, by: principal.actor, world: world, in: tx)
            }
        } catch let error as DomainError where error.kind == .invalid {
            return try await refusal(call, "/settings/hours", form, error)
        }
        return .seeOther("/settings?done=hours-saved")
    }
}

/// The settings as they are read.
struct AccountViews: Sendable {
    let reader: DatabaseReader

    func page(_ call: Call) async throws -> AccountPage {
        let id = Account.ID(try call.account())
        let (account, calendar) = try await reader.read { tx in
            (try Account.find(id, in: tx), try BusinessCalendar.find(account: id, in: tx))
        }
        return AccountPage(account: account, calendar: calendar, messages: call.messages)
    }
}

extension FormInput {
    /// `nil` where it is left out or wrong.
    fileprivate mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let number = integer(key) else { return nil }
        if range.contains(number) { return number }
        refuse(key, "out-of-range", ["min": String(range.lowerBound), "max": String(range.upperBound)])
        return nil
    }

    /// `hours_1` (Monday) to `hours_7`, and `holidays`, a date a line.
    fileprivate mutating func calendar(in zone: Zone) throws(DomainError) -> BusinessCalendar {
        var week: [Int: [BusinessCalendar.Span]] = [:]
        for weekday in 1...7 {
            let key = "hours_\(weekday)"
            if let spans = BusinessCalendar.spans(fields[key] ?? "") {
                week[weekday] = spans
            } else {
                refuse(key, "not-hours")
            }
        }
        let days = (fields["holidays"] ?? "").split { $0.isWhitespace || $0 == "," }.map {
            LocalDay(String($0))
        }
        if days.contains(nil) { refuse("holidays", "not-a-date") }
        try finish()
        return try BusinessCalendar(week: week, holidays: Set(days.compactMap(\.self)), zone: zone)
    }
}
