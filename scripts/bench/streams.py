"""Bars 13 to 13c: many open streams of events."""
import json
import resource
import socket
import time

from machine import Product, busy_share, say
from results import median

SECONDS_BETWEEN_BEATS = 15


def measure(wanted, folder, results):
    count = 2_000 if wanted.quick else 10_000
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    count = min(count, most - 500)
    product = Product(wanted.rapport, f"{folder}/streams")
    other = Second(product)
    server = product.serve(more={"RAPPORT_CONNECTIONS": str(count + 500)})
    listeners = []
    try:
        other.make_survey(server)
        results.busy.append(busy_share())
        time.sleep(2)
        before = server.memory_mib
        begun = time.perf_counter()
        for _ in range(count):
            listeners.append(listen(server, product.token))
        opened = time.perf_counter() - begun
        for one in listeners:
            assert b"200 OK" in one.recv(4096)
        time.sleep(2)
        added = server.memory_mib - before
        say(f"{count:,} streams opened in {opened:.1f} s, {added:.0f} MiB")
        beats = heartbeat(server)
        delays = sorted(delay(server, other) for _ in range(50 if wanted.quick else 300))
    finally:
        for one in listeners:
            one.close()
        server.stop()
    results.bar("13", f"memory added by {count:,} open streams", added, 250 * count / 10_000, 190 * count / 10_000, " MiB",
                digits=0, note=f"{added * 1024 / count:.1f} KiB each")
    results.bar("13b", "their heartbeat every 15 s, of one core", 100 * beats, 6, 3, " %", digits=1)
    results.bar("13c", "one answer to one stream beside them, sent to received, p99", 1000 * delays[len(delays) * 99 // 100],
                20, 8, " ms", digits=1,
                note=f"p50 {1000 * median(delays):.1f} ms, from the POST to the sealed event")


def listen(server, token):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    return connection


def heartbeat(server):
    """CPU seconds a second over one round of beats."""
    begun, before = time.perf_counter(), server.cpu_seconds
    time.sleep(SECONDS_BETWEEN_BEATS)
    return (server.cpu_seconds - before) / (time.perf_counter() - begun)


class Second:
    """Another account of the same installation, with a survey of its own."""

    def __init__(self, product):
        self.product = product
        product.run("account", "create", "--name", "Second")
        product.run("admin", "create", "--email", "second@example.org", "--account", "Second", "--password-stdin",
                    stdin="a long enough password\n")
        self.token = product.run("token", "create", "--name", "second", "--account", "Second").split()[-1]

    def make_survey(self, server):
        headers = {"Authorization": f"Bearer {self.token}"}
        self.survey = self.product.call(server, "/api/v1/surveys", {"name": "Second", "metric": "nps"}, headers)
        self.stream = listen(server, self.token)
        self.stream.settimeout(20)
        self.stream.recv(4096)
        self.stream.recv(4096)
        self.caller = socket.create_connection(("127.0.0.1", server.port), timeout=20)


def delay(server, other):
    """From sending an answer to hearing its event."""
    body = json.dumps({"score": 9, "comment": "Kind."})
    request = (f"POST /api/v1/surveys/{other.survey['id']}/responses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
               f"{other.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    begun = time.perf_counter()
    other.caller.sendall(request.encode())
    heard = b""
    while b"response.recorded" not in heard:
        heard += other.stream.recv(65536)
    took = time.perf_counter() - begun
    other.caller.recv(65536)
    time.sleep(0.02)
    return took
