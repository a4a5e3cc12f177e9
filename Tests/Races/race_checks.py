"""F-14: the Swift tests under the thread sanitizer, in a build of their own: `make soak PART=races`."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "Faults"))
from postgres import clusters  # noqa: E402

BUILD = ROOT / ".build/tsan"
MODULES = os.environ.get("RACE_MODULES", "KernelTests").split()
TOOLS = Path(shutil.which("swift")).resolve().parent


@pytest.fixture(scope="session")
def eyes(tmp_path_factory):
    """What a program is loaded with so that the sanitizer sees who waits for a mutex."""
    made = tmp_path_factory.mktemp("eyes") / "mutex.so"
    subprocess.run([TOOLS / "clang", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", HERE / "mutex.c", "-o", made], check=True)
    return made


def sanitized(program, *words, reports, eyes=None, **environment):
    """What it printed, how it ended, and what the sanitizer wrote."""
    options = f"log_path={reports}/report:exitcode=0:second_deadlock_stack=1"
    done = subprocess.run(
        [program, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", cwd=ROOT,
        env={**os.environ, **environment, "TSAN_OPTIONS": options, "SWIFT_BACKTRACE": "enable=no",
             **({"LD_PRELOAD": str(eyes)} if eyes else {})})
    return done.stdout, done.returncode, "\n".join(one.read_text() for one in sorted(reports.glob("report.*")))


@pytest.mark.parametrize("told, seeing, options", [(False, True, []), (True, True, ["-D", "RACE"]), (True, False, [])],
                         ids=["a_guarded_one_is_not_told_of", "a_race_is", "and_without_eyes_each_is"])
def test_the_sanitizer(tmp_path, eyes, told, seeing, options):
    program = tmp_path / "program"
    subprocess.run([TOOLS / "swiftc", "-sanitize=thread", *options, HERE / "guarded.swift", "-o", program], check=True)
    for _ in range(10):
        said, ended, reports = sanitized(program, reports=tmp_path, eyes=eyes if seeing else None)
        assert ended == 0 and said.strip().isdigit()
        if reports:
            break
    assert ("WARNING: ThreadSanitizer" in reports) == told, reports[:4000]


@pytest.fixture(scope="session")
def tests():
    subprocess.run(
        ["swift", "build", "--build-tests", "--sanitize=thread", "--scratch-path", BUILD, "--quiet"], cwd=ROOT, check=True)
    return BUILD / "debug/rapportPackageTests.xctest"


@pytest.fixture(scope="session")
def database():
    with clusters() as ((cluster,), _):
        cluster.stop()
        # Under the sanitizer a program is so slow that transactions of the product rest for longer than it lets them.
        cluster.settle("max_connections = 2000", "fsync = off", "full_page_writes = off",
                       "idle_in_transaction_session_timeout = '3min'")
        cluster.start()
        cluster.ask("CREATE DATABASE rapport_test TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'", database="postgres")
        yield f"postgres://postgres@{cluster.address}/rapport_test"


@pytest.mark.parametrize("module", MODULES)
def test_no_test_races(module, tests, database, eyes, tmp_path):
    said, ended, reports = sanitized(
        tests, "--testing-library", "swift-testing", "--filter", f"^{module}\\.", reports=tmp_path, eyes=eyes,
        TEST_POSTGRES_URL=database)
    ran = re.search(r"Test run with (\d+) tests? in \d+ suites? (passed|failed) after ([\d.]+)", said)
    assert not reports, f"{reports.count('WARNING: ThreadSanitizer')} reports\n{reports[:20000]}"
    # What the tests say meanwhile is far more than a report of theirs.
    issues = re.findall(r"^.*(?:recorded an issue|↳).*$", said, re.M)
    assert ran and ran[2] == "passed" and ended == 0, "\n".join(issues)[:6000] + "\n" + said[-2000:]
    print(f"figures: {module} {ran[1]} tests in {float(ran[3]):.0f} s, 0 reports")
