"""The product under attack: an installation whose data outlives its processes, and the processes themselves."""
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAPPORT = Path(os.environ.get("RAPPORT_BINARY", ROOT / ".build/debug/rapport"))
# A backtrace of a killed debug build takes longer than the test.
QUIET = {"RAPPORT_LOG": "warning", "SWIFT_BACKTRACE": "enable=no"}
# How much longer than it promises the product may take: 1 on a machine of its own, more beside other tests.
SLACK = float(os.environ.get("FAULT_SLACK", 1))


def free_port():
    """Below the ports that the system gives to outgoing connections, so that a restart finds it free again, and of so
    many that two runs beside each other do not take one for another's server.
    """
    for _ in range(200):
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # As servers do: killed ones leave it waiting.
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                time.sleep(0.05)
    raise AssertionError("all ports of the fault tests are taken")


def eventually(look, seconds=60, pause=0.05):
    """What `look` finds, as soon as it finds something; else what it found last."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            return found
        time.sleep(pause)


def keep_mounts_to_ourselves():
    """Else a sandbox that somebody starts meanwhile takes a copy of our mounts and keeps our disks busy."""
    if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).unshare(0x00020000) == 0:
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)


@contextmanager
def scratch():
    folder = tempfile.mkdtemp(prefix="rapport-faults-")
    os.chmod(folder, 0o755)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Installation:
    """One account with a member, a token and an open survey, on a folder or on PostgreSQL."""

    def __init__(self, folder, database_url=None, environment=None, logs=None):
        self.folder, self.database_url, self.logs = Path(folder), database_url, Path(logs or folder)
        self.environment = {**os.environ, **QUIET, **(environment or {})}
        if database_url:
            self.environment["RAPPORT_DATABASE_URL"] = database_url
        self.command(
            "admin", "create", "--email", "owner@example.org", "--account", "Northwind", "--password-stdin",
            text="a long enough password\n")
        self.token = self.command("token", "create", "--name", "faults").strip().splitlines()[-1]
        with self.server() as server:
            self.survey = server.call("POST", "/surveys", {"name": "After a repair", "metric": "nps"})[1]["id"]

    def command(self, *words, text=None, expect=0):
        done = self.attempt(*words, text=text)
        assert done.returncode == expect, f"rapport {' '.join(words)}: {done.returncode} {done.stdout} {done.stderr}"
        return done.stdout

    def attempt(self, *words, text=None, environment=None):
        return subprocess.run(
            [RAPPORT, *words, "--data", self.folder], input=text, capture_output=True, text=True, timeout=600,
            env={**self.environment, **(environment or {})})

    @contextmanager
    def server(self, **options):
        server = Server(self, **options)
        server.start()
        try:
            yield server
        finally:
            server.end()


class Server:
    """One node. `before` is put in front of the command: strace, or a network namespace."""

    def __init__(self, installation, port=None, host="127.0.0.1", workers=2, before=(), environment=None):
        self.installation, self.host, self.before, self.workers = installation, host, list(before), workers
        self.port = port or free_port()
        self.address = f"http://{host}:{self.port}"
        self.environment = {**installation.environment, "RAPPORT_BASE_URL": self.address, **(environment or {})}
        self.log = installation.logs / f"server-{self.port}.log"
        self.process = None

    def launch(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [*self.before, RAPPORT, "serve", "--host", self.host, "--port", str(self.port),
                 "--workers", str(self.workers), "--data", self.installation.folder],
                env=self.environment, stdout=log, stderr=log, start_new_session=True)

    def start(self, seconds=60):
        """Somebody may have taken the port while it was free: they are waited for."""
        def try_it():
            self.launch()
            return self.is_ready(seconds) or "Another program listens" not in self.words().splitlines()[-1]
        assert eventually(try_it, 60, 0.5) and self.process.poll() is None, f"not ready: {self.words()}"

    def is_ready(self, seconds=60):
        def look():
            return self.process.poll() is not None or self.answers()
        return bool(eventually(look, seconds, pause=0.02)) and self.process.poll() is None

    def answers(self, path="/readyz"):
        try:
            with urllib.request.urlopen(self.address + path, timeout=2) as answer:
                return answer.status == 200
        except (OSError, ValueError):
            return False

    def words(self):
        return self.log.read_text()[-2000:] if self.log.exists() else ""

    def call(self, method, path, body=None, key=None, timeout=30):
        headers = {"Authorization": f"Bearer {self.installation.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        asked = urllib.request.Request(
            f"{self.address}/api/v1{path}", data=json.dumps(body).encode() if body is not None else None,
            headers=headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def signal(self, which):
        """To the node and what stands before it."""
        try:
            os.killpg(self.process.pid, which)
        except ProcessLookupError:
            pass

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def pause(self):
        """Returns when no thread of it runs, not even one that waited for the disk."""
        self.signal(signal.SIGSTOP)
        tasks = lambda: Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        assert eventually(lambda: all(one.read_text().rpartition(")")[2].split()[0] in "Tt" for one in tasks()), 60, 0.002)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def stop(self, seconds=40):
        """As an operator stops it; how long it took."""
        begun = time.monotonic()
        self.signal(signal.SIGTERM)
        self.process.wait(seconds)
        return time.monotonic() - begun

    def end(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.go_on()
        try:
            self.stop(15)
        except subprocess.TimeoutExpired:
            self.kill()
