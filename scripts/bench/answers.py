"""Bars 1c to 2d, 4 and 5e: one answer, durable, with all that follows from it."""
import json
import os
import subprocess
import tempfile
import threading
import urllib.error
from pathlib import Path

from load import Loader
from machine import Process, Product, busy_share, free_port, say
from results import median, ratio


def measure(wanted, folder, results):
    bench, rapport = wanted.bench, wanted.rapport
    memory = tempfile.mkdtemp(prefix="rapport-bench-", dir="/dev/shm")
    products = {
        "disk": Product(rapport, f"{folder}/answers"), "unfollowed": Product(rapport, f"{folder}/unfollowed"),
        "memory": Product(rapport, f"{memory}/data"),
    }
    port = free_port()
    servers = {name: one.serve(workers=0 if name == "unfollowed" else 2) for name, one in products.items()}
    servers["floor"] = Process(
        [bench, "floor", "--port", str(port), "--file", f"{folder}/floor.db"], port, ready="/hello")
    loader = Loader(folder)
    try:
        for name in servers:
            _load(name, servers, products, loader, 1)
        rounds = [_round(number, wanted, folder, servers, products, loader, results)
                  for number in range(wanted.rounds)]
    finally:
        for server in servers.values():
            server.stop()
        subprocess.run(["rm", "-rf", memory], check=False)
    _judge(rounds, results)
    _judge_stored(products["disk"], results)
    return products["disk"]


def _load(name, servers, products, loader, seconds, connections=64, pause=0):
    if name == "floor":
        return loader.run("row", servers[name], "/rows", seconds, connections)
    product = products[name]
    settle = None if name == "unfollowed" else product.wait_until_idle
    return loader.run(
        "answer", servers[name], f"/api/v1/surveys/{product.survey['id']}/responses", seconds, connections,
        product.token, pause, settle)


def _round(number, wanted, folder, servers, products, loader, results):
    one = {"busy": busy_share()}
    results.busy.append(one["busy"])
    one |= json.loads(subprocess.run(
        [wanted.bench, "disk", "--folder", folder, "--seconds", str(wanted.seconds / 2)],
        capture_output=True, text=True, check=True).stdout)
    for name in ["disk", "floor", "memory", "unfollowed"]:
        done = _load(name, servers, products, loader, wanted.seconds)
        one |= {name: done.rate, f"{name}_cpu": done.cpu_ms, f"{name}_p99": done.p99, f"{name}_failed": done.failed}
    one["alone"] = _load("disk", servers, products, loader, wanted.seconds / 2, connections=1).rate
    half = _load("disk", servers, products, loader, wanted.seconds, pause=128_000 / one["disk"])
    one |= {"half_p99": half.p99, "half": half.rate}
    product = products["disk"]
    page = loader.run("get", servers["disk"], f"/s/{product.survey['slug']}", wanted.seconds / 2)
    one |= {"page": page.rate, "page_cpu": page.cpu_ms, "page_failed": page.failed}
    one["hello"] = loader.run("get", servers["floor"], "/hello", wanted.seconds / 2).rate
    one["whole_cpu"] = one["disk_cpu"] + one["page_cpu"]
    say(f"answers {number + 1}/{wanted.rounds}: {one['disk']:,.0f}/s, {one['disk_cpu']:.3f} ms of CPU, "
        f"floor {one['floor']:,.0f}/s, single commits {one['single']:,.0f}/s")
    return one


