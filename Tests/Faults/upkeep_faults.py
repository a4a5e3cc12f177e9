"""F-32, F-36, F-37, F-39: clocks that jump, backups under load, databases of older versions, unsound starts."""
import os
import subprocess
import time
from pathlib import Path

import pytest

import checks
from load import Load
from postgres import clusters
from rig import RAPPORT, Installation, Server, eventually, free_port, keep_mounts_to_ourselves, scratch

HERE = Path(__file__).resolve().parent
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
BACKUPS = int(os.environ.get("FAULT_BACKUPS", 2))


keep_mounts_to_ourselves()


def clock(file, offset):
    """The environment of a program whose clock is as far off as the file says, at any time."""
    file.write_text(offset + "\n")
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Else it sets this itself, and a Swift program that is started so no longer finds its arguments.
            "FAKETIME_SHARED": "/none /none"}


def follow_up_takes(books, seconds):
    return bool(eventually(lambda: checks.is_drained(books), seconds))




def restored(house, backup, folder, url=None):
    """The installation that a backup makes, as `checks` wants it."""
    again = object.__new__(Installation)
    again.__dict__.update(house.__dict__)
    again.folder, again.logs, again.database_url = folder, folder.parent, url
    again.environment = {**house.environment}
    again.environment.pop("RAPPORT_DATABASE_URL", None)
    if url:
        again.environment["RAPPORT_DATABASE_URL"] = url
    again.command("restore", backup)
    return again


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_backup_under_load_holds_all_that_was_acknowledged_before_it(engine):
    with clusters() as ((cluster,), folder):
        house = Installation(folder / "data", cluster.url if engine == "postgres" else None)
        with house.server() as server, Load([server], threads=4, prefix="b") as load:
            taken = []
            for number in range(BACKUPS):
                time.sleep(0.7)
                before = dict(load.acknowledged)
                begun = time.monotonic()
                house.command("backup", "--to", folder / f"{number}.backup")
                taken.append((before, time.monotonic() - begun))
        for number, (before, _) in enumerate(taken):
            again = restored(house, folder / f"{number}.backup", folder / f"again{number}")
            then = Load([server])
            then.acknowledged = before
            with again.server():
                books = checks.Books(again)
                assert eventually(lambda: checks.is_drained(books))
                assert not checks.lost(books, then) + checks.doubled(books, then) + checks.asked(books)
                assert not checks.verified(again)
                strange = {row[0] for row in books.rows("SELECT comment FROM responses")} - set(load.acknowledged)
                assert not strange, "a backup holds what nobody was told of"
                assert checks.lost(books, load), "the check does not miss what came after the backup"
        print(f"figures: {engine}, backups {BACKUPS} under load, the slowest {max(took for _, took in taken):.1f} s, "
              f"acknowledged {load.count}")


@pytest.mark.parametrize("version", sorted(one.stem for one in (HERE / "versions").glob("*.sql")))
def test_a_database_of_an_older_version_goes_on(version):
    """What is committed there was dumped with ten answers and three cases by the program of that day."""
    with scratch() as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        with open(HERE / "versions" / f"{version}.sql") as text:
            subprocess.run(["sqlite3", data / "rapport.db"], stdin=text, check=True)
        house = object.__new__(Installation)
        house.folder, house.logs, house.database_url = data, folder, None
        house.environment = {**os.environ, "RAPPORT_LOG": "warning", "SWIFT_BACKTRACE": "enable=no"}
        assert house.attempt("verify").returncode == 1, "an old schema is not verified before it is migrated"
        house.command("migrate")
        house.token = house.command("token", "create", "--name", "again").strip().splitlines()[-1]
        with house.server() as server:
            books = checks.Books(house)
            assert books.number("SELECT COUNT(*) FROM responses") == 10
            survey = server.call("GET", "/surveys")[1]["data"][0]["id"]
            cases = lambda: server.call("GET", "/cases")[1]["data"]
            assert len(cases()) == 3
            assert server.call("POST", f"/surveys/{survey}/responses", {"score": 2, "comment": "new"})[0] == 201
            assert eventually(lambda: len(cases()) == 4)
            assert eventually(lambda: checks.is_drained(books))
            figure = server.call("GET", f"/scores?survey={survey}")[1]["overall"]
            assert (figure["n"], figure["detractors"]) == (11, 4)
            assert not checks.asked(books) + checks.verified(house)


def refused(house, *words, code, says, environment=None, before=(), program=RAPPORT):
    done = subprocess.run(
        [*before, program, "serve", "--port", str(free_port()), "--data", house.folder, *words], capture_output=True,
        text=True, timeout=30, env={**house.environment, **(environment or {})})
    assert done.returncode == code and says in done.stderr, (done.returncode, done.stderr)
