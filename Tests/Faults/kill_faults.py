"""F-1, F-9: the server is killed at any moment, and asked the same thing many times."""
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import checks
from load import Load
from rig import SLACK, Installation, eventually, scratch

KILLS = int(os.environ.get("FAULT_KILLS", 50))


@pytest.fixture
def house():
    with scratch() as folder:
        yield Installation(folder)


def kills_under_load(house, times, check_every=10, **options):
    """What was wrong after so many kills, and the load that ran over them."""
    books, chance = checks.Books(house), random.Random(7)
    with house.server() as server:
        with Load([server], **options) as load:
            for turn in range(1, times + 1):
                time.sleep(chance.uniform(0.02, 0.8))
                server.kill()
                if turn % check_every == 0:
                    wrong = checks.lost(books, load) + checks.doubled(books, load)
                    if wrong:
                        return wrong, load
                server.start()
        return checks.all_wrong(house, load), load


def test_no_acknowledged_answer_is_lost_or_doubled_over_kills(house):
    wrong, load = kills_under_load(house, KILLS)
    assert not wrong, wrong
    assert load.statuses.get(0, 0) >= KILLS / 2, "the kills met no load"
    print(f"figures: kills {KILLS}, acknowledged {load.count}, told {load.statuses}")


def test_an_answer_acknowledged_before_its_commit_is_found_missing(house):
    wrong, _ = kills_under_load(house, 5, check_every=1, rushed=True)
    assert any(line.startswith("I1") for line in wrong)


def test_answers_sent_again_without_a_key_are_found_doubled(house):
    """What a key is for: the same load without one, every answer sent twice."""
    with house.server() as server:
        for _ in range(2):
            server.call("POST", f"/surveys/{house.survey}/responses", {"score": 9, "comment": "twice"})
        assert checks.doubled(checks.Books(house), Load([server]))


def test_a_hundred_at_once_with_one_key_are_one_answer_over_kills(house):
    """1,000 keys, 100 times each, from 32 threads; the server is killed meanwhile, and who heard nothing asks again."""
    keys, times = int(os.environ.get("FAULT_KEYS", 60)), 100
    receipts = {}

    with house.server() as server:
        def submit(key):
            while True:
                try:
                    status, receipt = server.call(
                        "POST", f"/surveys/{house.survey}/responses", {"score": 2, "comment": key}, key=key)
                except OSError:
                    status = 0
                if status == 201:
                    receipts.setdefault(key, set()).add(receipt["id"])
                    return True
                assert status in (0, 409, 503), status
                time.sleep(0.02)

        with ThreadPoolExecutor(32) as pool:
            done = [pool.submit(submit, f"k{n}") for n in range(keys) for _ in range(times)]
            for _ in range(3):
                time.sleep(1)
                server.kill()
                server.start()
            assert all(one.result() for one in done)
        books = checks.Books(house)
        assert all(len(told) == 1 for told in receipts.values()) and len(receipts) == keys
        assert books.number("SELECT COUNT(*) FROM responses") == keys
        load = Load([server])
        load.acknowledged = {key: None for key in receipts}
        load.rushed = True
        assert not checks.all_wrong(house, load)
        other = server.call("POST", f"/surveys/{house.survey}/responses", {"score": 9, "comment": "k0"}, key="k0")
        assert other[0] == 422


def test_what_follows_an_answer_goes_on_at_once_after_a_kill(house):
    """A detractor's case stands within five seconds of a restart: no lease of the killed process is waited for."""
    books = checks.Books(house)
    with house.server() as server:
        for turn in range(2):
            with Load([server], threads=2, prefix=f"l{turn}") as load:
                assert eventually(lambda: load.count > 20)
            server.call("POST", f"/surveys/{house.survey}/responses", {"score": 0, "comment": f"last {turn}"}, key=f"{turn}")
            server.kill()
            server.start()
            assert eventually(lambda: checks.is_drained(books), min(5 * SLACK, 7)), "what follows waits for the dead"
        assert not checks.asked(books) + checks.verified(house)
        books.change(f"UPDATE leases SET holder = 'x', token = token + 1, leased_until = {int(time.time() * 1000) + 8000}")
        time.sleep(0.3)
        server.call("POST", f"/surveys/{house.survey}/responses", {"score": 0, "comment": "held up"})
        assert not eventually(lambda: checks.is_drained(books), 3), "the check does not see a lease that is held"
