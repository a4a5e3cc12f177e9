"""A wave of mail: planned, handed to a relay, and what it costs those who answer meanwhile."""
import asyncio
import json
import subprocess
import threading
import time

from load import Loader
from machine import Product, busy_share, free_port, say
from results import median, ratio


class Sink:
    """A relay that takes everything at once and keeps nothing but the time of each message."""

    def __init__(self):
        self.port, self.arrived = free_port(), []
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", self.port, limit=1 << 20))
        ready.set()
        self.loop.run_forever()

    async def _talk(self, reader, writer):
        def say(line):
            writer.write(line + b"\r\n")
        say(b"220 sink")
        try:
            while line := await reader.readline():
                word = line[:4].upper().strip()
                if word == b"DATA":
                    say(b"354 go on")
                    await reader.readuntil(b"\r\n.\r\n")
                    self.arrived.append(time.perf_counter())
                    say(b"250 2.0.0 Ok")
                elif word == b"QUIT":
                    say(b"221 bye")
                    break
                else:
                    say(b"250 sink")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)


def invite(product, folder, name, count):
    """Seconds of the whole command."""
    path = f"{folder}/{name}.txt"
    with open(path, "w") as file:
        file.writelines(f"{name}{number}@mail.example\n" for number in range(count))
    begun = time.perf_counter()
    product.run("invite", path, "--survey", product.survey["slug"])
    return time.perf_counter() - begun


def measure(wanted, folder, results):
    count, many = (400, 10_000) if wanted.quick else (3000, 100_000)
    sink, rounds = Sink(), []
    product = Product(wanted.rapport, f"{folder}/mail")
    relay = {"RAPPORT_SMTP_URL": sink.url, "RAPPORT_SMTP_TLS": "none", "RAPPORT_MAIL_FROM": "ask@mail.example"}
    server, loader = product.serve(more=relay), Loader(folder)
    def answers(seconds, settle=None):
        # A hundred answers a second: enough to see who waits, and far from what the server can do.
        return loader.run("answer", server, f"/api/v1/surveys/{product.survey['id']}/responses", seconds, 8,
                          product.token, 80, settle)
    try:
        answers(1)
        for number in range(2 if wanted.quick else wanted.rounds):
            results.busy.append(busy_share())
            one = {"idle": answers(wanted.seconds).p99}
            one["alone"] = json.loads(subprocess.run(
                [wanted.bench, "mail", "--url", sink.url, "--count", str(count)], capture_output=True, text=True,
                check=True).stdout)["rate"]
            sink.arrived.clear()
            invite(product, folder, f"r{number}x", count)
            one["busy"] = answers(wanted.seconds).p99
            _wait(sink, count)
            one["sent"] = (count - 1) / (sink.arrived[-1] - sink.arrived[0])
            rounds.append(one)
            say(f"mail {number + 1}: {one['sent']:,.0f}/s, libcurl alone {one['alone']:,.0f}/s, "
                f"p99 {one['busy']:.1f} ms against {one['idle']:.1f} ms")
    finally:
        server.stop()
        sink.stop()
    planned = invite(product, folder, "planned", many)
    def bar(what, values, must, stretch, unit, less=True, note="", digits=2):
        results.bar("mail", what, median(values), must, stretch, unit, less, note, values, digits)
    bar(f"a wave of {many:,} people whom nobody knew, planned", [planned], 5 * many / 100_000, None, " s")
    bar("messages/s into a relay, durable before and after each", [one["sent"] for one in rounds], 300, 600, "/s", False,
        digits=0)
    bar("the same, against libcurl alone", ratio(rounds, "sent", "alone"), 0.5, 0.8, " x", False)
    bar("p99 of answers while it is sent, against idle", ratio(rounds, "busy", "idle"), 3, 1.5, " x")


def _wait(sink, count, seconds=120):
    end = time.perf_counter() + seconds
    while len(sink.arrived) < count:
        if time.perf_counter() > end:
            raise RuntimeError(f"{len(sink.arrived)} of {count} messages arrived")
        time.sleep(0.02)
