import Database
import TestKit
import Testing

@Suite struct FullTextTests {
    private func library(on backend: Backend) async throws -> TestDatabase {
        let database = try await backend.bareDatabase()
        try await database.write { tx in
            for statement in SQL.fullTextTable("response_search", in: tx.dialect) { try tx.run(statement) }
            let texts = [
                1: "technik spoznil sie dwie godziny", 2: "维 修 维修 师 师傅 傅 迟 迟到 到",
                3: "5g 4k internet 200mbit",
                4: "维 护 维护 修 理 修理", 5: "zolc gesla jazn", 6: "technik przyjechal dwie",
            ]
            for (id, words) in texts {
                try tx.run(
                    """
                    INSERT INTO response_search (rowid, account_id, words) VALUES (\(id), \(id % 2), \(words))
                    """
                )
            }
        }
        return database
    }

    private func found(_ words: [String], in database: some Database) async throws -> [Int] {
        try await database.read { tx in
            try tx.run(
                """
                SELECT rowid FROM response_search WHERE \(.fullTextMatch("response_search", words: words))
                  AND account_id IN \(list: [0, 1]) ORDER BY rowid LIMIT 10
                """
            ).map { try $0.int("rowid") }
        }
    }

    @Test(
        arguments: Backend.available,
        [
            (["technik"], [1, 6]), (["dwie", "technik"], [1, 6]), (["godziny", "technik"], [1]),
            (["tech"], []),
            (["维修"], [2]), (["维", "修"], [2, 4]), (["5g"], [3]), (["200mbit", "4k"], [3]),
            (["zolc"], [5]),
            ([], []),
        ])
    func `rows that hold every word are found`(backend: Backend, search: ([String], [Int])) async throws {
        let database = try await library(on: backend)
        #expect(try await found(search.0, in: database) == search.1)
    }

    @Test(arguments: Backend.available)
    func `whatever stands in a word is only searched for`(backend: Backend) async throws {
        let database = try await library(on: backend)
        for word in [
            "\"", "a\" OR \"technik", "technik*", "-technik", "NEAR(", "' OR 1 = 1 --", "AND", "!", ":*", "^",
        ] {
            _ = try await found([word], in: database)
        }
        #expect(try await found(["absent\" OR \"technik"], in: database) == [])
    }

    @Test(arguments: Backend.available)
    func `a row that is taken out is found no more`(backend: Backend) async throws {
        let database = try await library(on: backend)
        try await database.write { tx in
            try tx.run("DELETE FROM response_search WHERE rowid = \(1)")
            try tx.run("UPDATE response_search SET words = \("inne") WHERE rowid = \(6)")
        }
        #expect(try await found(["technik"], in: database) == [])
        #expect(try await found(["inne"], in: database) == [6])
    }
}
