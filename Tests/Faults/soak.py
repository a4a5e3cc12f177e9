"""The long runs: `make soak PART=kill`. Each part ends within an hour and appends its figures to docs/soak.md."""
import datetime
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPORT = HERE.parents[1] / "docs/soak.md"
# Part to the file with its tests, which of them, and how long each is.
PARTS = {
    "kill": ("kill_faults.py", "kills", {"FAULT_KILLS": "1000", "FAULT_KEYS": "1000"}),
    "power": ("disk_faults.py", "power", {"FAULT_CUTS": "200"}),
    "sweep": ("disk_faults.py", "failing or says", {"FAULT_SWEEP": "200"}),
    "postgres": ("postgres_faults.py", "killed or switchover", {"FAULT_ROUNDS": "20"}),
    "nodes": ("node_faults.py", "cut_off or in_turn", {"FAULT_PARTITION": "600", "FAULT_TURNS": "25"}),
    "backup": ("upkeep_faults.py", "backup", {"FAULT_BACKUPS": "20"}),
    "timing": ("../Browser/door_checks.py", "same_time", {"TIMING_SAMPLES": "2000"}),
    "description": ("../Browser/description_checks.py", "description", {"API_EXAMPLES": "2000"}),
    "scanners": ("Scanners of mail", "", {"RAPPORT_SCANNED": "10000"}),
    "fuzz-formats": ("../Fuzz/fuzz_checks.py", "", {"FUZZ_RUNS": "10000000", "FUZZ_TARGETS": "csv json lines form query"}),
    "fuzz-mail": (
        "../Fuzz/fuzz_checks.py", "", {"FUZZ_RUNS": "3000000", "FUZZ_TARGETS": "mime delivery reply header letter meaning imap robot hook signature records"}),
    "fuzz-words": (
        "../Fuzz/fuzz_checks.py", "", {"FUZZ_RUNS": "10000000", "FUZZ_TARGETS": "cookie language contact survey answers"}),
}


def run(part):
    file, which, longer = PARTS[part]
    begun = time.time()
    # What is no file is a suite of the Swift tests.
    command = ([sys.executable, "-m", "pytest", "-q", "-s", "-k", which, HERE / file] if file.endswith(".py")
               else ["swift", "test", "--skip-build", "--enable-code-coverage", "--filter", file])
    done = subprocess.run(
        command, cwd=HERE.parents[1],
        env={**os.environ, **longer}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout)
    figures = [line.split("figures: ")[1] for line in done.stdout.splitlines() if "figures: " in line]
    told = re.findall(r"\d+ (?:passed|failed|errors?|tests?)", done.stdout.splitlines()[-1])
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True).stdout.strip()
    when = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M")
    minutes = (time.time() - begun) / 60
    with REPORT.open("a") as report:
        report.write(f"| {when} | {commit} | {part} | {minutes:.0f} | {', '.join(told)} | {'; '.join(figures)} |\n")
    return done.returncode


if __name__ == "__main__":
    asked = sys.argv[1:] or list(PARTS)
    unknown = [part for part in asked if part not in PARTS]
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}.")
    sys.exit(max(run(part) for part in asked))
