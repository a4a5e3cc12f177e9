import Accounts
import Formats
import Kernel

/// Which cases a reader wants to see: all of it stands in the address of the page.
struct WorklistChoice: Equatable, Sendable {
    /// What has to be done by us; a resolved case waits for the customer.
    static let toDo: [RecoveryCase.Stage] = [.open, .contacted]
    private static let mostPages = 200

    /// `nil` is all that is to do.
    var stage: RecoveryCase.Stage?
    /// `me`, or a member's id.
    var owner: String?
    var overdueOnly = false
    private(set) var page = 1

    /// What a query does not say, or says wrong, is left as it is out of the box.
    init(_ query: FormFields = FormFields([])) {
        stage = query["stage"].flatMap { RecoveryCase.Stage(rawValue: $0) }
        owner = query["owner"].flatMap { $0 == "me" || Member.ID($0) != nil ? $0 : nil }
        overdueOnly = query["overdue"] == "true"
        page = query["page"].flatMap { Int($0) }.map { min(max(1, $0), Self.mostPages) } ?? 1
    }

    /// `me` is the reader.
    func filter(for me: Member.ID?) -> RecoveryCase.Filter {
        var filter = RecoveryCase.Filter()
        filter.stages = stage.map { [$0] } ?? Self.toDo
        filter.owner = owner.flatMap { $0 == "me" ? me : Member.ID($0) }
        filter.overdueOnly = overdueOnly
        return filter
    }

    /// Another choice begins on its first page.
    func changed(_ change: (inout WorklistChoice) -> Void) -> WorklistChoice {
        var other = self
        change(&other)
        other.page = 1
        return other
    }

    func turned(to page: Int) -> WorklistChoice {
        var other = self
        other.page = page
        return other
    }

    var address: String {
        var fields: [(String, String)] = []
        if let stage { fields.append(("stage", stage.rawValue)) }
        if let owner { fields.append(("owner", owner)) }
        if overdueOnly { fields.append(("overdue", "true")) }
        if page > 1 { fields.append(("page", String(page))) }
        return fields.isEmpty ? "/cases" : "/cases?" + FormFields(fields).encoded()
    }
}
