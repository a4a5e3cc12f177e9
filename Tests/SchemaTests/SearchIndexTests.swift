import Database
import Kernel
import Schema
import TestKit
import Testing

@Suite struct `The search index` {
    @Test(arguments: Backend.available)
    func `finds after its change what it held before`(backend: Backend) async throws {
        let database = try await backend.bareDatabase()
        let names = Set(Schema.migrator.names(in: database.dialect)).subtracting([
            "20261122T1800_search_index"
        ])
        try await Schema.migrator.limited(to: names).migrate(database, at: Timestamp(milliseconds: 0))
        try await database.write { tx in
            for (id, words) in [(1, "slow 维 修 维修"), (2, "slow kettle"), (3, "kettle")] {
                try tx.run(
                    """
                    INSERT INTO response_search (rowid, account_id, words) VALUES (\(id), \(7), \(words))
                    """)
            }
        }
        try await Schema.migrator.migrate(database, at: Timestamp(milliseconds: 1))
        try await database.write { tx in
            try tx.run("DELETE FROM response_search WHERE account_id = 7 AND rowid = 3")
        }
        for (words, expected) in [
            (["维修"], [1]), (["slow"], [1, 2]), (["kettle", "slow"], [2]), (["tea"], []),
        ] {
            let found = try await database.read { tx in
                try tx.run(
                    """
                    SELECT rowid FROM response_search
                    WHERE account_id = 7 AND \(.fullTextMatch("response_search", words: words))
                    ORDER BY rowid LIMIT 10
                    """
                ).map { try $0.int("rowid") }
            }
            #expect(found == expected)
        }
    }
}
