"""F-5 to F-7, A9: PostgreSQL is killed, fails over, runs out of connections, or waits for a standby that is gone."""
import os
import time

import pytest

import checks
from load import Load
from postgres import clusters, url_of
from rig import Installation, eventually

ROUNDS = int(os.environ.get("FAULT_ROUNDS", 2))
# What nobody waits longer for: five seconds, and what a busy machine adds.
LONGEST = 6.5


def gap(load, act):
    """The longest time without an acknowledgement while `act` runs and until the next hundred of them."""
    load.since_last[1] = 0.0
    act()
    before = load.count
    assert eventually(lambda: load.count > before + 100, 60), f"no answers any more: {load.statuses}"
    return load.since_last[1]



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
                    gaps.append(gap(load, fail_over))
                    if turn + 1 < ROUNDS // 2:
                        primary.stop("immediate")
                        again = standby.standby(f"again{turn}", port=primary.port)
                        made.append(again)
                        standby.require_standby()
                        primary, standby = standby, again
            house.database_url = standby.url
            assert not checks.all_wrong(house, load)
            assert max(gaps) <= (5 if planned else 30), gaps
            assert load.slowest <= 10, load.slowest
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
