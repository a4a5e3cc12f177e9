"""F-2, F-3, F-4: calls to the disk that fail, power cuts, and a disk that is full."""
import fcntl
import os
import random
import signal
import struct
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import checks
from load import Load
from rig import SLACK, Installation, Server, eventually, keep_mounts_to_ourselves, scratch

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounts and traces as root")
SYNC_FAILED = "a sync failed: restart when the disk is sound"
CUTS = int(os.environ.get("FAULT_CUTS", 10))
keep_mounts_to_ourselves()
SHUTDOWN, WITHOUT_FLUSHING_THE_LOG = 0x8004587D, 2


def run(*words):
    subprocess.run(words, check=True, capture_output=True)


class Disk:
    """A file system of its own, in one file, that can lose its power."""

    def __init__(self, folder, megabytes=600):
        self.image, self.place = folder / "disk.img", folder / "disk"
        self.place.mkdir()
        with open(self.image, "wb") as image:
            image.truncate(megabytes << 20)
        run("mkfs.ext4", "-q", "-F", self.image)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", self.image, self.place)

    def unmount(self):
        gone = lambda: subprocess.run(["umount", self.place], capture_output=True).returncode == 0
        assert eventually(gone, 60), "the disk is still in use"

    def cut(self):
        """What was not synced is gone. Whoever writes must stand still."""
        root = os.open(self.place, os.O_RDONLY)
        fcntl.ioctl(root, SHUTDOWN, struct.pack("I", WITHOUT_FLUSHING_THE_LOG))
        os.close(root)


@contextmanager
def disk(**options):
    with scratch() as folder:
        made = Disk(folder, **options)
        try:
            yield made, folder
        finally:
            subprocess.run(["umount", "-l", made.place], capture_output=True)


# Appends a line, syncs, and only then says so: if this loses a line, the cut is unfair.
PLAIN = """
import os, sys
plain, told = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND), open(sys.argv[2], "w")
for n in range(10**9):
    os.write(plain, b"%d\\n" % n); os.fdatasync(plain)
    told.seek(0); told.write(f"{n} "); told.flush()
"""


def has_lost(plain, told):
    """Whether the last line that was told of is gone. Both files are taken away."""
    said = told.read_text().split() if told.exists() else []
    lines = plain.read_text().split() if plain.exists() else []
    for file in (plain, told):
        file.unlink(missing_ok=True)
    return bool(said) and said[0] not in lines


def cuts(times, before=()):
    """What was wrong after each of so many power cuts, the load, and how often a plain synced file lost a line."""
    chance, unfair = random.Random(3), 0
    with disk() as (made, folder):
        house = Installation(made.place / "data", logs=folder)
        server = Server(house, before=[word.format(data=house.folder) for word in before])
        server.start()
        with Load([server], threads=4) as load:
            try:
                for _ in range(times):
                    plain = subprocess.Popen([sys.executable, "-c", PLAIN, made.place / "plain", folder / "told"])
                    time.sleep(chance.uniform(0.2, 0.6))
                    os.kill(plain.pid, signal.SIGSTOP)
                    server.pause()
                    made.cut()
                    server.kill()
                    plain.kill()
                    plain.wait()
                    made.unmount()
                    made.mount()
                    unfair += has_lost(made.place / "plain", folder / "told")
                    wrong = checks.lost(checks.Books(house), load)
                    if wrong:
                        load.given_up = True  # Nobody need answer the rest.
                        return wrong, load, unfair
                    server.start()
                load.end()
                return checks.all_wrong(house, load), load, unfair
            finally:
                server.kill() if server.process.poll() is None else None
                load.ending.set()


def test_no_acknowledged_answer_is_lost_over_power_cuts():
    wrong, load, unfair = cuts(CUTS)
    assert not unfair, "a plain synced file lost lines: the cuts are not fair"
    assert not wrong, wrong
    print(f"figures: power cuts {CUTS}, acknowledged {load.count}, told {load.statuses}")


def test_power_cuts_are_noticed_when_the_log_is_not_synced_at_commit():
    """What `synchronous=NORMAL` leaves out: the sync of the write-ahead log."""
    trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", "{data}/rapport.db-wal",
             "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:retval=0"]
    wrong, _, _ = cuts(6, before=trace)
    assert any(line.startswith("I1") for line in wrong)


