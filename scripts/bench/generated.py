"""Generated answers, written as the product would have written them, with a fixed seed."""
import sqlite3

#: Milliseconds: ids begin with the time since then.
EPOCH = 1_767_225_600_000
DAY = 86_400_000


def fill(product, count):
    """Puts `count` answers of 300 days into an installation: rows, events, search, cells and a case for each
    twentieth. One answer is sent first, so that the product itself has made what is there once."""
    server = product.serve()
    product.call(server, f"/api/v1/surveys/{product.survey['id']}/responses", {"score": 9, "comment": "Kind."})
    product.wait_until_idle()
    server.stop()
    connection = sqlite3.connect(product.file, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        _write(connection, count)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def people(product, count):
    """Puts `count` customers `p1`, `p2`… with an address, an order and a letter of last year into an installation."""
    connection = sqlite3.connect(product.file, isolation_level=None)
    try:
        account, survey = connection.execute("SELECT account_id, id FROM surveys").fetchone()
        connection.execute("BEGIN")
        connection.execute(
            "CREATE TEMP TABLE made AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " SELECT i, (i << 22) + 1 AS id, ? + i AS at FROM n", (count, EPOCH))
        known = {"account": account, "survey": survey}
        for statement in PEOPLE:
            connection.execute(statement, {name: value for name, value in known.items() if f":{name}" in statement})
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


PEOPLE = [
    """
    INSERT INTO customers (id, account_id, external_id, created_at, updated_at)
    SELECT id, :account, 'p' || i, at, at FROM made
    """,
    """
    INSERT INTO contact_points (id, account_id, customer_id, kind, value, created_at)
    SELECT id + 1, :account, id, 'email', 'p' || i || '@mail.example', at FROM made
    """,
    """
    INSERT INTO customer_events (id, account_id, customer_id, name, properties, occurred_at, recorded_at)
    SELECT id + 2, :account, id, 'order', '{}', at, at FROM made
    """,
    """
    INSERT INTO waves (id, account_id, survey_id, channel, planned_by, send_at, skipped, created_at)
    SELECT id + 3, :account, :survey, 'email', 'operator', at, '{}', at FROM made WHERE i = 1
    """,
    """
    INSERT INTO invitations (id, account_id, wave_id, survey_id, customer_id, contact_point_id, channel, state,
      token_hash, attempts, send_at, settled_at, expires_at, created_at)
    SELECT id + 4, :account, (1 << 22) + 4, :survey, id, id + 1, 'email', 'sent', 'hash ' || i, 1, at, at, at, at
    FROM made
    """,
]


def _write(connection, count):
    account, survey = connection.execute("SELECT account_id, id FROM surveys").fetchone()
    position = connection.execute("SELECT position FROM ledger_heads").fetchone()[0]
    known = {"account": account, "survey": survey, "count": count, "position": position,
             "step": 300 * DAY // count, "epoch": EPOCH, "people": max(1, count // 10)}
    connection.execute(
        """
        CREATE TEMP TABLE made AS
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
        SELECT i, ((i * :step) << 22) + (1 << 12) AS id, :epoch + i * :step AS at,
          CASE (i * 7919) % 20 WHEN 0 THEN 0 WHEN 1 THEN 3 WHEN 2 THEN 5 WHEN 3 THEN 6 WHEN 4 THEN 7 WHEN 5 THEN 7
            WHEN 6 THEN 8 WHEN 7 THEN 8 WHEN 8 THEN 8 WHEN 9 THEN 10 WHEN 10 THEN 10 WHEN 11 THEN 10 ELSE 9 END AS raw,
          'place ' || ((i * 31) % 20) AS place, 'way ' || ((i * 17) % 4) AS way,
          'The line was helpful and quick, thank you number ' || (i % 9973) AS comment,
          1 + ((i * 104729) % :people) AS person
        FROM n
        """, known)
    for statement in STATEMENTS + SPANS:
        connection.execute(statement, {name: value for name, value in known.items() if f":{name}" in statement})


#: Every consumer stands at the head.
STATEMENTS = [
    """
    INSERT INTO customers (id, account_id, external_id, created_at, updated_at)
    SELECT (i << 22) + 1, :account, 'g' || i, :epoch, :epoch FROM made WHERE i <= :people
    """,
    """
    INSERT INTO responses (id, account_id, survey_id, survey_version, customer_id, touchpoint, channel, comment,
      source, follow_up, occurred_at, recorded_at)
    SELECT id, :account, :survey, 1, (person << 22) + 1, place, way, comment, 'api', TRUE, at, at FROM made
    """,
    """
    INSERT INTO scores (response_id, account_id, survey_id, scale, raw, band, occurred_at)
    SELECT id, :account, :survey, '0-10', raw,
      CASE WHEN raw >= 9 THEN 'promoter' WHEN raw >= 7 THEN 'passive' ELSE 'detractor' END, at FROM made
    """,
    """
    INSERT INTO answers (response_id, question, item, account_id, choice)
    SELECT id, 'reason', '', :account, 'service' FROM made
    """,
    """
    INSERT INTO events (account_id, position, id, kind, subject_id, customer_id, actor, payload, happened_at)
    SELECT :account, :position + i, id + 1, 'response.recorded', id, (person << 22) + 1, 'operator', '{}', at
    FROM made
    """,
    "UPDATE ledger_heads SET position = :position + :count WHERE account_id = :account",
    "UPDATE consumers SET position = :position + :count WHERE account_id = :account",
    "INSERT INTO response_search (rowid, account_id, words) SELECT id, :account, lower(comment) FROM made",
    """
    INSERT INTO recovery_cases (id, account_id, response_id, rule, survey_id, customer_id, stage, queue, due_at,
      opened_at, round, escalation, ended_at)
    SELECT id + 2, :account, id, 'lowest-band', :survey, (person << 22) + 1, 'closed', 'recovery', at + 3600000, at,
      1, 0, at + 60000 FROM made WHERE raw = 3
    """,
] + [
    f"""
    INSERT INTO score_days (account_id, survey_id, dimension, value, day, raw, responses)
    SELECT :account, :survey, '{dimension}', {value}, at / 86400000, raw, COUNT(*) FROM made GROUP BY 4, 5, 6
    """ for dimension, value in [("", "''"), ("touchpoint", "place"), ("channel", "way"), ("agent", "''"),
                                 ("language", "''")]
]


#: The spans of all cells: weeks begin on Monday, and day 0 was a Thursday.
SPANS = ["DELETE FROM score_spans"] + [
    f"""
    INSERT INTO score_spans
    SELECT account_id, survey_id, dimension, '{grain}', value, {start} AS start,
      {", ".join(f"SUM(CASE raw WHEN {raw} THEN responses ELSE 0 END)" for raw in range(-10, 11))}
    FROM score_days GROUP BY account_id, survey_id, dimension, value, start
    """ for grain, start in [
        ("week", "day - (day + 3) % 7"),
        ("month", "CAST(strftime('%s', day * 86400, 'unixepoch', 'start of month') AS INT) / 86400")]
]


def fill_cells(product, total, segments=20, weeks=104):
    """The cells of `total` answers alone: each touchpoint, each day, each score."""
    server = product.serve()
    product.call(server, f"/api/v1/surveys/{product.survey['id']}/responses",
                 {"score": 9, "touchpoint": "place 0", "occurred_at": "2024-01-01T00:00:00Z"})
    product.wait_until_idle()
    server.stop()
    connection = sqlite3.connect(product.file, isolation_level=None)
    try:
        account, survey = connection.execute("SELECT account_id, id FROM surveys").fetchone()
        first, days = 19_723, weeks * 7
        each = total // (segments * days)
        def counts(day, segment):
            weights = [1 + (raw * 7 + day * 3 + segment * 5) % 11 for raw in range(11)]
            shares = [each * weight // sum(weights) for weight in weights]
            shares[10] += each - sum(shares)
            return shares
        connection.execute("BEGIN")
        connection.execute("DELETE FROM score_days")
        sums = {}
        for segment in range(segments):
            for day in range(days):
                rows = [(account, survey, "touchpoint", f"place {segment}", first + day, raw, n)
                        for raw, n in enumerate(counts(day, segment))]
                connection.executemany("INSERT INTO score_days VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
                for row in rows:
                    sums[row[4], row[5]] = sums.get((row[4], row[5]), 0) + row[6]
        connection.executemany(
            "INSERT INTO score_days VALUES (?, ?, '', '', ?, ?, ?)",
            [(account, survey, day, raw, n) for (day, raw), n in sums.items()])
        for statement in SPANS:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def csv(path, count, first=0):
    """Records of ten months; half of the comments are Chinese, all hold a comma, one in fifty a line break."""
    words = ["the line was quick, thank you", "nobody called back, and I waited", "客服很快就回電話，問題解決了, 謝謝",
             "等了很久，沒有人回覆, 很失望"]
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write("response_id,date,nps,comment,touchpoint,channel\n")
        for start in range(first, first + count, 10_000):
            file.write("".join(
                f'{i},2026-{1 + (i - first) * 10 // count:02d}-{1 + i % 28:02d},{(i * 7919) % 11},'
                f'"{words[i % 4]} {i % 997}{chr(10) if i % 50 == 0 else ""}",place {i % 20},way {i % 4}\n'
                for i in range(start, min(start + 10_000, first + count))))
