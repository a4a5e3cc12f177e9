"""Bars 8 and 14 and the growth curves: the same installation with ten times the answers."""
import os
import subprocess
import time

import generated
from load import Loader
from machine import Product, busy_share, say
from results import median, ratio


def installations(wanted, folder):
    """One of each size, made once for all that grows."""
    sizes = (20_000, 200_000) if wanted.quick else (100_000, 1_000_000)
    made = {}
    for size in sizes:
        made[size] = Product(wanted.rapport, f"{folder}/stored-{size}")
        generated.fill(made[size], size)
        say(f"{size:,} answers stored")
    return made


def answers(wanted, folder, stored, results):
    small, large = sorted(stored)
    servers = {size: product.serve() for size, product in stored.items()}
    loader, rounds = Loader(folder), []
    paths = {"answers": ("answer", "/api/v1/surveys/{id}/responses"), "inbox": ("get", "/api/v1/responses?limit=50"),
             "page": ("get", "/s/{slug}"), "scores": ("get", "/api/v1/scores?survey={id}&by=touchpoint&interval=week")}
    try:
        for number in range(wanted.rounds + 1):
            one = {"busy": busy_share()}
            results.busy.append(one["busy"])
            order = sorted(stored) if number % 2 else sorted(stored, reverse=True)
            for name, (kind, path) in paths.items():
                for size in order:
                    product = stored[size]
                    seconds = wanted.seconds if name == "answers" else 0.5
                    done = loader.run(
                        kind, servers[size], path.format(**product.survey), seconds, 64 if kind == "answer" else 4,
                        token=product.token, settle=product.wait_until_idle if kind == "answer" else None)
                    if done.failed:
                        raise RuntimeError(f"{done.failed} requests for {path} failed")
                    one |= {f"{name} {size}": done.rate, f"{name} cpu {size}": done.cpu_ms}
            if number:  # The first warms up.
                rounds.append(one)
    finally:
        for server in servers.values():
            server.stop()
    grown = ratio(rounds, f"answers {large}", f"answers {small}")
    results.bar("14", f"answers/s with {large:,} stored, against {small:,}", median(grown), 0.9, 0.97, " x",
                less=False, rounds=grown)
    rows = []
    for name in paths:
        times = ratio(rounds, f"{name} cpu {large}", f"{name} cpu {small}")
        rows.append([name] + [f"{median([one[f'{name} cpu {size}'] for one in rounds]):.3f}" for size in (small, large)]
                    + [f"{median(times):.2f}"])
    bytes_each = {size: os.path.getsize(stored[size].file) / (
        stored[size].look("SELECT COUNT(*) FROM responses")[0][0]) for size in stored}
    rows.append(["store, bytes per answer"] + [f"{bytes_each[size]:.0f}" for size in (small, large)]
                + [f"{bytes_each[large] / bytes_each[small]:.2f}"])
    results.table("Growth: server CPU in ms per request, and bytes",
                  ["What", f"{small:,} stored", f"{large:,} stored", "Growth"], rows)


def export(wanted, folder, stored, results):
    small, large = sorted(stored)
    rounds = []
    for number in range(wanted.rounds if not wanted.quick else 2):
        results.busy.append(busy_share(0.2))
        one = {}
        for size in ((small, large) if number < 3 else (small,)):
            product, path = stored[size], f"{folder}/export.csv"
            begun = time.perf_counter()
            subprocess.run([product.binary, "export", *product.where, "--survey", product.survey["slug"], "--format",
                            "csv", "-o", path], check=True, capture_output=True)
            one[size] = (time.perf_counter() - begun) / product.look("SELECT COUNT(*) FROM responses")[0][0] * 1e6
            os.unlink(path)
        rounds.append(one)
    seconds = [one[small] * 100_000 / 1e6 for one in rounds]
    results.bar("8", "CSV export of 100,000 answers", median(seconds), 0.42, 0.21, " s", rounds=seconds,
                note="LimeSurvey: 20.8 s as printed")
    both = [one for one in rounds if large in one]
    grown = ratio(both, large, small)
    results.bar("8", f"time per row, {large:,} answers against {small:,}", median(grown), 1.1, 1.03, " x", rounds=grown)
