"""The long run of the fuzzer, with the address sanitizer: `make soak PART=fuzz-formats`."""
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = os.environ.get("FUZZ_RUNS", "20000")
TARGETS = os.environ.get("FUZZ_TARGETS", "json").split()


def test_no_made_up_bytes_break_a_parser():
    ran = subprocess.run(
        [ROOT / "scripts/fuzz.sh", RUNS, *TARGETS], env={**os.environ, "FUZZ_ASAN": "1"}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-4000:]
    counted = re.findall(r"^(\w+) +(\d+) runs", ran.stdout, re.M)
    assert sorted(name for name, _ in counted) == sorted(TARGETS) and all(int(runs) >= int(RUNS) for _, runs in counted)
    print("figures: " + ", ".join(f"{name} {int(runs):,} inputs" for name, runs in counted) + ", 0 crashes")
