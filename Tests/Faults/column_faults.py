"""F-1 for what is derived: packed columns are cut off, damaged or deleted, and any cut equals the rows all the same."""
import json
import os
import random
import shutil
import time
import urllib.parse
import urllib.request

import pytest

import checks
from rig import Installation, eventually, scratch

KILLS = int(os.environ.get("FAULT_COLUMN_KILLS", 12))
#: One full block of 16,384 and some more.
ANSWERS = 17_000


@pytest.fixture(scope="module")
def answered():
    """An installation with its answers, whose server has stopped."""
    with scratch() as folder:
        house = Installation(folder / "data")
        with house.server() as server:
            record(house, server, ANSWERS)
            assert checks.drained(checks.Books(house))
        yield house


@pytest.fixture
def house(answered):
    """A copy of it, whose columns are still to be made."""
    with scratch() as folder:
        house = object.__new__(Installation)
        house.__dict__.update(answered.__dict__)
        house.folder = house.logs = folder / "data"
        shutil.copytree(answered.folder, house.folder)
        shutil.rmtree(house.folder / "columns", ignore_errors=True)
        yield house


def record(house, server, count, begin=0):
    for start in range(begin, begin + count, 2000):
        lines = "\n".join(json.dumps({
            "score": number * 7919 % 11, "touchpoint": ["shop", "web", "phone"][number % 3],
            "agent": f"agent {number * 31 % 40}",
        }) for number in range(start, min(start + 2000, begin + count)))
        asked = urllib.request.Request(
            f"{server.address}/api/v1/surveys/{house.survey}/responses/bulk", data=lines.encode(), method="POST",
            headers={"Authorization": f"Bearer {house.token}", "Content-Type": "application/x-ndjson"})
        with urllib.request.urlopen(asked, timeout=120) as answer:
            told = [json.loads(line)["status"] for line in answer.read().decode().splitlines()]
            assert set(told) == {201}, told[:3]


def told(house, server):
    """By agent, of one touchpoint: a cut that no count covers."""
    query = urllib.parse.urlencode({"survey": house.survey, "by": "agent", "where[touchpoint]": "web"})
    status, answer = server.call("GET", f"/scores?{query}")
    assert status == 200, answer
    return {group["key"]: (group["figure"]["promoters"], group["figure"]["n"]) for group in answer["groups"]}


def counted(house):
    rows = checks.Books(house).rows(
        """SELECT r.agent, SUM(CASE WHEN s.raw >= 9 THEN 1 ELSE 0 END), COUNT(*)
           FROM responses r JOIN scores s ON s.response_id = r.id WHERE r.touchpoint = 'web' GROUP BY r.agent""")
    return {agent: (int(promoters), int(count)) for agent, promoters, count in rows}


def blocks(house):
    return [file for file in house.folder.glob("columns/*/*.blocks") if file.stat().st_size > 0]


def test_any_cut_equals_the_rows_over_kills(house):
    chance = random.Random(5)
    with house.server() as server:
        for turn in range(KILLS):
            assert told(house, server) == counted(house)
            record(house, server, 60, begin=ANSWERS + 60 * turn)
            time.sleep(chance.uniform(0, 1.5))
            server.kill()
            server.start()
        assert eventually(lambda: told(house, server) == counted(house) and blocks(house), 60)
        # As an operator stops it: what is in memory is written down. Then a file is damaged, then all are gone.
        for damage in (lambda: None, lambda: spoil(blocks(house)[0]), lambda: shutil.rmtree(house.folder / "columns")):
            server.stop()
            damage()
            server.start()
            assert told(house, server) == counted(house)
            assert eventually(lambda: blocks(house), 60)
            assert told(house, server) == counted(house)


def spoil(file):
    """One bit, in the middle of a block."""
    with open(file, "r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        byte = opened.read(1)[0]
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([byte ^ 4]))


def test_columns_that_are_not_the_rows_are_found(house):
    """That the answers do come from columns, and that the comparison bites: a row taken out behind their back."""
    with house.server() as server:
        told(house, server)
        assert eventually(lambda: blocks(house), 60)
        time.sleep(2)
        checks.Books(house).change("DELETE FROM scores WHERE response_id IN (SELECT MIN(id) FROM responses "
                                   "WHERE touchpoint = 'web')")
        assert told(house, server) != counted(house)