@contextmanager
def small_disk(megabytes):
    with scratch() as folder:
        place = folder / "small"
        place.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place)
        try:
            yield place, folder
        finally:
            run("umount", "-l", place)


def fill(place, leave):
    """Takes all but so many bytes; the file that has to go for room."""
    filler = place / "filler"
    room = os.statvfs(place)
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - leave)
    return filler


@pytest.mark.parametrize("rushed", [False, True], ids=["", "and_a_rushed_acknowledgement_is_noticed"])
def test_a_full_disk_refuses_and_loses_nothing(rushed):
    with small_disk(300) as (place, folder):
        house = Installation(place / "data", logs=folder)
        with house.server() as server:
            filler = fill(place, leave=3 << 20)
            with Load([server], rushed=rushed) as load:
                assert eventually(lambda: load.statuses.get(503, 0) > 50, 60), f"never full: {load.statuses}"
                if rushed:
                    load.ending.set()
                    time.sleep(0.5)
                    assert checks.lost(checks.Books(house), load)
                    return
                before = load.count
                for path in ("/surveys", f"/scores?survey={house.survey}", "/responses", "/cases"):
                    assert server.call("GET", path)[0] == 200, path
                assert server.answers("/sign-in") and server.answers("/livez")
                status, told = server.call("POST", f"/surveys/{house.survey}/responses", {"score": 9, "comment": "x"}, key="x")
                filler.unlink()
                freed = time.monotonic()
                assert eventually(lambda: load.count > before + 50, 5 * SLACK), "writes do not resume in time"
                resumed = time.monotonic() - freed
                # One small answer may fit where many do not.
                assert status == 201 or status == 503 and "busy" in told, (status, told)
            assert not checks.all_wrong(house, load)
            print(f"figures: disk full, acknowledged {load.count}, told {load.statuses}, resumed after {resumed:.2f} s")


# Call, and what becomes of its n-th invocation by a thread, for as long as there is an n-th.
FAULTS = [
    ("pwrite64", "error=EIO"), ("pwrite64", "error=ENOSPC"), ("pwrite64", "signal=SIGKILL"),
    ("fdatasync", "error=EIO"), ("fdatasync", "signal=SIGKILL"), ("pread64", "error=EIO"), ("pread64", "signal=SIGKILL"),
    ("sendto,write,writev,sendmsg", "signal=SIGKILL"),
]
FILES = ("rapport.db", "rapport.db-wal", "rapport.db-shm")


def traced(server, folder, call, fault, nth):
    """Attached to a running server; its own protocol says whether the fault has struck."""
    protocol = folder / "strace"
    protocol.unlink(missing_ok=True)
    data = server.installation.folder
    only = [] if call.startswith("sendto") else [
        word for name in FILES for word in ("-P", str(data / name))]
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-p", str(server.process.pid), "-o", protocol, *only, "-e", f"trace={call}",
         "-e", f"inject={call}:{fault}:when={nth}"], stderr=subprocess.PIPE)
    assert eventually(lambda: is_traced(server.process.pid), 60, 0.005)
    return tracer, protocol


def is_traced(process):
    """Each thread of it: the first is taken first, and the one that writes may still be free then."""
    for thread in Path(f"/proc/{process}/task").iterdir():
        try:
            if "TracerPid:\t0\n" in (thread / "status").read_text():
                return False
        except (FileNotFoundError, ProcessLookupError):
            pass  # It has ended.
    return True


def struck(protocol):
    text = protocol.read_text() if protocol.exists() else ""
    return "INJECTED" in text or "SIGKILL" in text


def answer_through(house, folder, call, fault, nth, load):
    """One unhappy answer and what follows from it while the fault strikes; then its key is asked for again."""
    key = f"{call}-{fault}-{nth}"
    body = {"score": 1, "comment": key, "customer": {"external_id": key}}
    with house.server() as server:
        tracer, protocol = traced(server, folder, call, fault, nth)
        try:
            try:
                status, receipt = server.call("POST", f"/surveys/{house.survey}/responses", body, key=key, timeout=20)
            except OSError:
                status = 0
            if 200 <= status < 300:
                load.acknowledged[key] = receipt_text(receipt)
            assert status in (0, 201, 503), f"{key}: {status}"
            time.sleep(0.15)
        finally:
            tracer.terminate()
            tracer.wait()
        found = struck(protocol)
    with house.server() as server:
        status, receipt = server.call("POST", f"/surveys/{house.survey}/responses", body, key=key)
        assert status == 201, f"{key}: {status} after a restart"
        if load.acknowledged.setdefault(key, receipt_text(receipt)) != receipt_text(receipt):
            load.changed.append(key)
    return found


