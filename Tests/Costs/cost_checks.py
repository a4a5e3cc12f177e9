"""What one answer and one page cost the server in instructions and allocations, under valgrind's callgrind.

Unlike seconds these hardly depend on what else the machine does, so a regression shows. Each answer waits until all
that follows from the last one is done: how many would else share a pass of the followers is the machine's affair.
`costs.json` holds what was counted last on the debug build; RAPPORT_COSTS=write counts anew. Run by `make test`, or
alone: `pytest Tests/Costs`.
"""
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDED = Path(__file__).with_name("costs.json")
MOST_GROWTH = 1.10
TIMES = 20
SURVEY = {
    "name": "Costs", "metric": "nps", "languages": ["en"],
    "questions": [
        {"key": "reason", "kind": "choice", "text": {"en": "What was it about?"},
         "options": [{"key": "price", "text": {"en": "Price"}}, {"key": "service", "text": {"en": "Service"}}]},
        {"key": "speed", "kind": "rating", "text": {"en": "How quick were we?"}},
    ],
}
WAITING = """SELECT (SELECT COUNT(*) FROM unsealed_events) + (SELECT COUNT(*) FROM ledger_heads h
  JOIN consumers c ON c.account_id = h.account_id AND c.position < h.position)"""
# Valgrind 3.19 writes to the mask that it is given, and libdispatch gives one that cannot be written.
SHIM = """
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
int sigsuspend(const sigset_t *mask) { sigset_t own = *mask; return syscall(SYS_rt_sigsuspend, &own, 8); }
"""


class Counted:
    """The server under callgrind."""

    def __init__(self, binary, folder):
        self.folder, data = folder, f"{folder}/data"
        # Without what a debugger needs, which this valgrind cannot read.
        plain = f"{folder}/rapport"
        subprocess.run(["strip", "-g", "-o", plain, binary], check=True)
        Path(f"{folder}/shim.c").write_text(SHIM)
        subprocess.run(["clang", "-O1", "-shared", "-fPIC", "-o", f"{folder}/shim.so", f"{folder}/shim.c"], check=True)

        def run(*words, text=None):
            return subprocess.run(
                [plain, *words, "--data", data], input=text, text=True, capture_output=True, check=True).stdout
        run("admin", "create", "--email", "costs@example.org", "--account", "Costs", "--password-stdin",
            text="a long enough password\n")
        self.headers = {"Authorization": "Bearer " + run("token", "create", "--name", "costs").split()[-1],
                        "Content-Type": "application/json"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = os.environ | {
            "RAPPORT_ANSWERS_PER_MINUTE": "0", "RAPPORT_LOG": "error", "SWIFT_BACKTRACE": "enable=no",
            "SWIFT_DETERMINISTIC_HASHING": "1", "LD_PRELOAD": f"{folder}/shim.so", "LLVM_PROFILE_FILE": "/dev/null",
        }
        self.process = subprocess.Popen(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/counts", "--trace-children=no", plain,
             "serve", "--port", str(self.port), "--data", data], env=environment, stdout=subprocess.DEVNULL,
            stderr=open(f"{folder}/log", "w"), cwd=folder)
        self.connection = None
        self.wait()

    def wait(self):
        for _ in range(1200):
            assert self.process.poll() is None, Path(f"{self.folder}/log").read_text()
            try:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
                self.connection.request("GET", "/readyz", headers=self.headers)
                answer = self.connection.getresponse()
                answer.read()
                if answer.status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise AssertionError("the server is not ready")

    def call(self, method, path, body=None, **headers):
        """Asks again where the server is busy, as it may be at its start: it is fifty times slower here."""
        for _ in range(10):
            self.connection.request(method, path, body and json.dumps(body), self.headers | headers)
            answer = self.connection.getresponse()
            content = answer.read()
            if answer.status != 503:
                break
            time.sleep(1)
        assert answer.status < 300, (answer.status, content)
        return content

    def count(self, one):
        """Instructions and allocations of one of `TIMES`, with all that follows from it; the fewer of two rounds, for
        what looks around every quarter of a second is counted with them.
        """
        for number in range(5):
            one(-1 - number)
        time.sleep(2)
        rounds = [self.round(one, start) for start in (0, TIMES)]
        return {unit: min(counts[unit] for counts in rounds) for unit in rounds[0]}

    def round(self, one, start):
        subprocess.run(["callgrind_control", "--zero", str(self.process.pid)], check=True, capture_output=True)
        for number in range(start, start + TIMES):
            one(number)
        time.sleep(1)
        known = set(Path(self.folder).glob("counts.*"))
        subprocess.run(["callgrind_control", "--dump", str(self.process.pid)], check=True, capture_output=True)
        for _ in range(100):
            made = [path for path in Path(self.folder).glob("counts.*") if path not in known]
            if made and "totals:" in made[0].read_text()[-200:]:
                return totals(made[0].read_text())
            time.sleep(0.1)
        raise AssertionError("callgrind wrote nothing")

    def rest(self):
        """Until all events are sealed and taken in. Looks at the file, which costs the server nothing."""
        file = sqlite3.connect(f"file:{self.folder}/data/rapport.db?mode=ro", uri=True, timeout=20)
        for _ in range(2000):
            if not file.execute(WAITING).fetchone()[0]:
                time.sleep(0.1)  # They have looked for more by then.
                return file.close()
            time.sleep(0.01)
        raise AssertionError("the followers do not come to rest")

    def stop(self):
        self.process.kill()
        self.process.wait()


def totals(text):
    instructions = int(re.search(r"^totals: (\d+)", text, re.M)[1])
    names = dict(re.findall(r"^c?fn=(\(\d+\)) (\S+)", text, re.M))
    wanted = {number for number, name in names.items()
              if re.split(r"['@]", name)[0] in {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}}
    calls = re.findall(r"^cfn=(\(\d+\)).*\ncalls=(\d+)", text, re.M)
    return {"instructions": round(instructions / TIMES),
            "allocations": round(sum(int(count) for number, count in calls if number in wanted) / TIMES)}


@pytest.fixture(scope="module")
def counted():
    folder = tempfile.mkdtemp(prefix="rapport-costs-")
    server = Counted(os.environ.get("RAPPORT_BINARY", ROOT / ".build/debug/rapport"), folder)
    try:
        survey = json.loads(server.call("POST", "/api/v1/surveys", SURVEY))

        def answer(number):
            server.call(
                "POST", f"/api/v1/surveys/{survey['id']}/responses",
                {"score": [9, 10, 8, 3][number % 4], "comment": "The second line was helpful and quick, thank you.",
                 "touchpoint": "support", "channel": "web", "answers": {"reason": "service", "speed": 4},
                 "customer": {"external_id": f"c{number}"}}, **{"Idempotency-Key": f"key-{number:06d}"})
            server.rest()

        def page(number):
            server.call("GET", f"/s/{survey['slug']}", **{"Accept-Encoding": "br, gzip"})
        yield {"answer": server.count(answer), "page": server.count(page)}
    finally:
        server.stop()
        shutil.rmtree(folder)


def test_one_answer_and_one_page_cost_no_more_than_before(counted):
    if os.environ.get("RAPPORT_COSTS") == "write":
        RECORDED.write_text(json.dumps(counted, indent=2) + "\n")
    print(json.dumps(counted))
    recorded = json.loads(RECORDED.read_text())
    grown = {f"{what} {unit}": (recorded[what][unit], now) for what in recorded
             for unit, now in counted[what].items() if now > recorded[what][unit] * MOST_GROWTH}
    assert not grown, f"more than {MOST_GROWTH - 1:.0%} dearer (before, now): {grown}"
