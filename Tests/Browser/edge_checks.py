"""Hostile connections against the debug server: slow, huge, ambiguous. Each attack is tried on an unguarded server too."""
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import product
import wire

HEAD = b"Host: rapport.test\r\n"
HIDDEN = b"GET /livez?hidden HTTP/1.1\r\n" + HEAD + b"\r\n"


@pytest.fixture(scope="module")
def server():
    with product.running(sample=False) as address:
        yield address


@pytest.fixture(scope="module")
def control():
    with wire.Control() as address:
        yield address


@pytest.fixture(autouse=True)
def survives(server):
    """No input ends the process (I15), and an honest request is answered after each attack."""
    process = product.process_of(server)
    before = process.pid
    yield
    assert process.poll() is None and process.pid == before
    assert wire.talk(server, b"GET /livez HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n", seconds=10)[0] == [200]


def post(fields, body=b"", path=b"/sign-in"):
    return b"POST " + path + b" HTTP/1.1\r\n" + HEAD + fields + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked\r\n"
HIDING = {
    "length and chunks": post(b"Content-Length: 4\r\n" + CHUNKED, b"0\r\n\r\n" + HIDDEN),
    "chunks and length": post(CHUNKED + b"Content-Length: 4\r\n", b"0\r\n\r\n" + HIDDEN),
    "two lengths": post(b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(HIDDEN), HIDDEN),
    "two lengths in one field": post(b"Content-Length: 0, %d\r\n" % len(HIDDEN), HIDDEN),
    "a length with a sign": post(b"Content-Length: +0\r\n", HIDDEN),
    "a negative length": post(b"Content-Length: -1\r\n", HIDDEN),
    "a hexadecimal length": post(b"Content-Length: 0x0\r\n", HIDDEN),
    "a length with a blank in it": post(b"Content-Length: 0 0\r\n", HIDDEN),
    "a length beyond 64 bits": post(b"Content-Length: 18446744073709551616\r\n", HIDDEN),
    "an empty length": post(b"Content-Length: \r\n", HIDDEN),
    "a coding nobody knows": post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "chunks that are not last": post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n" + HIDDEN),
    "two codings": post(CHUNKED + b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n" + HIDDEN),
    "a blank before the colon": post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "a vertical tab before the coding": post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "a coding on a folded line": post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    "a length on a folded line": post(b"Content-Length:\r\n 0\r\n", HIDDEN),
    "a blank before a field's name": post(b" Content-Length: 0\r\n", HIDDEN),
    "a zero byte in a field": post(b"X-A: a\x00b\r\nContent-Length: 0\r\n", HIDDEN),
    "a bare CR in a field": post(b"X-A: a\rContent-Length: 5\r\n", HIDDEN),
    "a chunk's size with a prefix": post(CHUNKED, b"0x0\r\n\r\n" + HIDDEN),
    "a chunk's size with a sign": post(CHUNKED, b"+0\r\n\r\n" + HIDDEN),
    "a chunk's size beyond 64 bits": post(CHUNKED, b"FFFFFFFFFFFFFFFFF0\r\n\r\n" + HIDDEN),
    "a chunk without its end": post(CHUNKED, b"3\r\nabcX0\r\n\r\n" + HIDDEN),
    "a bare LF after a chunk's size": post(CHUNKED, b"2\nab\r\n0\r\n\r\n" + HIDDEN),
    "a bare CR after a chunk's size": post(CHUNKED, b"2\rab\r\n0\r\n\r\n" + HIDDEN),
    "no name": post(b": a\r\n", HIDDEN),
    "a name with a bracket": post(b"X(A): a\r\n", HIDDEN),
    "no colon": post(b"Content-Length\r\n", HIDDEN),
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n" + HIDDEN,
    "no host": b"GET /livez HTTP/1.1\r\n\r\n" + HIDDEN,
    "a host with a blank": b"GET /livez HTTP/1.1\r\nHost: a.test b.test\r\n\r\n" + HIDDEN,
    "a version of its own": b"GET /livez HTTP/1.7\r\n" + HEAD + b"\r\n" + HIDDEN,
    "HTTP/2 by its preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN,
    "HTTP/0.9": b"GET /livez\r\n" + HIDDEN,
    "a method that nobody knows": b"GET\x00 /livez HTTP/1.1\r\n" + HEAD + b"\r\n" + HIDDEN,
    "a target with a line end": b"GET /livez\nX: y HTTP/1.1\r\n" + HEAD + b"\r\n" + HIDDEN,
    "bytes of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
}
# An answer of its own each, and then the line is closed: two that read them differently see no second request.


@pytest.mark.parametrize("name", HIDING)
def test_an_ambiguous_request_hides_no_second_one(server, name):
    answers, closed = wire.talk(server, HIDING[name], seconds=20)
    assert len(answers) <= 1, f"{name}: {answers}"
    assert closed, f"{name}: {answers}, and the line stays open"
    assert all(400 <= code < 500 for code in answers), f"{name}: {answers}"


def test_two_requests_in_a_row_are_two_and_a_trusting_server_sees_the_hidden_one(server, control):
    """Or else the checks above would prove nothing."""
    one = b"GET /livez HTTP/1.1\r\n" + HEAD + b"\r\n"
    assert wire.talk(server, one + HIDDEN, seconds=3)[0] == [200, 200]
    assert len(wire.talk(control, HIDING["two lengths"])[0]) > 1
    assert len(wire.talk(control, HIDING["two lengths in one field"])[0]) > 1


FLOODS = {
    "101 fields": b"GET /livez HTTP/1.1\r\n" + HEAD + b"".join(b"X-%d: a\r\n" % i for i in range(100)) + b"\r\n",
    "1,001 fields": b"GET /livez HTTP/1.1\r\n" + HEAD + b"".join(b"X-%d: a\r\n" % i for i in range(1000)) + b"\r\n",
    "100,000 fields": b"GET /livez HTTP/1.1\r\n" + HEAD + b"X: a\r\n" * 100_000 + b"\r\n",
    "a field of 33 KiB": b"GET /livez HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 33 * 1024 + b"\r\n\r\n",
    "33 KiB of fields": b"GET /livez HTTP/1.1\r\n" + HEAD + (b"X: " + b"a" * 1000 + b"\r\n") * 34 + b"\r\n",
    "a name of 33 KiB": b"GET /livez HTTP/1.1\r\n" + HEAD + b"X" * 33 * 1024 + b": a\r\n\r\n",
    "an address of 33 KiB": b"GET /livez?" + b"a" * 33 * 1024 + b" HTTP/1.1\r\n" + HEAD + b"\r\n",
    "an address without end": b"GET /" + b"a" * 4_000_000,
    "a chunk's extension without end": post(CHUNKED, b"1;" + b"x" * 400_000 + b"\r\na\r\n0\r\n\r\n"),
    "1,000 trailers": post(CHUNKED, b"0\r\n" + b"X: a\r\n" * 1000 + b"\r\n"),
    "a path 10,000 deep": b"GET " + b"/a" * 4000 + b" HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n",
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_refused_and_costs_no_memory(server, name):
    before = product.resident_bytes(server)
    answers, closed = wire.talk(server, FLOODS[name], seconds=20)
    assert closed and all(400 <= code < 500 for code in answers), f"{name}: {answers}"
    assert product.resident_bytes(server) - before < 50 << 20


def test_a_hundred_fields_and_eight_kibibytes_of_address_are_fine(server):
    fields = b"".join(b"X-%d: a\r\n" % i for i in range(97))
    end = b"Connection: close\r\n\r\n"
    assert wire.talk(server, b"GET /livez HTTP/1.1\r\n" + HEAD + fields + end)[0] == [200]
    assert wire.talk(server, b"GET /livez?" + b"a" * 8000 + b" HTTP/1.1\r\n" + HEAD + end)[0] == [200]


@pytest.mark.parametrize("path, most", [(b"/sign-in", 256 << 10), (b"/s/none", 256 << 10), (b"/v/none", 64 << 10)])
def test_a_body_is_refused_before_it_is_read(server, path, most):
    announced = post(b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10000000000\r\n", b"", path)
    assert 413 in wire.talk(server, announced, seconds=3)[0]
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    before = product.resident_bytes(server)
    with wire.connect(server) as line:
        sent = 0
        try:
            line.sendall(post(CHUNKED, b"", path))
            while sent < 200 << 20:
                line.sendall(chunk)
                sent += 0x10000
        except (ConnectionError, TimeoutError):
            pass
        received, _ = wire.read_all(line, 2)
    assert wire.statuses(received) in ([413], []), received[:200]
    assert sent < 200 << 20
    assert product.resident_bytes(server) - before < 50 << 20


def test_a_body_100_000_deep_is_refused(server):
    token = product.command(product.data_of(server), "token", "create", "--name", "deep").strip().splitlines()[-1]
    body = b'{"a":' * 40_000
    head = b"Authorization: Bearer %s\r\nContent-Type: application/json\r\nConnection: close\r\n" % token.encode()
    request = post(head + b"Content-Length: %d\r\n" % len(body), body, b"/api/v1/surveys")
    assert wire.talk(server, request, seconds=20)[0] == [400]


def slow_head(address, every=b"X: a\r\n"):
    line = wire.connect(address)
    line.sendall(b"GET /livez HTTP/1.1\r\n" + HEAD)
    return line, lambda: every


def slow_body(address, bytes_at_once=10):
    line = wire.connect(address)
    line.sendall(post(b"Content-Length: 100000\r\nContent-Type: application/x-www-form-urlencoded\r\n"))
    return line, lambda: b"a" * bytes_at_once


def silent(address):
    line = wire.connect(address)
    line.sendall(b"GET /livez HTTP/1.1\r\n" + HEAD + b"\r\n")
    return line, lambda: b""


def nothing(address):
    return wire.connect(address), lambda: b""


def never_reads(address):
    """How long a server bears answers that nobody takes: then sending more fails."""
    line = wire.connect(address, receive_buffer=4096)
    line.settimeout(0.5)
    wanted = b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n"
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        try:
            line.sendall(wanted)
        except TimeoutError:
            continue
        except ConnectionError:
            return time.monotonic() - begun
    return None


KINDS = {"head": (slow_head, 20), "body": (slow_body, 20), "kept alive": (silent, 80), "nothing": (nothing, 80)}


@pytest.fixture(scope="module", autouse=True)
def slow_clients(request, control):
    """They begin with the first test, at a server of their own, and the last ones ask how long each was borne."""
    def attack(kind, address, longest):
        line, drip = kind(address)
        with line:
            return wire.seconds_until_closed(line, drip, longest)

    if not any("borne" in test.fixturenames for test in request.session.items):
        yield
        return
    with product.running(sample=False) as server, ThreadPoolExecutor(16) as pool:
        ours = {name: pool.submit(attack, kind, server, longest) for name, (kind, longest) in KINDS.items()}
        theirs = {name: pool.submit(attack, kind, control, 20) for name, (kind, _) in KINDS.items()}
        ours["never reads"] = pool.submit(never_reads, server)
        ours["steady body"] = pool.submit(attack, lambda address: slow_body(address, 600), server, 15)
        yield ours, theirs


@pytest.fixture(scope="module")
def borne(slow_clients):
    """How many seconds each slow client was borne, by us and by the unguarded server."""
    ours, theirs = slow_clients
    return {name: one.result() for name, one in ours.items()}, {name: one.result() for name, one in theirs.items()}


def latencies(address, seconds, source):
    """Of honest requests, one after the other on a connection each."""
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        with wire.connect(address, source) as line:
            line.sendall(b"GET /sign-in HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n")
            received, _ = wire.read_all(line, 5)
        assert wire.statuses(received) == [200]
        found.append(time.monotonic() - begun)
    return sorted(found)


def slow_lines(server, kind):
    for _ in range(200):
        line = wire.connect(server, "127.0.0.2", receive_buffer=4096 if kind == "read" else None)
        yield line
        if kind == "head":
            line.sendall(b"GET /livez HTTP/1.1\r\nHost: a")
        elif kind == "body":
            line.sendall(post(b"Content-Length: 60000\r\nContent-Type: application/x-www-form-urlencoded\r\n", b"a"))
        else:
            line.sendall(b"GET /openapi.json HTTP/1.1\r\n" + HEAD + b"\r\n")


def beside_slow_ones(server, kind):
    """The 99th percentile of an honest client's seconds, alone and beside two hundred slow ones."""
    before = latencies(server, 2, "127.0.0.3")
    lines, stop = [], threading.Event()
    try:
        for line in slow_lines(server, kind):
            lines.append(line)

        def drip():
            while not stop.wait(0.5):
                for line in lines:
                    try:
                        line.send(b"a")
                    except OSError:
                        pass

        if kind != "read":
            threading.Thread(target=drip, daemon=True).start()
        during = latencies(server, 3, "127.0.0.3")
    finally:
        stop.set()
        for line in lines:
            line.close()
    return [all[int(len(all) * 0.99)] for all in (before, during)]


@pytest.mark.parametrize("kind", ["head", "body", "read"])
def test_two_hundred_slow_clients_cost_an_honest_one_little(server, kind):
    """What else the machine does passes; what they cost would be seen each time."""
    found = []
    for _ in range(4):
        before, during = beside_slow_ones(server, kind)
        if during < max(2 * before, 0.1):
            return
        found.append((before, during))
    raise AssertionError(found)


def test_one_address_gets_512_connections_and_no_more(server):
    lines = [wire.connect(server, "127.0.0.2") for _ in range(540)]
    try:
        for line in lines:
            try:
                line.sendall(b"GET /livez HTTP/1.1\r\n" + HEAD + b"\r\n")
            except ConnectionError:
                pass
        served = 0
        for line in lines:
            line.settimeout(2)
            try:
                served += line.recv(4096).startswith(b"HTTP/1.1 200")
            except (TimeoutError, ConnectionError):
                pass
        assert served == 512
        with wire.connect(server, "127.0.0.3") as other:
            other.sendall(b"GET /livez HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n")
            assert wire.statuses(wire.read_all(other)[0]) == [200]
    finally:
        for line in lines:
            line.close()


@pytest.mark.parametrize("name, least, most", [
    ("head", 8, 20), ("body", 4, 15), ("kept alive", 55, 80), ("nothing", 8, 80), ("never reads", 25, 55),
])
def test_a_slow_client_is_borne_for_its_time_and_no_longer(borne, name, least, most):
    ours, theirs = borne
    assert ours[name] is not None and least <= ours[name] <= most, f"{name}: {ours[name]}"
    assert theirs.get(name) is None, f"the unguarded server closed {name}, so the attack proves nothing"


def test_a_client_that_is_slow_but_steady_is_borne(borne):
    assert borne[0]["steady body"] is None
