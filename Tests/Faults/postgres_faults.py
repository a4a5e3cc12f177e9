"""F-5 to F-7, A9: PostgreSQL is killed, fails over, runs out of connections, or waits for a standby that is gone."""
import os
import time

import pytest

import checks
from load import Load
from postgres import clusters, url_of
from rig import SLACK, Installation, eventually

ROUNDS = int(os.environ.get("FAULT_ROUNDS", 2))
# What nobody waits longer for: five seconds, and what a busy machine adds.
LONGEST = 6.5 * SLACK


def test_no_acknowledged_answer_is_lost_when_the_postmaster_is_killed():
    with clusters() as ((cluster,), folder):
        house, gaps = Installation(folder / "data", cluster.url), []

        def kill():
            cluster.kill()
            cluster.start()

        with house.server() as server:
            with Load([server], prefix="p") as load:
                for _ in range(ROUNDS):
                    time.sleep(0.7)
                    gaps.append(load.gap(kill))
            assert not checks.all_wrong(house, load)
            assert max(gaps) <= 15 * SLACK, gaps
            assert load.slowest <= LONGEST, load.slowest
        print(f"figures: postmaster kills {ROUNDS}, acknowledged {load.count}, told {load.statuses}, "
              f"longest outage {max(gaps):.1f} s, slowest answer {load.slowest:.1f} s")


@pytest.mark.parametrize("planned", [False, True], ids=["when_the_primary_is_killed", "at_a_switchover"])
def test_nothing_is_lost_and_the_standby_takes_over(planned):
    with clusters(standbys=1) as (made, folder):
        primary, standby = made
        house, gaps = Installation(folder / "data", url_of(primary, standby)), []

        def fail_over():
            primary.stop() if planned else primary.kill(all_of_it=True)
            standby.promote()
            standby.require_standby(False)  # Else it would wait for the one that is gone.

        with house.server() as server:
            with Load([server], prefix="f") as load:
                for turn in range(max(1, ROUNDS // 2)):
                    time.sleep(0.7)
                    gaps.append(load.gap(fail_over))
                    if turn + 1 < ROUNDS // 2:
                        primary.stop("immediate")
                        again = standby.standby(f"again{turn}", port=primary.port)
                        made.append(again)
                        standby.require_standby()
                        primary, standby = standby, again
            house.database_url = standby.url
            assert not checks.all_wrong(house, load)
            assert max(gaps) <= (5 if planned else 30) * SLACK, gaps
            assert load.slowest <= 10 * SLACK, load.slowest
        print(f"figures: {'switchovers' if planned else 'primaries lost'} {len(gaps)}, acknowledged {load.count}, "
              f"told {load.statuses}, longest outage {max(gaps):.1f} s, slowest answer {load.slowest:.1f} s")


def test_what_was_promised_without_its_standby_is_found_missing():
    """Without `synchronous_standby_names` an acknowledged answer may be on the primary alone."""
    with clusters(standbys=1) as ((primary, standby), folder):
        primary.require_standby(False)
        house = Installation(folder / "data", url_of(primary, standby))
        assert eventually(lambda: standby.ask("SELECT COUNT(*) FROM surveys") == "1")
        with house.server() as server:
            load = Load([server])
            standby.ask("SELECT pg_wal_replay_pause()")
            standby.stop()
            receipt = server.call("POST", f"/surveys/{house.survey}/responses", {"score": 9, "comment": "alone"})[1]
            load.acknowledged["alone"] = '{"id": "%s"}' % receipt["id"]
            primary.kill(all_of_it=True)
            standby.start()
            standby.promote()
            house.database_url = standby.url
            assert any(line.startswith("I1") for line in checks.lost(checks.Books(house), load))


def test_a_commit_without_its_standby_is_neither_acknowledged_nor_waited_for():
    """A9: 503 within five seconds, and the key tells later what became of it: until then its transaction holds it, so
    who asks again hears 503 or, where the wait for the key ends first, 409.
    """
    with clusters(standbys=1) as ((primary, standby), folder):
        house = Installation(folder / "data", url_of(primary, standby))
        with house.server() as server:
            standby.stop()
            with Load([server], prefix="s", threads=6) as load:
                assert eventually(lambda: sum(load.statuses.values()) >= 12), load.statuses
                assert load.count == 0, "acknowledged what no standby has"
                assert load.statuses[503] >= 6 and set(load.statuses) <= {503, 409}, load.statuses
                assert load.slowest <= LONGEST, load.slowest
                slowest = load.slowest
                begun = time.monotonic()
                assert server.call("GET", "/surveys")[0] == 200 and time.monotonic() - begun < 2 * SLACK
                standby.start()
                assert eventually(lambda: load.count > 50, 60), load.statuses
            assert not checks.all_wrong(house, load)
        print(f"figures: standby gone, told {load.statuses}, slowest answer {slowest:.1f} s")


@pytest.mark.parametrize("taken", ["a_lock", "every_connection"])
def test_when_others_hold_everything_callers_are_sent_away_in_time(taken):
    with clusters() as ((cluster,), folder):
        house = Installation(folder / "data", cluster.url)
        with house.server() as server:
            if taken == "a_lock":
                cluster.session("BEGIN", "LOCK TABLE responses IN ACCESS EXCLUSIVE MODE")
                assert eventually(lambda: cluster.ask(
                    "SELECT COUNT(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted") != "0")
            else:
                cluster.ask("ALTER ROLE rapport CONNECTION LIMIT 0")
                cluster.end_sessions("usename = 'rapport'")
            with Load([server], prefix="x", threads=12) as load:
                assert eventually(lambda: sum(load.statuses.values()) >= 12), load.statuses
                assert set(load.statuses) == {503}, load.statuses
                slowest = load.slowest
                cluster.ask("ALTER ROLE rapport CONNECTION LIMIT -1")
                cluster.end_sessions("query LIKE '%pg_sleep%'")
                assert eventually(lambda: load.count > 50, 60), load.statuses
            assert slowest <= (10 * SLACK if taken == "a_lock" else LONGEST), slowest
            assert not checks.all_wrong(house, load)
        print(f"figures: {taken} held, told {load.statuses}, slowest answer {slowest:.1f} s")