def _judge(rounds, results):
    def bar(number, what, values, must, stretch, unit="", less=True, note="", digits=2):
        results.bar(number, what, median(values), must, stretch, unit, less, note, values, digits)
    bar("1c", "server CPU per whole response (page and answer, sealed, counted, ruled)",
        [one["whole_cpu"] for one in rounds], 0.65, 0.2, " ms", note="LimeSurvey: 164 ms as printed", digits=3)
    bar("2", "answers/s at 64 clients, against SQLite's single commits", ratio(rounds, "disk", "single"),
        1.5, 2.5, " x", less=False)
    bar("2b", "the same, against raw groups of 64 rows",
        [100 * part for part in ratio(rounds, "disk", "grouped")], 8, 15, " %", less=False, digits=1)
    bar("2c", "the same on the disk, against a file system in memory", ratio(rounds, "disk", "memory"), 0.6, 0.85,
        " x", less=False, note="nothing to wait for is more than NORMAL would save")
    bar("4", "p99 at half of our own saturation, against p50 of `fdatasync`",
        [one["half_p99"] / one["sync_p50_ms"] for one in rounds], 40, 20, " x", digits=1)
    bar("5e", "answers/s with sealing, counts and rules, against without", ratio(rounds, "disk", "unfollowed"),
        0.75, 0.85, " x", less=False)
    bar("floor", "answers/s, against one row through the same driver and HTTP library",
        ratio(rounds, "disk", "floor"), None, None, " x", less=False)
    failed = sum(one[key] for one in rounds for key in one if key.endswith("_failed"))
    results.bar("2 to 5e", "requests that failed", failed, 0, 0, digits=0)
    keys = ["busy", "single", "grouped", "sync_p50_ms", "floor", "floor_cpu", "disk", "disk_cpu", "disk_p99", "alone",
            "memory", "unfollowed", "half", "half_p99", "page", "page_cpu", "hello"]
    heads = ["Round", "Busy before", "Commits/s of 1 row", "Rows/s by 64", "fdatasync p50 ms", "Floor/s",
             "its CPU ms", "Answers/s", "CPU ms", "p99 ms", "1 client/s", "In memory/s", "Unfollowed/s", "Half/s",
             "its p99 ms", "Pages/s", "CPU ms", "Hello/s"]
    rows = [[str(n)] + [_text(key, one[key]) for key in keys] for n, one in enumerate(rounds, 1)]
    rows.append(["median"] + [_text(key, median([one[key] for one in rounds])) for key in keys])
    results.table("Answers, by round", heads, rows)


def _text(key, value):
    if key == "busy":
        return f"{value:.0%}"
    return f"{value:.3f}" if key.endswith(("cpu", "ms")) else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _judge_stored(product, results):
    count = product.look("SELECT COUNT(*) FROM responses")[0][0]
    product.run("verify")
    stored = os.path.getsize(product.file) / count
    results.bar("size", "store per answer, 56 characters of comment, two answers, customer, key and event",
                stored, 900, 600, " B", digits=0, note="without a key 600 is the aim of `performance.md`")


def kill(wanted, folder, results):
    """Bar 2d: what was acknowledged is there after kill -9."""
    product = Product(wanted.rapport, f"{folder}/killed")
    acknowledged, kills = [], 2 if wanted.quick else 5
    for number in range(kills):
        server, ended = product.serve(), threading.Event()
        callers = [
            threading.Thread(target=_call, args=(product, server, f"{number}-{caller}", acknowledged, ended))
            for caller in range(8)]
        for caller in callers:
            caller.start()
        ended.wait(1.0)
        server.kill()
        ended.set()
        for caller in callers:
            caller.join()
    server = product.serve()
    product.wait_until_idle()
    server.stop()
    keys = {key for (key,) in product.look("SELECT client_key FROM idempotency_keys")}
    count = product.look("SELECT COUNT(*) FROM responses")[0][0]
    lost = sum(key not in keys for key in acknowledged) + max(0, len(keys) - count)
    product.run("verify")
    share = 100 * (len(acknowledged) - lost) / max(1, len(acknowledged))
    results.bar("2d", f"acknowledged answers still there after {kills} times kill -9", share, 100, 100, " %",
                less=False, note=f"{len(acknowledged):,} acknowledged, {lost} lost", digits=1)


def _call(product, server, name, acknowledged, ended):
    number = 0
    while not ended.is_set():
        key, number = f"{name}-{number}", number + 1
        try:
            product.call(server, f"/api/v1/surveys/{product.survey['id']}/responses", {"score": 9, "comment": "Kind."},
                         {"Idempotency-Key": key})
            acknowledged.append(key)
        except (OSError, urllib.error.URLError, ValueError):
            return
