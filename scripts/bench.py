"""Measures pages, submits and reports, and prints them as docs/benchmarks.md.

A durable submit cannot be quicker than the disk, and a shared machine's disk changes from minute to minute. So each
round measures the disk and the server one after the other, and what counts is their ratio in the same round.
"""
import argparse
import csv
import json
import os
import platform
import random
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

CONNECTIONS = 64


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_times():
    """Jiffies of the machine since it started: all, and those that did something."""
    fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields), sum(fields) - fields[3] - fields[4]


def process_ticks(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def disk_commits(folder, seconds):
    """Appends of 4 KiB, each with fdatasync, per second: one client's durable commits."""
    path = Path(folder) / "disk"
    block, count = b"x" * 4096, 0
    with open(path, "wb", buffering=0) as file:
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            file.write(block)
            os.fdatasync(file.fileno())
            count += 1
        took = time.perf_counter() - begun
    path.unlink()
    return count / took


def load(url, script, seconds, connections=CONNECTIONS):
    """Requests per second, the 99th percentile in ms, how many, and how many of them failed."""
    done = subprocess.run(
        ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, url],
        capture_output=True, text=True, check=True,
    ).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])
    count = int(re.search(r"(\d+) requests in", done)[1])
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done).groups()
    late = float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    failed = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", done))
    failed += sum(int(number) for line in re.findall(r"Socket errors: (.*)", done) for number in re.findall(r"\d+", line))
    return rate, late, count, failed


def answer_page(url):
    """Bytes on the wire by coding."""
    sizes = {}
    for coding in ["identity", "gzip", "br"]:
        request = urllib.request.Request(url, headers={"Accept-Encoding": coding})
        with urllib.request.urlopen(request) as answer:
            sizes[coding] = (len(answer.read()), answer.headers.get("Content-Encoding", "identity"))
    return sizes


class Server:
    def __init__(self, binary, folder):
        self.data = f"{folder}/data"
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "RAPPORT_ANSWERS_PER_MINUTE": "0", "RAPPORT_CONNECTIONS_PER_ADDRESS": "0", "RAPPORT_LOG": "error",
        }
        subprocess.run(
            [binary, "admin", "create", "--email", "bench@example.org", "--account", "Bench", "--password-stdin",
             "--data", self.data], input="a long enough password\n", text=True, check=True, capture_output=True)
        self.token = subprocess.run(
            [binary, "token", "create", "--name", "bench", "--data", self.data],
            text=True, check=True, capture_output=True).stdout.split()[-1]
        self.process = subprocess.Popen(
            [binary, "serve", "--port", str(port), "--data", self.data], env=environment, stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.address}/readyz").read()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)

    def survey(self):
        request = urllib.request.Request(
            f"{self.address}/api/v1/surveys", data=json.dumps({"name": "Bench", "metric": "nps"}).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["slug"]

    def stored(self):
        with sqlite3.connect(f"file:{self.data}/rapport.db?mode=ro", uri=True) as database:
            return database.execute("SELECT COUNT(*) FROM responses").fetchone()[0]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


def rounds_of(server, slug, folder, count, seconds):
    ask, submit = f"{folder}/ask.lua", f"{folder}/submit.lua"
    Path(ask).write_text('wrk.headers["Accept-Encoding"] = "gzip"\n')
    Path(submit).write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/x-www-form-urlencoded"\n'
        'request = function() return wrk.format(nil, nil, nil, "score=" .. math.random(0, 10)) end\n')
    url, rounds, sent = f"{server.address}/s/{slug}", [], 0
    load(url, submit, 1)
    for _ in range(count):
        before = server.stored()
        disk = disk_commits(folder, seconds / 2)
        pages = load(url, ask, seconds)
        ticks, machine = process_ticks(server.process.pid), cpu_times()
        submits = load(url, submit, seconds)
        total, busy = (after - then for after, then in zip(cpu_times(), machine))
        own = process_ticks(server.process.pid) - ticks
        disk = (disk + disk_commits(folder, seconds / 2)) / 2
        stored = server.stored() - before
        rounds.append({
            "disk": disk, "pages": pages[0], "submits": submits[0], "late": submits[1],
            "ratio": submits[0] / disk, "failed": pages[3] + submits[3], "lost": max(0, submits[2] - stored),
            "busy": busy / total, "own": own / total,
        })
    return rounds


