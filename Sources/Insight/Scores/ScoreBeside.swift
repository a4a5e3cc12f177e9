import Formats
import Kernel
import Surveys
import Web

/// What belongs beside a score: how many of those asked answered, and what was left out of it.
struct ScoreBeside: Equatable, Sendable {
    /// Of the letters that arrived, those that were answered.
    let response: Share
    /// Scores that nobody has sent yet.
    let provisional: Int
    /// Links that were opened. None of it is an answer.
    let visits: LinkVisits

    var json: JSONObject {
        func whole(_ number: Int) -> JSONValue { .integer(Int64(number)) }
        return [
            "response_rate": response.json, "provisional": whole(provisional),
            "excluded": [
                "intents": whole(visits.byPeople), "machines": whole(visits.byMachines),
                "provisional": whole(provisional),
            ],
        ]
    }
}
