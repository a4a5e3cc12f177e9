"""What must be true after every fault (docs: the invariants I1 to I16 of the threat model's table of reliability).

Each checker returns what it found wrong, in words; `all_wrong` asks them all. I3, I7, I11 and I13 speak of mail and
chat, which the product does not have yet; I9 (tenants) and I10 (erasure) have suites of their own.
"""
import sqlite3
import subprocess

from rig import eventually


class Books:
    """Reads an installation's tables from outside, on either database."""

    def __init__(self, installation):
        self.installation = installation

    def rows(self, query):
        if self.installation.database_url:
            told = subprocess.run(
                ["psql", "-X", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", self.installation.database_url, "-c", query],
                capture_output=True, text=True, timeout=60)
            assert told.returncode == 0, told.stderr
            return [tuple(line.split("\t")) for line in told.stdout.splitlines()]
        file = sqlite3.connect(self.installation.folder / "rapport.db", timeout=20)
        try:
            return [tuple("" if value is None else str(value) for value in row) for row in file.execute(query)]
        finally:
            file.close()

    def number(self, query):
        return int(self.rows(query)[0][0])

    def change(self, *statements):
        """For faults that are made in the tables, and to shorten a lease."""
        if self.installation.database_url:
            return self.rows("; ".join(statements))
        file = sqlite3.connect(self.installation.folder / "rapport.db", timeout=20)
        with file:
            for statement in statements:
                file.execute(statement)
        file.close()


def is_drained(books):
    """All events are sealed and every consumer has taken them in. One look, for a consumer that is done adds events."""
    return books.number(
        "SELECT (SELECT COUNT(*) FROM unsealed_events) + (SELECT COUNT(*) FROM ledger_heads h"
        " JOIN consumers c ON c.account_id = h.account_id AND c.position < h.position)") == 0


def drained(books, patience=60):
    """Waits for that as long as something moves."""
    waiting = "SELECT (SELECT COUNT(*) FROM unsealed_events) + (SELECT -COALESCE(SUM(position), 0) FROM consumers)"
    before = None
    while not eventually(lambda: is_drained(books), patience):
        if before == (before := books.number(waiting)):
            return False
    return True


def lost(books, load):
    """I1, I16: an acknowledged answer is there, under the id that its receipt names."""
    there = {comment: int(number) for number, comment in books.rows(
        "SELECT id, comment FROM responses WHERE comment IS NOT NULL")}
    if load.rushed:
        missing = [key for key in list(load.acknowledged) if key not in there]
    else:
        missing = [key for key, number in load.ids().items() if there.get(key) != number]
    return [f"I1: {len(missing)} acknowledged answers are lost: {missing[:5]}"] if missing else []


def doubled(books, load):
    """I2: one key, one row, one receipt; and no row that nobody asked for."""
    wrong = []
    twice = books.rows("SELECT comment, COUNT(*) FROM responses GROUP BY comment HAVING COUNT(*) > 1")
    if twice:
        wrong.append(f"I2: {len(twice)} answers stand more than once: {twice[:5]}")
    if load.changed:
        wrong.append(f"I2: {len(load.changed)} retries got another receipt: {load.changed[:5]}")
    return wrong


def phantoms(books, load):
    """What stands was asked for, and once all keys are resolved all of it was acknowledged."""
    there = {comment for (comment,) in books.rows("SELECT comment FROM responses")}
    strange = there - set(load.acknowledged)
    return [f"I2: {len(strange)} answers stand that nobody was told of: {sorted(strange)[:5]}"] if strange else []


QUESTIONS = {
    "I4: answers without exactly one event":
        """SELECT r.id FROM responses r LEFT JOIN (
             SELECT subject_id FROM events WHERE kind = 'response.recorded'
             UNION ALL SELECT subject_id FROM unsealed_events WHERE kind = 'response.recorded') e
           ON e.subject_id = r.id GROUP BY r.id HAVING COUNT(e.subject_id) <> 1""",
    "I4: events about answers that are not there":
        """SELECT e.subject_id FROM events e WHERE e.kind = 'response.recorded'
           AND NOT EXISTS (SELECT 1 FROM responses r WHERE r.id = e.subject_id)""",
    "I5: open cases that nobody has":
        """SELECT c.id FROM recovery_cases c WHERE c.stage IN ('open', 'contacted', 'resolved') AND c.queue IS NULL
           AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = c.account_id AND m.member_id = c.owner_id
                           AND m.left_at IS NULL)""",
    "I6: unhappy answers without exactly one case":
        """SELECT s.response_id FROM scores s JOIN responses r ON r.id = s.response_id
           LEFT JOIN recovery_cases c ON c.response_id = s.response_id
           WHERE s.band = 'detractor' AND r.follow_up
           GROUP BY s.response_id HAVING COUNT(c.id) <> 1""",
    "I6: cases of answers that are not unhappy":
        """SELECT c.id FROM recovery_cases c LEFT JOIN scores s ON s.response_id = c.response_id AND s.band = 'detractor'
           WHERE s.response_id IS NULL""",
    "I6: cases told of more or less than once":
        """SELECT c.id FROM recovery_cases c LEFT JOIN events e ON e.subject_id = c.id AND e.kind = 'case.opened'
           GROUP BY c.id HAVING COUNT(e.id) <> 1""",
    "I8: answers without a score": "SELECT id FROM responses WHERE id NOT IN (SELECT response_id FROM scores)",
    "I12: jobs that have failed": "SELECT id FROM jobs WHERE state = 'failed'",
    "I14: accounts whose events have gaps":
        """SELECT account_id FROM events GROUP BY account_id
           HAVING COUNT(*) <> MAX(position) OR MIN(position) <> 1 OR COUNT(*) <> COUNT(DISTINCT id)""",
}


def asked(books, but=()):
    wrong = []
    for name, query in QUESTIONS.items():
        found = [] if name.split(":")[0] in but else books.rows(query)
        if found:
            wrong.append(f"{name}: {len(found)}, such as {found[:3]}")
    return wrong


def verified(installation):
    """I8, I14: every published figure equals a recount, every chain is whole, the file is sound."""
    told = installation.attempt("verify")
    return [] if told.returncode == 0 else [f"I8, I14: {told.stdout}{told.stderr}"]


def all_wrong(installation, load, but=()):
    """Asks every checker, once what follows the answers has caught up. A server must run, and the load have ended."""
    books = Books(installation)
    if not drained(books):
        return ["I4: events wait, and nobody takes them in"]
    wrong = lost(books, load) + doubled(books, load) + asked(books, but) + verified(installation)
    return wrong if load.rushed else wrong + phantoms(books, load)
