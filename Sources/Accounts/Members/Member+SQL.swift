package import Database
import Kernel
import Language

extension Member {
    private static let columns: SQL = "id, email, name, password_hash, language, created_at"

    init(_ row: Row) throws {
        id = try row.id("id")
        email = try row.text("email")
        name = try row.text("name")
        passwordHash = try row.optionalText("password_hash")
        language = try row.optionalValue("language")
        createdAt = try row.timestamp("created_at")
    }

    package static func find(_ id: ID, in tx: any Connection) throws -> Member {
        guard let row = try tx.run("SELECT \(columns) FROM members WHERE id = \(id)").first else {
            throw DomainError.notFound
        }
        return try Member(row)
    }

    /// `email` as `EmailAddress.normalised` writes it.
    package static func known(by email: String, in tx: any Connection) throws -> Member? {
        try tx.run("SELECT \(columns) FROM members WHERE email = \(email)").first.map(Member.init)
    }

    static func make(
        email: String, name: String, passwordHash: String?, language: ReaderLanguage?, world: World,
        in tx: any Connection
    ) throws -> Member {
        let member = Member(
            id: world.id(), email: email, name: name, passwordHash: passwordHash, language: language,
            createdAt: world.now())
        try tx.run(
            """
            INSERT INTO members (\(columns))
            VALUES (\(member.id), \(email), \(name), \(passwordHash), \(language), \(member.createdAt))
            """)
        return member
    }

    func save(in tx: any Connection) throws {
        try tx.run(
            """
            UPDATE members SET name = \(name), password_hash = \(passwordHash), language = \(language)
            WHERE id = \(id)
            """)
    }
}
