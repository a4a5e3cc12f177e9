import Accounts
package import Database
package import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import Ledger
package import Web

/// Surveys over the API.
package struct SurveyRoutes: Sendable {
    private let database: any Database
    private let world: World
    private let site: Site
    private let views: SurveyViews

    package init(database: any Database, world: World, site: Site) {
        self.database = database
        self.world = world
        self.site = site
        views = SurveyViews(reader: DatabaseReader(database), site: site)
    }

    package func add(to table: inout RouteTable) {
        table.get("/api/v1/surveys", .api(.readSurveys), use: views.list)
        table.post("/api/v1/surveys", .api(.writeSurveys), use: create)
        table.get("/api/v1/surveys/{id}", .api(.readSurveys), use: views.find)
        table.patch("/api/v1/surveys/{id}", .api(.writeSurveys), use: change)
    }

    @Sendable private func create(_ call: Call) async throws -> Response {
        let input = try SurveyInput(call.json())
        let (account, actor) = (try call.account(), try call.actor())
        return try await Idempotency.once(call, database: database, world: world) { tx in
            let survey = try Survey.create(
                input, account: account, by: actor, world: world, at: world.now(), in: tx)
            return APIAnswer(.created, survey.json(at: site))
        }.response
    }

    /// A merge patch of name, status, method, questions, languages, texts and style.
    @Sendable private func change(_ call: Call) async throws -> Response {
        let (account, actor, id) = (try call.account(), try call.actor(), try call.id() as Survey.ID)
        let patch = try call.json()
        let survey = try await database.write { tx in
            let before = try Survey.find(id, account: account, in: tx)
            var survey = before
            try survey.change(by: patch)
            return try survey.save(over: before, by: actor, world: world, at: world.now(), in: tx)
        }
        return .json(survey.json(at: site))
    }
}

/// What programs read of surveys.
struct SurveyViews: Sendable {
    let reader: DatabaseReader
    let site: Site

    @Sendable func list(_ call: Call) async throws -> Response {
        let (account, asked) = (try call.account(), try call.pageRequest())
        let before: Survey.ID? = try asked.cursor.map { text in
            guard let id = Survey.ID(text) else { throw DomainError(.invalid, "bad-cursor") }
            return id
        }
        let found = try await reader.read { tx in
            try Survey.list(account: account, before: before, limit: asked.limit + 1, in: tx)
        }
        let page = Page(asked: asked.limit, found: found) { $0.id.description }
        return .list(page) { $0.json(at: site) }
    }

    @Sendable func find(_ call: Call) async throws -> Response {
        let (account, id) = (try call.account(), try call.id() as Survey.ID)
        let survey = try await reader.read { tx in try Survey.find(id, account: account, in: tx) }
        return .json(survey.json(at: site))
    }
}

extension Survey {
    /// Takes what a patch gives. Metric, scale and slug stay: answers and links rest on them.
    mutating func change(by patch: JSONInput) throws(DomainError) {
        var input = patch
        if let given = input.text("name", 1...200) { name = given }
        if let given = input.choice("status", Status.self) { status = given }
        if let given = input.choice("method", Method.self) { method = given }
        definition.change(by: &input)
        try input.finish()
    }

    /// As the API shows it.
    package func json(at site: Site) -> JSONValue {
        var object: JSONObject = [
            "id": .id(id), "slug": .string(slug), "url": .string(site.link("/s/\(slug)")),
            "status": .string(status.rawValue), "name": .string(name), "metric": .string(metric.rawValue),
            "scale": .string(scale.rawValue), "method": .string(method.rawValue),
            "version": .integer(Int64(version)), "sample": .bool(isSample),
        ]
        for member in definition.json.members { object.append(member.key, member.value) }
        object.append("created_at", .time(createdAt))
        object.append("updated_at", .time(updatedAt))
        return .object(object)
    }
}
