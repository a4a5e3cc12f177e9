"""Bars 5 to 5c: NPS by segment and week."""
import re
import time
import urllib.request

import generated
from load import Loader
from machine import Product, busy_share, say
from results import median, ratio

SEGMENTS, WEEKS = 20, 104


def duck(count):
    """`count` answers in DuckDB's own memory, three narrow columns."""
    import duckdb
    database = duckdb.connect(config={"threads": 2})
    database.execute(
        f"CREATE TABLE r AS SELECT CAST(hash(i) % {SEGMENTS} AS UTINYINT) AS segment, "
        f"CAST(i * {WEEKS} // {count} AS UTINYINT) AS week, CAST(hash(i + 1) % 11 AS UTINYINT) AS score, "
        f"CAST(hash(i + 2) % 8 AS UTINYINT) AS way FROM range({count}) t(i)")
    return database


def duck_seconds(database, where=""):
    begun = time.perf_counter()
    database.execute(
        "SELECT segment, week, COUNT(*), COUNT(*) FILTER (score >= 9), COUNT(*) FILTER (score <= 6) "
        f"FROM r {where} GROUP BY ALL").fetchall()
    return time.perf_counter() - begun


def store_ms(product, server, path, count):
    """In the middle of `count` questions, what each answer says that it took in the store, a transaction and all."""
    took = []
    for _ in range(count):
        request = urllib.request.Request(server.address + path, headers={"Authorization": f"Bearer {product.token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()
            took.append(float(re.fullmatch(r"store;dur=([\d.]+)", answer.headers["Server-Timing"])[1]))
    return median(took)


def dashboard(wanted, folder, results):
    """10 and 100 million answers as their cells; DuckDB scans 100 million."""
    products = {total: Product(wanted.rapport, f"{folder}/cells-{total}") for total in (10_000_000, 100_000_000)}
    for total, product in products.items():
        generated.fill_cells(product, total, SEGMENTS, WEEKS)
    servers = {total: product.serve() for total, product in products.items()}
    loader = Loader(folder)
    database = duck(100_000_000 if not wanted.quick else 10_000_000)
    rounds = []
    try:
        for number in range(3 * wanted.rounds):
            one = {"busy": busy_share(0.1)}
            results.busy.append(one["busy"])
            if number < wanted.rounds:
                one["duck"] = duck_seconds(database) * 1000
            for total, product in products.items():
                path = (f"/api/v1/scores?survey={product.survey['id']}&from=2024-01-01&to=2026-12-31"
                        "&by=touchpoint&interval=week")
                done = loader.run("get", servers[total], path, 0.7, connections=1, token=product.token)
                one |= {f"p50 {total}": done.p50, f"p99 {total}": done.p99, f"failed {total}": done.failed,
                        f"cpu {total}": done.cpu_ms, f"store {total}": store_ms(product, servers[total], path, 30)}
            rounds.append(one)
    finally:
        for server in servers.values():
            server.stop()
    _judge(rounds, results)


def _judge(rounds, results):
    large, small = "p50 100000000", "p50 10000000"
    middle = [one[large] for one in rounds]
    store = [one["store 100000000"] for one in rounds]
    results.bar("5", f"NPS by {SEGMENTS} segments and {WEEKS} weeks, 100 M answers, in the store", median(store), 10, 5,
                " ms", rounds=store)
    against = [one["duck"] / one["store 100000000"] for one in rounds if "duck" in one]
    results.bar("5", "the same, against DuckDB's scan on 2 threads", median(against), 50, 100, " x", less=False,
                rounds=against, note=f"{median([one['duck'] for one in rounds if 'duck' in one]):.0f} ms")
    results.bar("5b", "the same as an HTTP request, p50", median(middle), 25, 12, " ms", rounds=middle)
    late = [one["p99 100000000"] for one in rounds]
    results.bar("5b", "the same as an HTTP request, p99", median(late), 60, 30, " ms", rounds=late)
    growth = ratio(rounds, large, small)
    results.bar("5c", "its growth from 10 M to 100 M answers, cells alike", median(growth), 1.1, 1.03, " x",
                rounds=growth)
    failed = sum(one[key] for one in rounds for key in one if key.startswith("failed"))
    results.bar("5 to 5c", "requests that failed", failed, 0, 0, digits=0)
    say(f"dashboard: {median(store):.1f} ms in the store, {median(middle):.1f} ms in all, growth {median(growth):.2f}")
