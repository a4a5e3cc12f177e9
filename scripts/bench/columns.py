"""Bar 6: cuts of 100 million answers that no rollup covers, from packed columns over HTTP, against DuckDB."""
import subprocess
import time
import urllib.parse

from machine import Product, busy_share, say
from results import median

SEGMENTS, WAYS, DAYS = 20, 8, 728
NET = "COUNT(*), COUNT(*) FILTER (score >= 9), COUNT(*) FILTER (score <= 6)"

#: What is asked, as `GET /scores` and as SQL: both count answers, promoters and detractors.
CUTS = [
    ("two filters and a period", "where[segment]=segment 3&where[segment]=segment 5&where[way]=way 2"
     "&from=2024-04-10&to=2025-05-15",
     f"SELECT 0, {NET} FROM r WHERE segment IN (3, 5) AND way = 2 AND day >= 100 AND day < 500"),
    ("a group under a filter", "by=segment&where[way]=way 1&where[way]=way 4&where[way]=way 6",
     f"SELECT segment, {NET} FROM r WHERE way IN (1, 4, 6) GROUP BY ALL"),
    ("a group by week under a filter", "by=segment&interval=week&where[way]=way 1&where[way]=way 4",
     f"SELECT segment, day // 7, {NET} FROM r WHERE way IN (1, 4) GROUP BY ALL"),
]


def duck(count):
    """The same answers in DuckDB's own memory, four narrow columns."""
    import duckdb
    def chance(prime, choices):
        return f"CAST((i * {prime} % 2147483647) // 8 % {choices} AS UTINYINT)"
    database = duckdb.connect(config={"threads": 2})
    database.execute(
        f"CREATE TABLE r AS SELECT {chance(16807, 11)} AS score, CAST(i * {DAYS} // {count} AS USMALLINT) AS day, "
        f"{chance(48271, SEGMENTS)} AS segment, {chance(69621, WAYS)} AS way FROM range({count}) t(i)")
    return database


def installation(wanted, folder, count):
    """An account whose columns hold `count` answers, at the head of its ledger."""
    product = Product(wanted.rapport, f"{folder}/columns")
    server = product.serve()
    product.wait_until_idle()
    server.stop()
    (account, survey), = product.look("SELECT account_id, id FROM surveys")
    (position, mark), = product.look("SELECT position, id FROM events ORDER BY position DESC LIMIT 1")
    begun = time.perf_counter()
    subprocess.run(
        [wanted.bench, "columns", "--folder", f"{product.data}/columns/{account}", "--survey", str(survey),
         "--position", str(position), "--mark", str(mark), "--count", str(count)], check=True)
    say(f"columns: {count:,} answers packed in {time.perf_counter() - begun:.0f} s")
    return product


def measure(wanted, folder, results):
    count = 10_000_000 if wanted.quick else 100_000_000
    product, database = installation(wanted, folder, count), duck(count)
    server = product.serve()
    rounds = []
    try:
        wait_for_columns(product, server, count)
        for _ in range(wanted.rounds):
            one = {"busy": busy_share()}
            results.busy.append(one["busy"])
            for name, query, statement in CUTS:
                theirs, expected = timed(lambda: duck_total(database, statement))
                ours, counted = timed(lambda: total(product, server, query))
                if counted != expected:
                    raise RuntimeError(f"{name}: {counted} are not DuckDB's {expected}")
                one |= {name: ours / theirs, f"{name} ms": ours * 1000, f"{name} duck": theirs * 1000}
            rounds.append(one)
    finally:
        server.stop()
    for name, _, _ in CUTS:
        ours, theirs = median([one[f"{name} ms"] for one in rounds]), median([one[f"{name} duck"] for one in rounds])
        ratios = [one[name] for one in rounds]
        results.bar("6", f"{name}, {count // 1_000_000} M answers, the whole HTTP request, against DuckDB on 2 threads",
                    median(ratios), 1.5, 0.3, " x", rounds=ratios, note=f"{ours:.0f} ms against {theirs:.0f} ms")
        say(f"columns: {name}: {ours:.0f} ms, DuckDB {theirs:.0f} ms, {median(ratios):.2f} x")


def duck_total(database, statement):
    rows = database.execute(statement).fetchall()
    return tuple(sum(row[place] for row in rows) for place in (-3, -2, -1))


def total(product, server, query):
    query = urllib.parse.quote(query, safe="=&[]")
    answer = product.call(server, f"/api/v1/scores?survey={product.survey['id']}&{query}")
    figures = [group["figure"] for group in answer["groups"]] if "groups" in answer else [answer["overall"]]
    return tuple(sum(figure[key] for figure in figures) for key in ("n", "promoters", "detractors"))


def timed(work):
    begun = time.perf_counter()
    value = work()
    return time.perf_counter() - begun, value


def wait_for_columns(product, server, count):
    begun = time.perf_counter()
    while total(product, server, "by=segment&where[way]=way 0&where[way]=way 1")[0] < count // WAYS:
        if time.perf_counter() - begun > 60:
            raise RuntimeError("the columns are not there")
        time.sleep(0.2)
