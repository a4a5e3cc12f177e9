"""The long runs: `make soak PART=kill`. Each part ends within an hour and appends its figures to docs/soak.md."""
import datetime
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REPORT = ROOT / "docs/soak.md"
ALL_TESTS = " ".join(sorted(one.name for one in (ROOT / "Tests").glob("*Tests")))
# Part to the file with its tests, which of them, and how long each is.
PARTS = {
    "kill": ("kill_faults.py", "kills", {"FAULT_KILLS": "1000", "FAULT_KEYS": "1000"}),
    "power": ("disk_faults.py", "power", {"FAULT_CUTS": "200"}),
    "sweep": ("disk_faults.py", "failing or says", {"FAULT_SWEEP": "200"}),
    "postgres": ("postgres_faults.py", "killed or switchover", {"FAULT_ROUNDS": "20"}),
    "patroni": ("patroni_soak.py", "", {"FAULT_ROUNDS": "20"}),
    "nodes": ("node_faults.py", "cut_off or in_turn", {"FAULT_PARTITION": "600", "FAULT_TURNS": "25"}),
    "backup": ("upkeep_faults.py", "backup", {"FAULT_BACKUPS": "20"}),
    "steady": ("steady_soak.py", "", {
        "FAULT_MINUTES": "50", "FAULT_LISTENERS": "500", "RAPPORT_BINARY": str(ROOT / ".build/release/rapport")}),
    "timing": ("../Browser/door_checks.py", "same_time", {"TIMING_SAMPLES": "2000"}),
    "description-read": ("../Browser/description_checks.py", "description", {"API_EXAMPLES": "2000", "API_METHODS": "GET"}),
    "description-write": (
        "../Browser/description_checks.py", "description", {"API_EXAMPLES": "2000", "API_METHODS": "POST PUT PATCH DELETE"}),
    "races": ("../Races/race_checks.py", "", {"RACE_MODULES": ALL_TESTS}),
    "scanners": ("Scanners of mail", "", {"RAPPORT_SCANNED": "10000"}),
}
# Part to its targets and how many million inputs each gets. One takes four to thirty thousand a second, a core each.
FUZZED = {
    "fuzz-formats": ("csv json", 10), "fuzz-forms": ("lines form query", 10), "fuzz-words": ("cookie language contact", 10),
    "fuzz-answers": ("survey answers", 10), "fuzz-mail": ("mime delivery reply header letter", 3),
    "fuzz-replies": ("meaning imap robot hook signature records", 3),
}
PARTS |= {part: ("../Fuzz/fuzz_checks.py", "", {"FUZZ_RUNS": f"{millions}000000", "FUZZ_TARGETS": targets})
          for part, (targets, millions) in FUZZED.items()}


def run(part):
    file, which, longer = PARTS[part]
    begun = time.time()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    # What is no file is a suite of the Swift tests.
    command = ([sys.executable, "-m", "pytest", "-q", "-s", "-k", which, HERE / file] if file.endswith(".py")
               else ["swift", "test", "--skip-build", "--enable-code-coverage", "--filter", file])
    done = subprocess.run(
        command, cwd=ROOT,
        env={**longer, **os.environ}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout)
    # At a line's beginning, behind the marks of tests that ended: a failed test's source has the word as well.
    figures = re.findall(r"^[.FEsx]*figures: (.*)", done.stdout, re.M)
    told = re.findall(r"\d+ (?:passed|failed|errors?|tests?)", done.stdout.splitlines()[-1])
    when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M")
    minutes = (time.time() - begun) / 60
    # Beside other work the product may take longer than it promises; what it may lose is nothing all the same.
    slack = os.environ.get("FAULT_SLACK", "1")
    figures += [f"time limits times {slack}"] if slack != "1" else []
    with REPORT.open("a") as report:
        report.write(f"| {when} | {commit} | {part} | {minutes:.0f} | {', '.join(told)} | {'; '.join(figures)} |\n")
    return done.returncode


if __name__ == "__main__":
    asked = sys.argv[1:] or list(PARTS)
    unknown = [part for part in asked if part not in PARTS]
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}.")
    sys.exit(max(run(part) for part in asked))
