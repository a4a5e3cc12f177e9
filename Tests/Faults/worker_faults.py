"""F-11, A25: workers that are paused beyond their lease, and jobs that throw, hang, or end the process."""
import time
from contextlib import contextmanager

import pytest

import checks
from load import Load
from postgres import clusters
from rig import Installation, eventually

NOW = "(EXTRACT(EPOCH FROM now()) * 1000)::bigint"


@contextmanager
def place():
    with clusters() as ((cluster,), folder):
        house = Installation(folder / "data", cluster.url)
        yield cluster, house, checks.Books(house)


def enqueue(cluster, number, kind="cases.escalate"):
    cluster.ask(
        "INSERT INTO jobs (id, account_id, kind, unique_key, payload, state, run_at, attempts, lease_token, leased_until, "
        f"created_at) VALUES ({number}, 0, '{kind}', 'fault-{number}', '{{}}', 'waiting', 0, 0, 0, 0, {NOW})")


def job(cluster, number, columns="state"):
    return cluster.ask(f"SELECT {columns} FROM jobs WHERE id = {number}")


def becomes(cluster, number, state, seconds=60):
    assert eventually(lambda: job(cluster, number) == state, seconds), job(cluster, number, "state, attempts, last_error")


@contextmanager
def held(cluster):
    """Whoever looks at cases waits: a job that does hangs."""
    cluster.session("BEGIN", "SELECT 'holder'", "LOCK TABLE recovery_cases IN ACCESS EXCLUSIVE MODE")
    assert eventually(lambda: cluster.ask(
        "SELECT COUNT(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted") != "0")
    try:
        yield
    finally:
        cluster.end_sessions("query LIKE '%pg_sleep%'")


def late_cases(cluster, server, count=5):
    """Unhappy answers whose cases are overdue, so that the job has something to tell."""
    for number in range(count):
        server.call("POST", f"/surveys/{server.installation.survey}/responses", {"score": 0, "comment": f"late {number}"})
    assert eventually(lambda: cluster.ask("SELECT COUNT(*) FROM recovery_cases") == str(count))
    cluster.ask(f"UPDATE recovery_cases SET due_at = {NOW} - 60000")


def told_twice(cluster):
    return cluster.ask("SELECT subject_id FROM events WHERE kind = 'case.escalated' GROUP BY subject_id, payload "
                       "HAVING COUNT(*) > 1")


@pytest.mark.parametrize("fenced", [True, False], ids=["", "and_without_its_token_this_is_noticed"])
def test_a_worker_that_was_paused_beyond_its_lease_changes_nothing(fenced):
    with place() as (cluster, house, _), house.server() as late:
        late_cases(cluster, late)
        with held(cluster):
            enqueue(cluster, 1)
            becomes(cluster, 1, "running")
            late.pause()
            cluster.ask("UPDATE jobs SET leased_until = 1 WHERE id = 1")
        with house.server() as other:
            assert eventually(lambda: job(cluster, 1) != "running", 60)
            cluster.ask("UPDATE jobs SET run_at = 0 WHERE id = 1 AND state = 'waiting'")
            becomes(cluster, 1, "done")
            if not fenced:
                cluster.ask(f"UPDATE jobs SET state = 'running', lease_token = 1, leased_until = {NOW} + 9000 WHERE id = 1")
            before = job(cluster, 1, "state, lease_token, finished_at, last_error")
            late.go_on()
            time.sleep(3)
            after = job(cluster, 1, "state, lease_token, finished_at, last_error")
            assert (before == after) == fenced, (before, after)
            assert eventually(lambda: cluster.ask(
                "SELECT COUNT(*) FROM events WHERE kind = 'case.escalated'") == "5"), "not told at all"
            assert not told_twice(cluster)
            assert not checks.asked(checks.Books(house)) and other.answers()


def test_a_follower_that_was_paused_beyond_its_lease_counts_nothing_twice():
    with place() as (cluster, house, books):
        with house.server() as first:
            with Load([first], threads=2, prefix="first") as load:
                assert eventually(lambda: load.count > 50)
            with house.server() as second, Load([second], threads=4, prefix="second") as other:
                first.pause()
                token = books.number("SELECT MAX(token) FROM leases")
                waiting = lambda: books.number("SELECT COUNT(*) FROM unsealed_events")
                assert eventually(lambda: waiting() > 20 or other.count > 200)
                begun = time.monotonic()
                taken = f"SELECT COUNT(*) FROM leases WHERE token > {token} AND leased_until > {NOW}"
                assert eventually(lambda: books.number(taken), 60)
                took = time.monotonic() - begun
                first.go_on()
                time.sleep(2)
                other.end()
                other.acknowledged.update(load.acknowledged)
                assert not checks.all_wrong(house, other)
        print(f"figures: follower paused, taken over after {took:.1f} s, acknowledged {other.count}")


def test_a_job_that_ends_the_process_is_parked_after_two_deaths_and_the_others_run():
    with place() as (cluster, house, books):
        with house.server() as server:
            late_cases(cluster, server, 1)
        with held(cluster):
            for turn in range(2):
                with house.server() as server:
                    if turn == 0:
                        enqueue(cluster, 1)
                    else:
                        assert eventually(lambda: job(cluster, 1) == "waiting")
                        cluster.ask("UPDATE jobs SET run_at = 0 WHERE id = 1")
                    becomes(cluster, 1, "running")
                    server.kill()
                cluster.ask("UPDATE jobs SET leased_until = 1 WHERE id = 1")
        with house.server() as server:
            enqueue(cluster, 2, "jobs.forget")
            becomes(cluster, 2, "done")
            becomes(cluster, 1, "failed")
            assert job(cluster, 1, "attempts, last_error") == "2|the worker stopped or was cut off"
            assert any(line.startswith("I12") for line in checks.asked(books)), "the checker does not see a failed job"
            assert not checks.asked(books, but=("I12",)) and server.answers()


def test_a_job_that_hangs_or_throws_waits_longer_and_stops_nobody():
    with place() as (cluster, house, books):
        with house.server() as server:
            late_cases(cluster, server, 1)
            with held(cluster):
                enqueue(cluster, 1)
                enqueue(cluster, 2, "jobs.forget")
                becomes(cluster, 2, "done")
                becomes(cluster, 1, "waiting", 60)
                # It hangs for four seconds at least, and rests for twelve; some of that may be over by now.
                assert job(cluster, 1, "attempts") == "1" and int(job(cluster, 1, "run_at - created_at")) > 15_000
            cluster.ask("ALTER TABLE recovery_cases RENAME COLUMN escalation TO hidden")
            cluster.ask("UPDATE jobs SET attempts = 19, run_at = 0 WHERE id = 1")
            becomes(cluster, 1, "failed")
            assert "escalation" in job(cluster, 1, "last_error")
            cluster.ask("ALTER TABLE recovery_cases RENAME COLUMN hidden TO escalation")
            assert server.call("POST", f"/surveys/{house.survey}/responses", {"score": 0, "comment": "x"})[0] == 201
            assert eventually(lambda: checks.is_drained(books))
            assert not checks.asked(books, but=("I12",))