def receipt_text(receipt):
    return '{"id": "%s"}' % receipt["id"]


@pytest.mark.parametrize("call, fault", FAULTS, ids=[f"{call.split(',')[0]}-{fault}" for call, fault in FAULTS])
def test_no_failing_call_to_the_disk_loses_or_doubles(call, fault):
    most = int(os.environ.get("FAULT_SWEEP", 5))
    with scratch() as folder:
        house = Installation(folder / "data", logs=folder)
        load = Load([Server(house)])
        hits = 0
        for nth in range(1, most + 1):
            if not answer_through(house, folder, call, fault, nth, load):
                break
            hits += 1
        with house.server():
            assert not checks.all_wrong(house, load)
        print(f"figures: {call} {fault} {hits} hits")


def test_a_rushed_acknowledgement_is_noticed_when_its_write_is_cut():
    with scratch() as folder:
        house = Installation(folder / "data", logs=folder)
        with house.server() as server:
            load = Load([server], rushed=True)
            load.acknowledged["early"] = None
            tracer, protocol = traced(server, folder, "pwrite64", "signal=SIGKILL", 1)
            with pytest.raises(OSError):
                server.call("POST", f"/surveys/{house.survey}/responses", {"score": 1, "comment": "early"})
            tracer.wait()
            assert struck(protocol)
        with house.server():
            assert any(line.startswith("I1") for line in checks.all_wrong(house, load))


@pytest.mark.parametrize("call", ["openat", "ftruncate", "fsync", "fdatasync", "pread64", "pwrite64"])
def test_a_server_that_cannot_use_its_disk_says_so_and_starts_when_it_can(call):
    """The n-th call of a kind fails while the server starts: it serves soundly, takes nothing more and says why, or
    ends with a sentence."""
    with scratch() as folder:
        house = Installation(folder / "data", logs=folder)
        load = Load([Server(house)])
        for nth in (1, 2, 3, 5):
            protocol, key = folder / "strace", f"{call}-{nth}"
            only = [word for name in FILES for word in ("-P", str(house.folder / name))]
            server = Server(house, before=[
                "strace", "-f", "-qq", "-o", protocol, *only, "-e", f"trace={call}",
                "-e", f"inject={call}:error=EIO:when={nth}"])
            server.launch()
            assert eventually(lambda: server.is_ready(1) or server.process.poll() is not None or reads_on(server), 120)
            if server.process.poll() is not None:
                assert server.process.returncode in (1, 75), server.process.returncode
                assert server.words().splitlines()[-1].startswith("rapport: "), server.words()
            server.end()
            with house.server() as server:
                receipt = server.call("POST", f"/surveys/{house.survey}/responses", {"score": 1, "comment": key}, key=key)[1]
                load.acknowledged[key] = receipt_text(receipt)
        with house.server():
            assert not checks.all_wrong(house, load)


def reads_on(server):
    """A sync has failed: it serves readers, and nothing more is acknowledged."""
    return SYNC_FAILED in server.words() and server.answers("/livez") and not server.answers()


def test_a_server_whose_sync_has_failed_is_not_ready_and_reads_on():
    """A second sync would lie, so nothing more is acknowledged until somebody has looked at the disk."""
    with scratch() as folder:
        house = Installation(folder / "data", logs=folder)
        path, body = f"/surveys/{house.survey}/responses", {"score": 1, "comment": "a"}
        with house.server() as server:
            tracer, protocol = traced(server, folder, "fdatasync", "error=EIO", 1)
            first = server.call("POST", path, body, key="a")[0]
            tracer.terminate()
            tracer.wait()
            assert struck(protocol) and first == 503
            assert server.call("POST", path, body, key="a")[0] == 503
            assert server.call("GET", "/surveys")[0] == 200
            assert eventually(lambda: reads_on(server)), server.words()
        with house.server() as server:
            assert server.call("POST", path, body, key="a")[0] == 201
            assert checks.Books(house).number("SELECT COUNT(*) FROM responses") == 1
