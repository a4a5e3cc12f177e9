"""The checkers themselves: each finds the damage that it is for, and finds none where there is none."""
import shutil

import pytest

import checks
from load import Load
from rig import Installation, eventually, scratch

# What is done to the tables, and which checker has to speak.
DAMAGE = {
    "an acknowledged answer is gone": ("I1", "DELETE FROM responses WHERE id = (SELECT MIN(id) FROM responses)"),
    "an answer stands under another id": ("I1", "UPDATE responses SET id = id + 1 WHERE id = (SELECT MAX(id) FROM responses)"),
    "an answer stands twice": ("I2", """
        INSERT INTO responses SELECT id + 1, account_id, survey_id, survey_version, customer_id, touchpoint, channel, agent,
          language, comment, source, follow_up, occurred_at, recorded_at FROM responses LIMIT 1"""),
    "nobody was told of an answer": ("I2", "UPDATE responses SET comment = 'x' WHERE id = (SELECT MIN(id) FROM responses)"),
    "an answer has no event": ("I4", """
        DELETE FROM events WHERE position = (SELECT MAX(position) FROM events WHERE kind = 'response.recorded')"""),
    "an event has no answer": ("I4", "UPDATE events SET subject_id = 7 WHERE kind = 'response.recorded'"),
    "a case belongs to nobody": ("I5", "UPDATE recovery_cases SET owner_id = 7, queue = NULL"),
    "the owner of a case has left": ("I5", "UPDATE memberships SET left_at = 1"),
    "an unhappy answer has no case": ("I6", "DELETE FROM recovery_cases WHERE id = (SELECT MIN(id) FROM recovery_cases)"),
    "an answer has two cases": ("I6", """
        INSERT INTO recovery_cases (id, account_id, response_id, rule, survey_id, stage, queue, due_at, opened_at, round,
          escalation) SELECT 7, account_id, response_id, 'x', survey_id, 'open', 'q', 1, 1, 1, 0 FROM recovery_cases LIMIT 1"""),
    "a happy answer has a case": ("I6", "UPDATE scores SET band = 'promoter'"),
    "a figure is another than its answers": ("I8", "UPDATE score_days SET responses = responses + 1"),
    "an answer has no score": ("I8", "DELETE FROM scores WHERE response_id = (SELECT MIN(response_id) FROM scores)"),
    "a job has failed": ("I12", "UPDATE jobs SET state = 'failed'"),
    "an event is missing": ("I14", "DELETE FROM events WHERE position = 2"),
    "an event was altered": ("I8, I14", "UPDATE events SET actor = 'system' WHERE position = 2"),
}


@pytest.fixture(scope="module")
def sound():
    """An installation with some answers, whose server has stopped, and the load that made it."""
    with scratch() as folder:
        house = Installation(folder / "sound")
        with house.server() as server:
            with Load([server], threads=2) as load:
                assert eventually(lambda: load.count > 30)
            assert not checks.all_wrong(house, load)
        yield house, load, folder


@pytest.mark.parametrize("what", DAMAGE)
def test_a_checker_finds(sound, what):
    house, load, folder = sound
    name, statement = DAMAGE[what]
    damaged = object.__new__(Installation)
    damaged.__dict__.update(house.__dict__)
    damaged.folder = folder / "damaged"
    shutil.copytree(house.folder, damaged.folder)
    try:
        checks.Books(damaged).change(statement)
        wrong = checks.all_wrong(damaged, load)
        assert any(line.startswith(name) for line in wrong), wrong
    finally:
        shutil.rmtree(damaged.folder)
