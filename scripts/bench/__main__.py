"""Measures the release build against this machine and prints docs/benchmarks.md; `make bench` calls it."""
import argparse
import shutil
import sys
import tempfile
import time
import traceback

import answers
import columns
import files
import growth
import mail
import pages
import postgres
import reads
import report
import streams
from machine import say
from results import Results

PARTS = ["answers", "kill", "pages", "growth", "dashboard", "columns", "postgres", "files", "streams", "mail"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rapport")
    parser.add_argument("bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    wanted = parser.parse_args()
    wanted.rounds, wanted.seconds = (3, 1) if wanted.quick else (5, 3)
    results, begun = Results(), time.perf_counter()
    folder = tempfile.mkdtemp(prefix="rapport-bench-")
    failed = []
    try:
        for name in wanted.only:
            say(name)
            try:
                part(name, wanted, folder, results)
            except Exception:
                traceback.print_exc()
                failed.append(name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(report.write(wanted, results, time.perf_counter() - begun), end="")
    if failed:
        print(f"\nNot measured, as they failed: {', '.join(failed)}.")
        sys.exit(1)


def part(name, wanted, folder, results):
    place = tempfile.mkdtemp(prefix=f"{name}-", dir=folder)
    if name == "answers":
        answers.measure(wanted, place, results)
    elif name == "kill":
        answers.kill(wanted, place, results)
    elif name == "pages":
        pages.first_visit(wanted, place, results)
    elif name == "growth":
        stored = growth.installations(wanted, place)
        pages.cold_start(wanted, place, stored[max(stored)], results)
        pages.memory(wanted, place, stored[max(stored)], results)
        growth.export(wanted, place, stored, results)
        growth.answers(wanted, place, stored, results)
    elif name == "dashboard":
        reads.dashboard(wanted, place, results)
    elif name == "columns":
        columns.measure(wanted, place, results)
    elif name == "postgres":
        postgres.measure(wanted, place, results)
    elif name == "streams":
        streams.measure(wanted, place, results)
    elif name == "mail":
        mail.measure(wanted, place, results)
    elif name == "files":
        files.measure(wanted, place, results)
    shutil.rmtree(place, ignore_errors=True)


main()