def report_of(binary, folder, rows):
    """Seconds and MiB of `rapport report` on generated rows with a fixed seed."""
    path, chance = f"{folder}/rows.csv", random.Random(20261121)
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["response_id", "date", "nps", "team", "comment"])
        for row in range(rows):
            month, day = 1 + row * 12 // rows, chance.randint(1, 28)
            words = "the line was slow and nobody called back" if chance.random() < 0.1 else ""
            score = min(10, max(0, round(chance.gauss(8, 2.2))))
            out.writerow([row, f"2026-{month:02d}-{day:02d}", score, f"team {chance.randint(1, 40)}", words])
    begun = time.perf_counter()
    child = subprocess.Popen([binary, "report", path, "--format", "json", "-o", f"{folder}/report.json"],
                             stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"rapport report ended with {child.returncode}")
    valid = json.loads(Path(f"{folder}/report.json").read_text())["valid"]
    return took, usage.ru_maxrss / 1024, os.path.getsize(path) / 1048576, valid


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    wanted = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="rapport-bench-")
    try:
        server = Server(wanted.binary, folder)
        try:
            slug = server.survey()
            page = answer_page(f"{server.address}/s/{slug}")
            rounds = rounds_of(server, slug, folder, wanted.rounds, wanted.seconds)
        finally:
            server.stop()
        report = report_of(wanted.binary, folder, wanted.rows)
        show(wanted, page, rounds, report)
    finally:
        shutil.rmtree(folder)


def show(wanted, page, rounds, report):
    middle = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
    build = "release" if "release" in wanted.binary else "debug"
    took, memory, size, valid = report
    print("# Benchmarks\n")
    print("Made by `make bench` (`scripts/bench.py`); `make bench-quick` prints a shorter run. An absolute number says")
    print("little on a shared machine; the ratio to the disk in the same round is what we compare.\n")
    print(f"{date.today()}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}, {build} build,")
    print(f"client and server on the same machine. {wanted.rounds} rounds of {wanted.seconds} s after a warm-up of 1 s;"
          " each round measures the disk,")
    print(f"the page and the submits, then the disk again. {CONNECTIONS} connections, embedded database, every answer")
    print("durable (`synchronous=FULL`) before its 303.\n")
    print("## Answer page\n")
    print("| Coding | Bytes | Limit |\n|---|---|---|")
    for asked, (count, given) in page.items():
        limit = "" if asked == "identity" else "14,336"
        name = asked if asked == given else f"{asked} asked, {given} sent"
        print(f"| {name} | {count:,} | {limit} |")
    print("\n## Submits\n")
    print("One submit is a form post that records an answer, its score and its event. The disk's own commits are appends")
    print("of 4 KiB with `fdatasync` by one client. Busy is the share of all cores that worked, with the server's own")
    print("part; the rest is the client and whatever else ran.\n")
    print("| Round | Disk commits/s | Submits/s | Submits per commit | p99 ms | Pages/s | Busy (server) | Failed | Lost |")
    print("|---|---|---|---|---|---|---|---|---|")
    for number, one in list(enumerate(rounds, 1)) + [("median", middle)]:
        print(
            f"| {number} | {one['disk']:,.0f} | {one['submits']:,.0f} | {one['ratio']:.2f} | {one['late']:.0f} |"
            f" {one['pages']:,.0f} | {one['busy']:.0%} ({one['own']:.0%}) | {one['failed']:.0f} | {one['lost']:.0f} |")
    print("\n## `rapport report`\n")
    print("Generated rows with a fixed seed: id, date, score, one of 40 teams, a comment on every tenth.\n")
    print("| Rows | File MiB | Seconds | Rows/s | Peak memory MiB |\n|---|---|---|---|---|")
    print(f"| {valid:,} | {size:.0f} | {took:.1f} | {valid / took:,.0f} | {memory:.0f} |")


main()
