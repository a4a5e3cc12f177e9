package import Database
package import Kernel

/// All tables of the product, in the order in which they were added.
package enum Schema {
    package static let migrator = Migrator(migrations)

    /// When the newest step was written, by its name: no clock that is right stands a day before it.
    package static let writtenAt: Timestamp = {
        let newest = migrations(in: .sqlite).map { $0.name }.max() ?? ""
        var rest = Array(newest.utf8.prefix(13)).filter { $0 != UInt8(ascii: "T") }
        var text = ""
        for (length, mark) in [(4, "-"), (2, "-"), (2, "T"), (2, ":"), (2, ":00Z")] {
            text += String(decoding: rest.prefix(length), as: UTF8.self)
            text += mark
            rest.removeFirst(min(length, rest.count))
        }
        guard let moment = Timestamp(rfc3339: text) else { preconditionFailure("a step is named by a time") }
        return moment
    }()

    /// A name is a time, so that parallel branches do not clash; what is released is frozen.
    private static func migrations(in dialect: Dialect) -> [Migration] {
        [
            Migration("20261121T1200_ledger", LedgerTables.statements),
            Migration("20261121T1201_accounts", AccountTables.statements),
            Migration("20261121T1202_customers", CustomerTables.statements),
            Migration(
                "20261121T1203_surveys",
                SurveyTables.statements + SQL.fullTextTableWithPlaces("response_search", in: dialect)),
            Migration("20261121T1204_insight", InsightTables.statements),
            Migration("20261121T1205_follow_up", FollowUpTables.statements),
            Migration("20261122T0230_planner_statistics", PlannerStatistics.statements(in: dialect)),
            Migration("20261122T0300_account_colour", AccountColour.statements),
            Migration("20261122T0310_score_spans", ScoreSpanTables.statements),
            Migration("20261122T0345_case_list", CaseListIndex.statements(in: dialect)),
            Migration("20261122T0830_invitations", InvitationTables.statements(in: dialect)),
            Migration("20261122T0835_mailbox", MailboxTables.statements),
            Migration("20261122T1110_ask_rules", AskRuleTables.statements(in: dialect)),
            Migration("20261122T1111_webhooks", WebhookTables.statements(in: dialect)),
            Migration("20261122T1112_inbound", InboundTables.statements(in: dialect)),
            Migration("20261122T1113_alerts", AlertTables.statements(in: dialect)),
            Migration("20261122T1114_inbox", InboxTables.statements(in: dialect)),
            Migration("20261122T1124_coverage", CoverageColumns.statements(in: dialect)),
            Migration("20261122T1500_receiving_domains", ReceivingDomainTables.statements),
            Migration("20261122T1510_policy", PolicyTables.statements(in: dialect)),
            Migration("20261122T1520_webhook_notices", WebhookNotices.statements(in: dialect)),
            Migration("20261122T1540_website", AccountWebsite.statements),
            Migration("20261122T1800_search_index", SearchIndex.statements(in: dialect)),
        ]
    }
}
