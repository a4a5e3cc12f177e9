"""Bars 10, 11 and 12: bytes of a first visit, cold start, memory at rest."""
import re
import shutil
import time
import urllib.request

from load import Loader
from machine import Process, Product, busy_share, free_port, say
from results import median


def first_visit(wanted, folder, results):
    product = Product(wanted.rapport, f"{folder}/visited")
    server = product.serve()
    try:
        html, bytes_on_wire = _fetch(f"{server.address}/s/{product.survey['slug']}")
        fetched, foreign = set(), set()
        for link in re.findall(r'(?:src|href)="([^"#]+)"', html):
            if re.search(r"\.(css|js|svg|woff2?|png|ico)(\?|$)", link):
                (foreign if link.startswith("http") and server.address not in link else fetched).add(link)
        for link in fetched:
            bytes_on_wire += _fetch(server.address + link if link.startswith("/") else link)[1]
    finally:
        server.stop()
    results.bar("10", "hosted survey page, first visit, on the wire", bytes_on_wire / 1000, 15, 8, " kB",
                note="LimeSurvey: 440 kB as printed")
    results.bar("10", "requests of a first visit", 1 + len(fetched) + 100 * len(foreign), 2, 1, digits=0,
                note="a foreign host would count 100")


def _fetch(url):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        body, size = answer.read(), len(str(answer.headers)) + 17
        if answer.headers.get("Content-Encoding") == "br":
            import brotli
            return brotli.decompress(body).decode(), size + len(body)
        return body.decode(errors="replace"), size + len(body)


def cold_start(wanted, folder, full, results):
    """Against the hello of the floor's own program; `full` holds many responses."""
    rows, rounds = [], 3 if wanted.quick else 9
    empty = f"{folder}/empty"
    for number in range(rounds):
        busy = busy_share(0.2)
        results.busy.append(busy)
        port = free_port()
        hello = Process([wanted.bench, "floor", "--port", str(port)], port, ready="/hello")
        hello.stop()
        stored = full.serve()
        stored.stop()
        shutil.rmtree(empty, ignore_errors=True)
        port = free_port()
        fresh = Process([wanted.rapport, "serve", "--port", str(port), "--data", empty], port)
        fresh.stop()
        rows.append([1000 * one.start_seconds for one in (hello, stored, fresh)])
    for column, what, must, stretch in [(1, f"existing database with {_count(full)} responses", 6, 3),
                                        (2, "empty database with migrations", 15, 8)]:
        values = [row[column] / row[0] for row in rows]
        results.bar("11", f"cold start to the first 200, {what}, against hello", median(values), must, stretch, " x",
                    rounds=values, note=f"{median([row[column] for row in rows]):.0f} ms against "
                    f"{median([row[0] for row in rows]):.0f} ms")
    say(f"cold start: hello, full, empty in ms: {rows}")


def _count(product):
    return f"{product.look('SELECT COUNT(*) FROM responses')[0][0]:,}"


def memory(wanted, folder, full, results):
    """Proportional, nothing else of ours running: the libraries are all counted as its own."""
    server = full.serve()
    try:
        time.sleep(2)
        resting = server.memory_mib
        Loader(folder).run(
            "answer", server, f"/api/v1/surveys/{full.survey['id']}/responses", 3, token=full.token,
            settle=full.wait_until_idle)
        time.sleep(2)
        worked = server.memory_mib
    finally:
        server.stop()
    results.bar("12", f"memory at rest, {_count(full)} responses stored", resting, 60, 40, " MiB", digits=0)
    results.bar("12", "the same after some thousand answers", worked, None, None, " MiB", digits=0)
