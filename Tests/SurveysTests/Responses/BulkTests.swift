import Formats
import HTTPTypes
@testable import Surveys
import TestKit
import Testing

extension House {
    func bulk(_ survey: String, _ lines: [String], key: String? = nil) async throws -> [JSONValue] {
        var headers: HTTPFields = [.authorization: "Bearer account-1", .contentType: "application/x-ndjson"]
        if let key { headers[HTTPField.Name("Idempotency-Key")!] = key }
        let answer = try await site.call(
            .post, "/api/v1/surveys/\(survey)/responses/bulk", headers: headers,
            body: lines.joined(separator: "\n"))
        #expect(answer.status == 200)
        return try answer.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
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
