"""Bars 7 to 7d: CSV in, on the embedded database."""
import os
import sqlite3
import subprocess
import time
from pathlib import Path

import generated
from machine import Product, busy_share, say
from results import median, ratio


def timed(command):
    """Seconds and peak MiB of one command; what it prints is thrown away."""
    begun, peak = time.perf_counter(), 0
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # What the kernel tells at the end counts our own memory, too: the child began as a copy of us.
    while child.poll() is None:
        try:
            status = Path(f"/proc/{child.pid}/status").read_text()
        except OSError:
            continue
        peak = max([peak, *(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))])
        time.sleep(0.01)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} ended with {child.returncode}")
    return time.perf_counter() - begun, peak


def duck_load(path, folder):
    """Seconds on one thread: to parse and touch all; to load into a database of its own."""
    import duckdb
    database = duckdb.connect(config={"threads": 1})
    begun = time.perf_counter()
    columns = ["response_id", "date", "nps", "comment", "touchpoint", "channel"]
    touched = ", ".join(f"SUM(LENGTH({name}))" for name in columns)
    database.execute(f"SELECT {touched} FROM read_csv('{path}', all_varchar = true)").fetchall()
    parsed = time.perf_counter() - begun
    stored = f"{folder}/duck.db"
    begun = time.perf_counter()
    with duckdb.connect(stored, config={"threads": 2}) as database:
        database.execute(f"CREATE TABLE r AS SELECT * FROM read_csv('{path}')")
    loaded = time.perf_counter() - begun
    os.unlink(stored)
    return parsed, loaded


def sqlite_rate(folder, seconds):
    """Rows a second by 1,000 a commit, durable, from Python's own module."""
    path, count = f"{folder}/thousand.db", 0
    database = sqlite3.connect(path, isolation_level=None)
    for statement in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                      "CREATE TABLE r (id INTEGER PRIMARY KEY, place INT, score INT, at INT, words TEXT)",
                      "CREATE INDEX r_by_place ON r (place, at)"]:
        database.execute(statement)
    rows = [(1, n % 11, n, "The second line was helpful and quick, thank you kindly.") for n in range(1000)]
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO r (place, score, at, words) VALUES (?, ?, ?, ?)", rows)
        database.execute("COMMIT")
        count += 1000
    rate = count / (time.perf_counter() - begun)
    database.close()
    for ending in ["", "-wal", "-shm"]:
        if os.path.exists(path + ending):
            os.unlink(path + ending)
    return rate


def measure(wanted, folder, results):
    count = 20_000 if wanted.quick else 100_000
    product, path, rounds = Product(wanted.rapport, f"{folder}/imported"), f"{folder}/small.csv", []
    def bring(file, *more):
        return timed([product.binary, "import", file, *product.where, "--survey", product.survey["slug"], *more])
    for number in range(2 if wanted.quick else wanted.rounds):
        results.busy.append(busy_share(0.2))
        generated.csv(path, count, first=number * count)
        parsed, loaded = duck_load(path, folder)
        one = {"parsed": parsed, "loaded": loaded, "sqlite": sqlite_rate(folder, 0.5)}
        one["checked"], _ = bring(path, "--dry-run")
        one["imported"], one["peak"] = bring(path)
        one["rate"] = count / one["imported"]
        rounds.append(one)
        say(f"import {number + 1}: {one['rate']:,.0f} rows/s, check {count / one['checked']:,.0f} rows/s")
    def bar(number, what, values, must, stretch, unit, less=True, note="", digits=2):
        results.bar(number, what, median(values), must, stretch, unit, less, note, values, digits)
    bar("7", f"CSV check and preview, {count:,} rows, against DuckDB's parse on 1 thread",
        ratio(rounds, "checked", "parsed"), 2, 1, " x", note="the whole command")
    bar("7b", "CSV import, counted and searchable, against DuckDB into its database", ratio(rounds, "imported", "loaded"),
        6, 4, " x")
    bar("7c", "the same, against SQLite's rate by 1,000 rows",
        [100 * part for part in ratio(rounds, "rate", "sqlite")], 40, 60, " %", less=False, digits=1)
    _grown(wanted, folder, count, median([one["peak"] for one in rounds]), median([one["imported"] for one in rounds]),
           bring, results)


def _grown(wanted, folder, count, peak, seconds, bring, results):
    if wanted.quick:
        return
    path = f"{folder}/large.csv"
    generated.csv(path, 10 * count, first=10_000_000)
    seconds_of_report, peak_of_report = timed([wanted.rapport, "report", path, "--format", "json"])
    results.bar("report", f"`rapport report` of {10 * count:,} rows", seconds_of_report, None, None, " s",
                note=f"{peak_of_report:.0f} MiB")
    took, large = bring(path)
    results.bar("7d", f"peak memory of an import, {10 * count:,} rows against {count:,}", large / peak, 1.1, 1.0, " x",
                note=f"{large:.0f} MiB")
    results.bar("7d", "time per row of the same", took / seconds / 10, 1.1, 1.03, " x", note=f"{took:.1f} s")
    os.unlink(path)
