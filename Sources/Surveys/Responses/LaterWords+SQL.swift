package import Customers
package import Database
import Formats
import Kernel
import Ledger

/// Words that come after the score: from the page of its band, or from a form sent again.
package struct LaterWords: Equatable, Sendable {
    package var comment: String?
    package var answers: [Answer] = []
    package var contact: CustomerInput?

    package init() {}

    var isNothing: Bool { comment == nil && answers.isEmpty && contact?.names != true }

    package init(_ draft: ResponseDraft) {
        comment = draft.comment
        answers = draft.answers
        contact = draft.contact
    }
}

extension SurveyResponse {
    /// Adds the words that this answer lacks. What stands, the score above all, stays.
    package func add(_ later: LaterWords, _ recording: Recording, in tx: any Connection) throws {
        var fields: [String] = []
        if comment == nil, let words = later.comment {
            try tx.run(
                """
                UPDATE responses SET comment = \(words)
                WHERE account_id = \(account) AND id = \(id) AND comment IS NULL
                """)
            fields.append("comment")
        }
        if try insert(later.answers, in: tx) { fields.append("answers") }
        let reached = try add(later.contact, recording, in: tx)
        if reached != customer { fields.append("customer") }
        if fields.isEmpty { return }
        try Ledger.append(
            .responseCompleted, about: id.number, customer: reached?.number, by: recording.actor,
            payload: ["fields": .array(fields.map { .string($0) }), "survey": .string(survey.description)],
            id: recording.world.newID(), account: account, at: recording.now, in: tx)
    }

    /// Who answered, once the answerer has said so.
    private func add(
        _ contact: CustomerInput?, _ recording: Recording, in tx: any Connection
    ) throws -> Customer.ID? {
        guard let contact, contact.names else { return customer }
        let known = try customer.map { try Customer.find($0, account: account, in: tx) }
        let person = try Self.add(contact, to: known, in: account, recording, in: tx)
        if customer == nil {
            try tx.run(
                """
                UPDATE responses SET customer_id = \(person)
                WHERE account_id = \(account) AND id = \(id) AND customer_id IS NULL
                """)
        }
        return person
    }

    /// What an answerer says of themselves is added to what is known, and changes none of it.
    private static func add(
        _ contact: CustomerInput, to known: Customer?, in account: Int64, _ recording: Recording,
        in tx: any Connection
    ) throws -> Customer.ID {
        let (world, now) = (recording.world, recording.now)
        var people =
            if let known {
                try CustomerBook(for: contact, about: known, world: world, at: now, in: tx)
            } else {
                try CustomerBook(for: [contact], account: account, world: world, at: now, in: tx)
            }
        let change =
            if let known {
                try people.hear(contact, from: .stranger, about: known.id)
            } else {
                try people.hear(contact, from: .stranger)
            }
        try people.write(in: tx)
        if let event = change.event(by: recording.actor, world: world, at: now) {
            try Ledger.append([event], in: tx)
        }
        return change.customer.id
    }

    /// Answers that are there already stay as they are; true where one was added.
    private func insert(_ answers: [Answer], in tx: any Connection) throws -> Bool {
        if answers.isEmpty { return false }
        let rows = answers.map { answer -> SQL in
            """
            (\(id), \(answer.question), \(answer.item), \(account), \(answer.number), \(answer.choice),
              \(answer.words))
            """
        }
        return try !tx.run(
            """
            INSERT INTO answers (response_id, question, item, account_id, number, choice, words)
            VALUES \(rows.joined(", "))
            ON CONFLICT (response_id, question, item) DO NOTHING RETURNING response_id
            """
        ).isEmpty
    }
}
