"""docs/benchmarks.md."""
import os
import platform
import subprocess
from datetime import date

METHOD = """\
Made by `make bench` (`scripts/bench`); `make bench-quick` prints a shorter run. An absolute number says little on a
shared machine. So each round measures the limit and the product one after the other, and what counts is their ratio
in the same round: the median of the rounds, and in brackets the lowest and the highest. *Must* fails a release,
*stretch* is the aim.

- **One answer** is `POST /api/v1/surveys/{id}/responses` with a score, two further answers, a comment, a customer
  and an `Idempotency-Key`: checked, limited, written in one transaction and durable (`synchronous=FULL`) before its
  201. Sealing, counts, search, case rules and jobs run beside it, and have caught up before the server's CPU is read.
- **The floor** is `rapport-bench floor`: one row through the same driver behind the same HTTP library.
- **The limit** is SQLite's own interface with one row and with 64 rows a commit, and `fdatasync` of 4 KiB.
- **Mail** goes to a Postfix that throws away what it has taken; libcurl alone hands it fixed messages of 8 KB. For 50 a
  second `RAPPORT_MAIL_PER_DOMAIN` is 3,000; the first second's share of it leaves at once.
- The load is `wrk` with one thread on the same two cores; CPU is the server's own, from the kernel's clock.
- Durability is priced against a file system in memory: nothing waits there, which is more than `NORMAL` would save.
- LimeSurvey's figures are those printed in 2026 on such a machine; everything else is measured in the same run.
"""


def write(wanted, results, seconds):
    lines = ["# Benchmarks", "", METHOD]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    busy = sorted(results.busy) or [0]
    lines += [
        f"{date.today()}, commit {commit}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release().split('-')[0]}, release build. {wanted.rounds} rounds of {wanted.seconds:g} s; the whole run "
        f"took {seconds / 60:.0f} minutes.",
        f"Before the {len(busy)} measures other work kept {busy[len(busy) // 2]:.0%} of the cores busy in the middle, "
        f"{busy[0]:.0%} at least and {busy[-1]:.0%} at most.", ""]
    count = {name: sum(one.met == name for one in results.bars) for name in ("stretch", "must", "**missed**")}
    lines += ["## Bars", "",
              f"{count['stretch']} meet their stretch or have none, {count['must']} their must, "
              f"{count['**missed**']} are missed.", "",
              "| Bar | What | Must | Stretch | Measured | Met | Note |", "|---|---|---|---|---|---|---|"]
    for one in results.bars:
        met = one.met if one.must else ""
        lines.append(f"| {one.number} | {one.what} | {one.must} | {one.stretch} | {one.shown} | {met} | {one.note} |")
    for heading, columns, rows in results.tables:
        lines += ["", f"## {heading}", "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
