import Ledger

/// Who listens to what: the one table of consumers, jobs and schedules.
enum Subscriptions {
    static func consumers(_ installation: Installation) -> [Consumer] { [] }
    static func handlers(_ installation: Installation) -> [JobHandler] { [] }
    static func schedules(_ installation: Installation) -> [Schedule] { [] }
}
