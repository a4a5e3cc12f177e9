"""A wave of mail: planned, handed to a relay, and what it costs those who answer meanwhile. And what one event costs."""
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import generated
from load import Loader
from machine import Product, busy_share, say
from results import median, ratio
from sink import Sink

# Behind our own modules, for both folders have a `load`.
sys.path.append(str(Path(__file__).resolve().parents[2] / "Tests/Faults"))
import mail_system  # noqa: E402


@contextmanager
def relay():
    """A Postfix that throws away what it has taken; where none can be started, a sink in this process."""
    if os.geteuid() == 0 and (mail_system.UNPACKED / "complete").exists():
        with mail_system.running(keeps=False) as system:
            yield "Postfix", f"smtp://127.0.0.1:{system.smtp}"
    else:
        sink = Sink()
        try:
            yield "a sink", sink.url
        finally:
            sink.stop()


def invite(product, folder, name, count):
    """Seconds of the whole command."""
    path = f"{folder}/{name}.txt"
    with open(path, "w") as file:
        file.writelines(f"{name}{number}@mail.example\n" for number in range(count))
    begun = time.perf_counter()
    product.run("invite", path, "--survey", product.survey["slug"])
    return time.perf_counter() - begun


def measure(wanted, folder, results):
    with relay() as (name, url):
        _waves(wanted, folder, results, name, url)
    _decisions(wanted, folder, results)


def _waves(wanted, folder, results, name, url):
    count, many = (400, 10_000) if wanted.quick else (3000, 100_000)
    product, loader, rounds = Product(wanted.rapport, f"{folder}/mail"), Loader(folder), []
    mail = {"RAPPORT_SMTP_URL": url, "RAPPORT_SMTP_TLS": "none", "RAPPORT_MAIL_FROM": "ask@mail.example"}
    paced = mail | {"RAPPORT_MAIL_PER_DOMAIN": "3000"}

    def answers(server, seconds):
        # A hundred answers a second: enough to see who waits, and far from what the server can do.
        return loader.run("answer", server, f"/api/v1/surveys/{product.survey['id']}/responses", seconds, 8,
                          product.token, 80).p99

    def wave(label, environment, number, count):
        """p99 of answers before and during a wave, and how many messages left in a second."""
        server = product.serve(more=environment)
        try:
            answers(server, 1)
            idle = answers(server, wanted.seconds)
            invite(product, folder, f"{label}{number}x", count)
            busy = answers(server, wanted.seconds)
            return idle, busy, _sent(product, count)
        finally:
            server.stop()
    for number in range(2 if wanted.quick else wanted.rounds):
        results.busy.append(busy_share())
        one = {"alone": json.loads(subprocess.run(
            [wanted.bench, "mail", "--url", url, "--count", str(count)], capture_output=True, text=True,
            check=True).stdout)["rate"]}
        one["idle"], one["busy"], one["sent"] = wave("r", mail, number, count)
        one["idle, paced"], one["paced"], one["sent, paced"] = wave("p", paced, number, 100 * wanted.seconds)
        rounds.append(one)
        say(f"mail {number + 1}: {one['sent']:,.0f}/s, libcurl alone {one['alone']:,.0f}/s, p99 {one['busy']:.1f} ms "
            f"against {one['idle']:.1f} ms; at {one['sent, paced']:,.0f}/s {one['paced']:.1f} against "
            f"{one['idle, paced']:.1f} ms")
    planned = invite(product, folder, "planned", many)

    def bar(what, values, must, stretch, unit, less=True, note="", digits=2):
        results.bar("mail", what, median(values), must, stretch, unit, less, note, values, digits)
    bar(f"a wave of {many:,} people whom nobody knew, planned", [planned], 5 * many / 100_000, None, " s")
    bar(f"messages/s into {name}, durable before and after each", [one["sent"] for one in rounds], 300, 600, "/s", False,
        digits=0)
    bar("the same, against libcurl alone (this bar or the one before)", ratio(rounds, "sent", "alone"), 0.5, 0.8, " x",
        False)
    bar("p99 of answers while it is sent, against idle", ratio(rounds, "busy", "idle"), 3, 1.5, " x")
    bar("the same at 50 messages/s", ratio(rounds, "paced", "idle, paced"), 1.5, 1.1, " x")


def _sent(product, count, seconds=180):
    """Messages a second of the last wave, once all of it has left."""
    end = time.perf_counter() + seconds
    while True:
        left, first, last = product.look(
            f"""SELECT SUM(state <> 'sent'), MIN(settled_at), MAX(settled_at) FROM (
                  SELECT state, settled_at FROM invitations ORDER BY id DESC LIMIT {count})""")[0]
        if not left:
            return (count - 1) * 1000 / max(1, last - first)
        if time.perf_counter() > end:
            raise RuntimeError(f"{left} of {count} messages have not left")
        time.sleep(0.05)


def _decisions(wanted, folder, results):
    """Events of customers who are known, under a rule that asks a day later, so that nothing is sent meanwhile."""
    sizes, events = ((2000, 20_000), 300) if wanted.quick else ((10_000, 100_000), 1000)
    products = {size: Product(wanted.rapport, f"{folder}/customers-{size}") for size in sizes}
    servers, rounds = {}, []
    try:
        for size, product in products.items():
            generated.people(product, size)
            servers[size] = product.serve()
            product.call(servers[size], "/api/v1/ask-rules", {
                "name": "After an order", "survey": product.survey["id"], "event": "order", "channel": "email",
                "delay": "P1D", "sample": 0.5})
        for number in range(wanted.rounds + 1):
            results.busy.append(busy_share())
            one = {}
            for size in sorted(sizes, reverse=number % 2 == 0):
                one[size] = _event_cpu(products[size], servers[size], size, number * events, events)
            if number:  # The first warms up.
                rounds.append(one)
    finally:
        for server in servers.values():
            server.stop()
    small, large = sizes
    grown = ratio(rounds, large, small)
    results.bar(
        "mail", f"server CPU of an event and its decision, {large:,} customers against {small:,}", median(grown), 1.2,
        1.05, " x", note=f"{median([one[small] for one in rounds]):.2f} ms each", rounds=grown)


def _event_cpu(product, server, size, first, count):
    """Milliseconds of the server for each event, all that follows from it included."""
    product.wait_until_idle()
    before = server.cpu_seconds
    # The same share of all customers, whatever their number.
    for place in range(first, first + count):
        person = 1 + place * 7919 % size
        product.call(server, "/api/v1/customer-events", {"event": "order", "customer": {"external_id": f"p{person}"}})
    product.wait_until_idle()
    return (server.cpu_seconds - before) * 1000 / count
