import Formats
import HTTPTypes
@testable import Surveys
import TestKit
import Testing

extension House {
    func bulk(_ survey: String, _ lines: [String], key: String? = nil) async throws -> [JSONValue] {
        let answer = try await sent(survey, lines, key: key)
        #expect(answer.status == 200)
        return try answer.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    func sent(_ survey: String, _ lines: [String], key: String? = nil) async throws -> TestAnswer {
        var headers: HTTPFields = [.authorization: "Bearer account-1", .contentType: "application/x-ndjson"]
        if let key { headers[HTTPField.Name("Idempotency-Key")!] = key }
        return try await site.call(
            .post, "/api/v1/surveys/\(survey)/responses/bulk", headers: headers,
            body: lines.joined(separator: "\n"))
    }
}

@Suite struct BulkTests {
    @Test(arguments: Backend.available)
    func `each line is answered by itself, in order`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let results = try await house.bulk(
            id,
            [
                #"{"score": 9}"#, #"{"score": 11}"#, "", "nonsense",
                #"{"score": 3, "customer": {"email": "a@b.pl"}}"#,
                #"{"score": 1, "comment": "\#(String(repeating: "a", count: 65_536))"}"#, #"{"score": 7}"#,
            ])
        #expect(results.map { $0["line"] } == [1, 2, 4, 5, 6, 7])
        #expect(results.map { $0["status"] } == [201, 422, 400, 201, 413, 201])
        #expect(results[1]["errors"]?.array?.first?["pointer"] == "/score")
        #expect(results[3]["band"] == "detractor")
        #expect(try await house.rows("responses") == 3)
    }

    @Test(arguments: Backend.available)
    func `a line refused by the database's rows leaves its neighbours alone`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let results = try await house.bulk(
            id,
            [
                #"{"score": 9, "customer": {"external_id": "a", "email": "a@b.pl"}}"#,
                #"{"score": 9, "customer": {"external_id": "b", "email": "a@b.pl"}}"#,
                #"{"score": 9, "customer": {"external_id": "b"}}"#,
            ])
        #expect(results.map { $0["status"] } == [201, 409, 201])
        #expect(results[1]["code"] == "customer-ambiguous")
        #expect(try await house.rows("customers") == 2)
        #expect(try await house.rows("responses") == 2)
    }

    @Test(arguments: Backend.available)
    func `a line's key makes it one answer, also within one body`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let lines = [
            #"{"score": 9, "key": "a"}"#, #"{"score": 9, "key": "a"}"#, #"{"score": 2, "key": "a"}"#,
        ]
        let first = try await house.bulk(id, lines)
        #expect(first.map { $0["status"] } == [201, 201, 422])
        #expect(first[0]["id"] == first[1]["id"])
        let again = try await house.bulk(id, lines)
        #expect(again.map { $0["id"] } == first.map { $0["id"] })
        #expect(try await house.rows("responses") == 1)
    }

    @Test(arguments: Backend.available)
    func `a body sent again under one key records nothing twice`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let lines = (0..<250).map { #"{"score": \#($0 % 11)}"# }
        let first = try await house.bulk(id, lines, key: "k")
        let again = try await house.bulk(id, lines, key: "k")
        #expect(first.count == 250)
        #expect(again == first)
        #expect(try await house.rows("responses") == 250)
    }

    @Test(arguments: Backend.available, [150, 200])
    func `another body under one key is refused as a whole`(backend: Backend, count: Int) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let lines = (0..<count).map { #"{"score": \#($0 % 11)}"# }
        _ = try await house.bulk(id, lines, key: "k")
        var changed = lines
        changed[count - 3] = #"{"score": 1, "comment": "new"}"#
        let others = [
            changed, lines + [#"{"score": 2}"#], lines.dropLast(), Array(lines.prefix(100)),
            lines.map { $0.replacing("}", with: #", "key": "own"}"#) }, [],
        ]
        for (index, other) in others.enumerated() {
            let answer = try await house.sent(id, Array(other), key: "k")
            #expect(answer.status == 422 && answer.json["code"] == "idempotency-key-reused", "\(index)")
        }
        #expect(try await house.rows("responses") == count)
        #expect(try await house.bulk(id, lines, key: "k").count == count)
        #expect(try await house.sent(id, lines, key: "").status == 422)
        #expect(try await house.rows("responses") == count)
    }

    @Test(arguments: Backend.available)
    func `a body that many send at once under one key is recorded once`(backend: Backend) async throws {
        let house = try await House(on: backend)
        let id = try await house.survey().id
        let lines = (0..<230).map { #"{"score": \#($0 % 11)}"# }
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    // On a busy machine the first may take longer than the others wait.
                    var answer = try await house.sent(id, lines, key: "k")
                    while answer.status == 409 { answer = try await house.sent(id, lines, key: "k") }
                    return answer.text
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        #expect(try await house.rows("responses") == 230)
    }

    @Test func `lines after the ten-thousandth are left out, and that is said`() async throws {
        let house = try await House(on: .sqlite)
        let id = try await house.survey().id
        let results = try await house.bulk(id, Array(repeating: "x", count: AnswerLines.most + 5))
        #expect(results.count == AnswerLines.most + 1)
        #expect(results.last?["code"] == "too-many-lines")
        #expect(results.last?["status"] == 413)
    }

    @Test func `lines are cut alike wherever the body was cut`() {
        let bytes = Array("one\r\n\n  \ntwo\nfar too long\nend".utf8)
        let whole = [
            AnswerLines.Line(number: 1, bytes: Array("one".utf8)), .init(number: 4, bytes: Array("two".utf8)),
            .init(number: 5, bytes: nil), .init(number: 6, bytes: Array("end".utf8)),
        ]
        for size in 1...bytes.count {
            var reader = AnswerLines(longest: 5)
            var lines: [AnswerLines.Line] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                lines += reader.take(bytes[start..<min(bytes.count, start + size)])
            }
            if let last = reader.end() { lines.append(last) }
            #expect(lines == whole, "pieces of \(size)")
        }
    }
}
