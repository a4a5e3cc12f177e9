"""Bars 3 and 7c on PostgreSQL: a server of our own with durable commits, against pgbench and COPY."""
import os
import re
import subprocess
import time
from pathlib import Path

import generated
from load import Loader
from machine import Process, Product, busy_share, free_port, say
from results import median, ratio

TOOLS = "/usr/lib/postgresql/15/bin"


class Postgres:
    def __init__(self, folder):
        self.folder, self.port = f"{folder}/postgres", free_port()
        if os.geteuid() == 0:
            subprocess.run(["chmod", "711", folder, str(Path(folder).parent)], check=True)
            Path(self.folder).mkdir()
            subprocess.run(["chown", "postgres", self.folder], check=True)
        self.as_owner(f"{TOOLS}/initdb -D {self.folder}/data -A trust -E UTF8 --locale=C.UTF-8 --lc-collate=C -U postgres")
        self.as_owner(
            f"{TOOLS}/pg_ctl -D {self.folder}/data -w start -l {self.folder}/log -o \"-p {self.port} -k {self.folder} "
            "-c listen_addresses=127.0.0.1 -c shared_buffers=1GB -c max_wal_size=4GB\"")
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/bench"
        self.sql("CREATE DATABASE bench TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'", "postgres")

    def as_owner(self, command):
        command = ["su", "postgres", "-s", "/bin/bash", "-c", command] if os.geteuid() == 0 else ["bash", "-c", command]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def sql(self, text, database="bench"):
        return subprocess.run(
            [f"{TOOLS}/psql", "-qAtX", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", database,
             "-v", "ON_ERROR_STOP=1", "-c", text], check=True, capture_output=True, text=True).stdout

    def pgbench(self, script, seconds):
        done = subprocess.run(
            [f"{TOOLS}/pgbench", "-n", "-M", "prepared", "-c", "32", "-j", "1", "-T", str(max(1, round(seconds))), "-f",
             script, "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "bench"],
            check=True, capture_output=True, text=True).stdout
        return float(re.search(r"tps = ([\d.]+)", done)[1])

    def stop(self):
        self.as_owner(f"{TOOLS}/pg_ctl -D {self.folder}/data -m immediate stop")


def measure(wanted, folder, results):
    postgres = Postgres(folder)
    try:
        product = Product(wanted.rapport, f"{folder}/on-postgres", postgres.url)
        _answers(wanted, folder, postgres, product, results)
        _copy(wanted, folder, postgres, product, results)
    finally:
        postgres.stop()


def _answers(wanted, folder, postgres, product, results):
    postgres.sql("CREATE TABLE single (id BIGSERIAL PRIMARY KEY, place INT, score INT, words TEXT)")
    script = f"{folder}/single.sql"
    Path(script).write_text(
        "INSERT INTO single (place, score, words) VALUES (1, 9, 'The second line was helpful and quick, thank you.');\n")
    port = free_port()
    floor = Process([wanted.bench, "floor", "--port", str(port), "--postgres", postgres.url], port, ready="/hello")
    server, loader, rounds = product.serve(), Loader(folder), []

    def idle():
        while postgres.sql("SELECT EXISTS (SELECT 1 FROM unsealed_events) OR EXISTS (SELECT 1 FROM consumers c "
                           "JOIN ledger_heads h USING (account_id) WHERE c.position < h.position)").strip() == "t":
            time.sleep(0.05)
    try:
        for number in range(wanted.rounds + 1):
            one = {"busy": busy_share()}
            results.busy.append(one["busy"])
            one["pgbench"] = postgres.pgbench(script, wanted.seconds)
            done = loader.run("row", floor, "/rows", wanted.seconds, 32)
            one |= {"floor": done.rate, "failed": done.failed}
            done = loader.run("answer", server, f"/api/v1/surveys/{product.survey['id']}/responses", wanted.seconds, 32,
                              product.token, settle=idle)
            one |= {"answers": done.rate, "cpu": done.cpu_ms, "failed": one["failed"] + done.failed}
            if number:  # The first warms up.
                rounds.append(one)
                say(f"PostgreSQL {number}/{wanted.rounds}: {one['answers']:,.0f}/s, pgbench {one['pgbench']:,.0f}/s")
    finally:
        server.stop()
        floor.stop()
    share = [100 * part for part in ratio(rounds, "answers", "pgbench")]
    results.bar("3", "answers/s on PostgreSQL over HTTP, against pgbench, 32 clients each", median(share), 25, 40, " %",
                less=False, rounds=share, digits=1)
    results.bar("3", "requests that failed", sum(one["failed"] for one in rounds), 0, 0, digits=0)
    results.table(
        "PostgreSQL, by round", ["Round", "Busy before", "pgbench/s", "Floor/s", "Answers/s", "CPU ms"],
        [[str(n), f"{one['busy']:.0%}", f"{one['pgbench']:,.0f}", f"{one['floor']:,.0f}", f"{one['answers']:,.0f}",
          f"{one['cpu']:.3f}"] for n, one in enumerate(rounds, 1)])


def _copy(wanted, folder, postgres, product, results):
    """Each file is another, as the same file is imported once."""
    count, path, rounds = 20_000 if wanted.quick else 100_000, f"{folder}/copied.csv", []
    postgres.sql("CREATE TABLE copied (id BIGINT PRIMARY KEY, day DATE, score INT, comment TEXT, place TEXT, way TEXT)")
    for number in range(2 if wanted.quick else 3):
        results.busy.append(busy_share(0.2))
        generated.csv(path, count, first=number * count)
        begun = time.perf_counter()
        postgres.sql(f"\\copy copied FROM '{path}' WITH (FORMAT csv, HEADER)")
        copied = time.perf_counter() - begun
        begun = time.perf_counter()
        product.run("import", path, "--survey", product.survey["slug"])
        rounds.append({"copy": copied, "import": time.perf_counter() - begun})
    share = [100 * part for part in ratio(rounds, "copy", "import")]
    results.bar("7c", f"import on PostgreSQL, {count:,} rows, rate against COPY", median(share), 40, 70, " %",
                less=False, rounds=share, digits=1)
