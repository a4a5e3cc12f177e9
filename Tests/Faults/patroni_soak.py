"""F-5, F-6: the node that leads is killed or steps down, and Patroni promotes the one that followed synchronously."""
import os

import pytest

import checks
from load import Load
from patroni_members import members
from postgres import url_of
from rig import SLACK, Installation, eventually

ROUNDS = int(os.environ.get("FAULT_ROUNDS", 2))
# Nobody waits longer for an answer, be it 503.
LONGEST = 10 * SLACK


@pytest.mark.parametrize("planned, longest", [(False, 30), (True, 5)], ids=["leader_killed", "switchover"])
def test_nothing_is_lost_and_no_restart_is_needed(planned, longest):
    with members() as (nodes, folder):
        house, gaps = Installation(folder / "data", url_of(*nodes.members)), []
        with house.server() as server:
            started = server.process.pid
            with Load([server], prefix="n", patience=LONGEST, rate=60) as load:
                for _ in range(ROUNDS):
                    nodes.are_whole()
                    before = load.count
                    assert eventually(lambda: load.count > before + 20, 60), load.statuses
                    if planned:
                        gaps.append(load.gap(nodes.switch))
                    else:
                        leader = nodes.playing("primary")
                        gaps.append(load.gap(leader.kill, patience=60 * SLACK))
                        leader.start()
                nodes.are_whole()
            assert server.process.pid == started and server.process.poll() is None
            house.database_url = nodes.playing("primary").url
            assert not checks.all_wrong(house, load)
            assert max(gaps) <= longest * SLACK, gaps
            assert load.slowest <= LONGEST and not load.statuses.get(-1), (load.slowest, load.statuses)
        print(f"figures: {'switchovers' if planned else 'leaders killed'} {len(gaps)}, acknowledged {load.count}, "
              f"told {load.statuses}, longest outage {max(gaps):.1f} s, slowest answer {load.slowest:.1f} s")


@pytest.mark.parametrize("strict", [False, True], ids=["and_lost_when_nobody_need_follow", "refused_when_somebody_must"])
def test_what_only_the_leader_has(strict):
    """Both who follow are gone, then the leader is: what it acknowledged alone is missing afterwards."""
    with members(strict) as (nodes, folder):
        leader = nodes.playing("primary")
        others = [one for one in nodes.members if one is not leader]
        house = Installation(folder / "data", url_of(*nodes.members))
        assert eventually(lambda: all(one.ask("SELECT COUNT(*) FROM surveys") == "1" for one in others), 60)
        with house.server() as server:
            load = Load([server])
            for one in others:
                one.kill()
            status, told = server.call("POST", f"/surveys/{house.survey}/responses", {"score": 9, "comment": "alone"}, "alone")
            if strict:
                assert status == 503, "acknowledged what only the leader has"
                return
            load.acknowledged["alone"] = '{"id": "%s"}' % told["id"]
            leader.kill()
            for one in others:
                one.start()
            house.database_url = nodes.playing("primary").url
            assert any(line.startswith("I1") for line in checks.lost(checks.Books(house), load))
