#!/usr/bin/env python3
"""Fails unless the tests ran every line of every `*+SQL.swift`, and every statement on both databases.

Hand-written SQL has no compiler: a statement that has not run is not known to be right. Reads the coverage
of the last test run and the statements that it noted (Sources/Database/StatementLog.swift). A statement that
is meant for one database says so in its text: `-- sqlite` or `-- postgres`.
"""
import collections
import pathlib
import re
import shutil
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parent.parent
CALL = re.compile(r"\.(?:run|each)\(")
WORD = re.compile(r"[^\s?(),]+")


def unrun_lines(binary, profile, sources):
    """`file:line` of each line with code that no test ran; also of each file that the coverage leaves out."""
    tool = pathlib.Path(shutil.which("swift")).resolve().parent / "llvm-cov"
    report = subprocess.run(
        [str(tool), "export", "-format=lcov", f"-instr-profile={profile}", str(binary), *map(str, sources)],
        check=True, capture_output=True, text=True).stdout
    seen, unrun, name = set(), [], None
    for line in report.splitlines():
        kind, _, rest = line.partition(":")
        if kind == "SF":
            name = str(pathlib.Path(rest).resolve().relative_to(root))
        elif kind == "DA":
            seen.add(name)
            number, count = rest.split(",")[:2]
            if count == "0":
                unrun.append((name, int(number)))
    silent = [(str(s.relative_to(root)), 1) for s in sources if str(s.relative_to(root)) not in seen
              and "func " in s.read_text()]
    return sorted(unrun) + silent


def ranges(lines):
    """`file:3-5` for lines that follow each other."""
    begun = []
    for name, line in lines:
        if begun and begun[-1][0] == name and begun[-1][2] == line - 1:
            begun[-1][2] = line
        else:
            begun.append([name, line, line])
    return [f"{name}:{first}" + (f"-{last}" if last > first else "") for name, first, last in begun]


def calls(source):
    """The lines of a file from which statements are run."""
    return [n for n, line in enumerate(source.read_text().splitlines(), 1) if CALL.search(line)]


def read_log(path):
    """{file:line: {engine: [texts]}}"""
    ran = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in path.read_text().splitlines():
        engine, place, text = line.split("\t", 2)
        ran[place][engine].append(text)
    return ran


def differences(sources, ran):
    """What ran on one database only: whole calls, and words that a composed statement had on one only."""
    engines = {"sqlite": "postgres", "postgres": "sqlite"}
    for source in sources:
        name = str(source.relative_to(root))
        for line in calls(source):
            here = ran.get(f"{source.relative_to(root / 'Sources').parts[0]}/{source.name}:{line}", {})
            if not here:
                yield f"{name}:{line}: ran on neither database"
                continue
            words = {
                engine: {w for text in here.get(engine, []) if f"-- {engine}" not in text
                         for w in WORD.findall(text)} for engine in engines}
            for engine, other in engines.items():
                missing = sorted(words[other] - words[engine])
                if missing and not words[engine]:
                    yield f"{name}:{line}: did not run on {engine}"
                elif missing:
                    yield f"{name}:{line}: without these words on {engine}: {' '.join(missing)}"


def main(binary, profile, log):
    if not (pathlib.Path(profile).exists() and pathlib.Path(log).exists()):
        print("nothing was measured: run the tests with coverage, on both databases")
        return 1
    sources = sorted(s for s in (root / "Sources").rglob("*+SQL.swift") if "Bench" not in s.parts)
    ran = read_log(pathlib.Path(log))
    faults = [f"{place}: no test runs this" for place in ranges(unrun_lines(binary, profile, sources))]
    faults += differences(sources, ran)
    for fault in faults:
        print(fault)
    count = sum(len(calls(source)) for source in sources)
    if count < 100 or {e for here in ran.values() for e in here} != {"sqlite", "postgres"}:
        faults.append("nothing was measured")
        print("nothing was measured: run the tests with coverage, on both databases")
    if faults:
        print(f"{len(faults)} faults. A statement needs a test that runs it with Backend.available.")
        return 1
    print(f"{count} calls of statements in {len(sources)} files ran on both databases, and every line of them")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
