"""This machine and the processes under test."""
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def busy_share(seconds=0.3):
    """Share of all cores that worked during a moment in which we do nothing."""
    def jiffies():
        fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]
    (total, idle) = jiffies()
    time.sleep(seconds)
    (later, rested) = jiffies()
    return 1 - (rested - idle) / max(1, later - total)


class Process:
    """A server of ours: its address, its CPU seconds, its memory."""

    def __init__(self, command, port, environment=None, ready="/readyz"):
        self.address, self.port = f"http://127.0.0.1:{port}", port
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.start_seconds = self.wait(port, ready)

    def wait(self, port, path):
        """Seconds from the start to the first 200, looked for every millisecond."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        while time.perf_counter() - self.begun < 60:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}")
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                    connection.sendall(request)
                    if connection.recv(64).startswith(b"HTTP/1.1 200"):
                        return time.perf_counter() - self.begun
            except OSError:
                pass
            time.sleep(0.001)
        raise RuntimeError(f"{self.process.args[0]} does not answer")

    @property
    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * TICK_SECONDS

    @property
    def memory_mib(self):
        """Proportional: what it shares with others is divided among them."""
        text = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) / 1024

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()


class Product:
    """An installation with an account, a token and a survey; it may be served and stopped many times."""

    SURVEY = {
        "name": "Bench", "metric": "nps", "languages": ["en"],
        "questions": [
            {"key": "reason", "kind": "choice", "text": {"en": "What was it about?"},
             "options": [{"key": "price", "text": {"en": "Price"}}, {"key": "service", "text": {"en": "Service"}}]},
            {"key": "speed", "kind": "rating", "text": {"en": "How quick were we?"}},
        ],
    }

    def __init__(self, binary, folder, database_url=None):
        self.binary, self.data, self.database_url = binary, folder, database_url
        self.where = ["--data", folder] + (["--database-url", database_url] if database_url else [])
        self.run("admin", "create", "--email", "bench@example.org", "--account", "Bench", "--password-stdin",
                 stdin="a long enough password\n")
        self.token = self.run("token", "create", "--name", "bench").split()[-1]
        server = self.serve()
        self.survey = self.call(server, "/api/v1/surveys", self.SURVEY)
        server.stop()

    def run(self, *arguments, stdin=None):
        return subprocess.run(
            [self.binary, *arguments, *self.where], input=stdin, text=True, check=True, capture_output=True).stdout

    def serve(self, workers=2, more=None):
        port = free_port()
        return Process(
            [self.binary, "serve", "--port", str(port), "--workers", str(workers), *self.where], port,
            {"RAPPORT_ANSWERS_PER_MINUTE": "0", "RAPPORT_CONNECTIONS_PER_ADDRESS": "0", "RAPPORT_LOG": "error"}
            | (more or {}))

    def call(self, server, path, body=None, headers=None):
        request = urllib.request.Request(
            server.address + path, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | (headers or {}))
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    @property
    def file(self):
        return f"{self.data}/rapport.db"

    def look(self, statement):
        connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def wait_until_idle(self, seconds=60):
        """Seconds until every event is sealed and taken in by every consumer."""
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            left = self.look("SELECT COUNT(*) FROM unsealed_events")[0][0] + self.look(
                "SELECT COUNT(*) FROM consumers c JOIN ledger_heads h USING (account_id) WHERE c.position < h.position"
            )[0][0]
            if left == 0:
                return time.perf_counter() - begun
            time.sleep(0.02)
        raise RuntimeError("events are left over")
