"""F-32, F-36, F-37, F-39: clocks that jump, backups under load, databases of older versions, unsound starts."""
import os
import subprocess
import time
from pathlib import Path

import pytest

import checks
from load import Load
from postgres import clusters
from rig import RAPPORT, SLACK, Installation, Server, eventually, free_port, keep_mounts_to_ourselves, scratch

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


def test_clocks_that_jump_double_nothing_and_hold_nothing_up():
    with scratch() as folder:
        house, file = Installation(folder / "data", logs=folder), folder / "clock"
        books = checks.Books(house)
        server = Server(house, environment=clock(file, "+0"))
        server.start()
        try:
            with Load([server], threads=2, rate=60, prefix="t") as load:
                for offset in ("+1h", "+0", "-1h", "+0", "+365d", "+0"):
                    file.write_text(offset + "\n")
                    time.sleep(0.7)
                    server.kill()  # Whatever it held is held by that clock now.
                    server.start()
                    before = load.count
                    assert eventually(lambda: load.count > before, 60), f"no answers at {offset}"
                load.end()
            assert follow_up_takes(books, 60), "what follows the answers is held up"
            assert not checks.all_wrong(house, load)
        finally:
            server.end()
        print(f"figures: clock jumps 6, acknowledged {load.count}, told {load.statuses}")


def test_a_clock_that_is_set_back_holds_the_follow_up_for_no_more_than_a_lease():
    """And somebody who honestly holds the lease does hold it: the check sees the difference."""
    with scratch() as folder:
        house = Installation(folder / "data", logs=folder)
        books, path = checks.Books(house), f"/surveys/{house.survey}/responses"
        with house.server() as server:
            for number, (ahead, in_time) in enumerate([(3_600_000, True), (8_000, False)]):
                until = int(time.time() * 1000) + ahead
                books.change(
                    "INSERT INTO leases (name, holder, token, leased_until) VALUES ('follower', 'x', 1000, 0) "
                    "ON CONFLICT (name) DO NOTHING",
                    f"UPDATE leases SET holder = 'x', token = token + 1, leased_until = {until} WHERE name = 'follower'")
                time.sleep(0.5)
                assert server.call("POST", path, {"score": 1, "comment": f"n{number}"})[0] == 201
                assert follow_up_takes(books, 4 * SLACK if in_time else 4) == in_time
            assert follow_up_takes(books, 60)
            assert not checks.asked(books)


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
        text=True, timeout=60, env={**house.environment, **(environment or {})})
    assert done.returncode == code and says in done.stderr, (done.returncode, done.stderr)


def test_an_unsound_start_is_refused_by_name():
    with scratch() as folder:
        house = Installation(folder / "data", logs=folder)
        refused(house, "--host", "0.0.0.0", code=64, says="RAPPORT_BASE_URL")
        refused(house, code=1, says="clock", environment=clock(folder / "clock", "-3000d"))
        books = checks.Books(house)
        books.change("INSERT INTO migrations (name, applied_at) VALUES ('29990101T0000_later', 1)")
        refused(house, code=1, says="newer rapport")
        books.change("DELETE FROM migrations WHERE name = '29990101T0000_later'")
        with house.server() as server:
            refused(house, code=75, says="already uses this data folder")
            assert server.answers()


def test_a_data_folder_that_others_may_read_is_closed():
    with scratch() as folder:
        house = Installation(folder / "data", logs=folder)
        os.chmod(house.folder, 0o755)
        with house.server() as server:
            assert house.folder.stat().st_mode & 0o777 == 0o700
            assert "open to others" in server.words()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts as root")
def test_a_disk_without_room_is_refused():
    with scratch() as folder:
        place = folder / "small"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", place], check=True)
        try:
            house = Installation(place / "data", logs=folder)
            filler = place / "filler"
            with open(filler, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 60 << 20)
            refused(house, code=75, says="MiB are free")
            filler.unlink()
            with house.server() as server:
                assert server.answers()
        finally:
            subprocess.run(["umount", "-l", place], capture_output=True)
