"""At the door of the debug server: guessing, listening at it, forged addresses, what the log says, whom it calls."""
import os
import re
import shutil
import signal
import statistics
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

import product
import wire
from api_checks import API, eventually

HEAD = b"Host: rapport.test\r\n"


@pytest.fixture(scope="module")
def server():
    with product.running(sample=False, RAPPORT_LOG="debug") as address:
        yield address


class Visitor:
    """A browser's cookies without a browser; redirects are not followed."""

    def __init__(self, address):
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), Stay)
        self.csrf = ""

    def ask(self, path, fields=None, **headers):
        data = urllib.parse.urlencode({"csrf": self.csrf, **fields}).encode() if fields is not None else None
        request = urllib.request.Request(self.address + path, data=data, headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            answer = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        text = answer.read().decode(errors="replace")
        if found := re.search(r'name="csrf" value="([^"]+)"', text):
            self.csrf = found.group(1)
        return answer, text

    def sign_in(self, email, password, **headers):
        self.ask("/sign-in")
        return self.ask("/sign-in", {"email": email, "password": password}, **headers)


def ranks_differ(first, second):
    """The z value of Mann and Whitney's test, ties left aside: chance goes beyond 3.89 once in ten thousand times."""
    merged = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_, group) in enumerate(merged, 1) if group == 0)
    n, m = len(first), len(second)
    return (ranks - n * (n + m + 1) / 2) / (n * m * (n + m + 1) / 12) ** 0.5


def pace(address, questions, samples):
    """Milliseconds of each question, asked in turn so that all feel the same machine."""
    found = {name: [] for name in questions}
    for _ in range(samples):
        for name, question in questions.items():
            begun = time.perf_counter()
            with wire.connect(address) as line:
                line.sendall(question)
                received, _ = wire.read_all(line, 10)
            found[name].append((time.perf_counter() - begun) * 1000)
            assert wire.statuses(received), name
    return found


SAMPLES = int(os.environ.get("TIMING_SAMPLES", "60"))


def alike(first, second):
    return abs(ranks_differ(first, second)) < 3.89 or abs(statistics.median(first) - statistics.median(second)) < 5


def test_a_wrong_password_and_an_unknown_address_take_the_same_time(server):
    """Fewer failures than are slowed down: each try names an address of its own, one member at a time."""
    known = [f"known{i}@example.org" for i in range(8)]
    for email in known:
        product.command(product.data_of(server), "admin", "create", "--email", email, "--account", "Northwind",
                        "--password-stdin", text=product.PASSWORD + "\n")
    times = {"known": [], "unknown": []}
    texts = {"known": set(), "unknown": set()}
    for round in range(3):
        for i, email in enumerate(known):
            for kind, name in (("known", email), ("unknown", f"nobody{i}@example.org")):
                visitor = Visitor(server)
                visitor.ask("/sign-in")
                begun = time.perf_counter()
                answer, text = visitor.ask("/sign-in", {"email": name, "password": "wrong password"})
                times[kind].append((time.perf_counter() - begun) * 1000)
                assert answer.status == 401
                texts[kind].add(re.sub(r'value="[0-9a-f]{32}"', "", text.replace(name, "NAME")))
    assert len(texts["known"] | texts["unknown"]) == 1
    assert alike(times["known"], times["unknown"]), {kind: statistics.median(all) for kind, all in times.items()}
    assert min(times["unknown"]) > 10, "no hash was made, so this proves nothing"
    assert not alike([20.0 + i % 3 for i in range(24)], [1.0 + i % 3 for i in range(24)])


def test_unknown_and_foreign_things_take_the_same_time(server):
    data = product.data_of(server)
    ours = API(server, product.command(data, "token", "create", "--name", "o", "--account", "Northwind").strip().splitlines()[-1])
    survey = ours.survey(slug="timed")
    product.command(data, "account", "create", "--name", "Elsewhere")
    stranger = product.command(data, "token", "create", "--name", "x", "--account", "Elsewhere").strip().splitlines()[-1]

    def get(path, token=stranger):
        fields = HEAD + b"Authorization: Bearer " + token.encode() + b"\r\nConnection: close\r\n\r\n"
        return b"GET " + path.encode() + b" HTTP/1.1\r\n" + fields

    found = pace(server, {
        "foreign": get(f"/api/v1/surveys/{survey['id']}"), "unknown": get("/api/v1/surveys/" + survey["id"][:-1] + "0"),
        "wrong token": get("/api/v1/surveys", ours.token[:-1] + ("0" if ours.token[-1] != "0" else "1")),
        "no token of ours": get("/api/v1/surveys", "rpt_" + "0" * 64),
    }, SAMPLES)
    assert alike(found["foreign"], found["unknown"]) and alike(found["wrong token"], found["no token of ours"])


def test_guessing_is_slowed_down_and_a_restart_forgets_nothing():
    with product.running(sample=False) as address:
        data = product.data_of(address)
        for _ in range(10):
            assert Visitor(address).sign_in(product.OWNER, "wrong password")[0].status == 401
        slow, _ = Visitor(address).sign_in(product.OWNER, product.PASSWORD)
        assert slow.status == 429 and int(slow.headers["Retry-After"]) >= 1
        # Nothing that a client can write changes whose tries are counted.
        for forged in ("X_Forwarded_For", "Forwarded", "X_Real_IP", "X_Client_IP", "CF_Connecting_IP"):
            assert Visitor(address).sign_in(product.OWNER, "wrong", **{forged: "203.0.113.9"})[0].status == 429
        for _ in range(2):
            Visitor(address).sign_in(product.OWNER, "wrong password")
        with product.restarted(address) as again:
            answer, _ = Visitor(again).sign_in(product.OWNER, product.PASSWORD)
            assert answer.status == 429, "the restart forgot who guessed"
        assert Path(data).exists()


def test_a_stored_hash_is_no_password(server):
    with product.running(sample=False) as address:
        database = Path(product.data_of(address)) / "rapport.db"
        stored = subprocess.run(["sqlite3", database, "SELECT password_hash FROM members"], capture_output=True, text=True).stdout.strip()
        assert stored.startswith("$argon2id$")
        assert Visitor(address).sign_in(product.OWNER, stored)[0].status == 401


def test_a_planted_session_is_never_adopted(server):
    visitor = Visitor(server)
    planted = "0123456789abcdef" * 4
    visitor.ask("/sign-in")
    answer, _ = visitor.ask("/sign-in", {"email": product.OWNER, "password": product.PASSWORD})
    given = [one for one in answer.headers.get_all("Set-Cookie") if one.startswith("rapport_session=")]
    assert answer.status == 303 and given and planted not in given[0]
    raw = urllib.request.Request(server + "/surveys", headers={"Cookie": f"rapport_session={planted}"})
    assert "/sign-in" in urllib.request.urlopen(raw).url


def test_nobody_is_led_to_another_site(server):
    visitor = Visitor(server)
    assert visitor.sign_in(product.OWNER, product.PASSWORD)[0].status == 303
    visitor.ask("/me")
    for target in ("//evil.test", "https://evil.test", "/\\evil.test", "\\\\evil.test", "/%09/evil.test", "/\t/evil.test",
                   "javascript:alert(1)", "/..//evil.test", "/a\r\nLocation: https://evil.test", "///evil.test", "/@evil.test\u3002"):
        answer, _ = visitor.ask("/language", {"language": "en", "back": target})
        place = answer.headers.get("Location") or "/"
        assert answer.status in (303, 422, 403) and not urllib.parse.urljoin(server + "/me", place.replace("\\", "/")).split("/")[2].endswith("evil.test"), (target, place)
    for path in ("//evil.test/", "/%2f%2fevil.test", "/sign-in?back=https://evil.test", "/?next=//evil.test"):
        answer, _ = visitor.ask(path)
        assert not (answer.headers.get("Location") or "/").startswith(("//", "http"))


def test_no_link_is_made_of_what_the_request_says(server):
    """A forged Host changes no link."""
    data = product.data_of(server)
    token = product.command(data, "token", "create", "--name", "host", "--account", "Northwind").strip().splitlines()[-1]
    body = b'{"name": "Host", "metric": "nps"}'
    request = (b"POST /api/v1/surveys HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: evil.test\r\nForwarded: host=evil.test\r\n"
               b"Authorization: Bearer " + token.encode() + b"\r\nContent-Type: application/json\r\nConnection: close\r\n"
               b"Content-Length: %d\r\n\r\n" % len(body) + body)
    with wire.connect(server) as line:
        line.sendall(request)
        received, _ = wire.read_all(line, 5)
    assert wire.statuses(received) == [201]
    assert b"evil.test" not in received and f'"url":"{server}/s/'.encode() in received.replace(b"\\/", b"/")


def test_the_log_keeps_every_secret(server):
    data = product.data_of(server)
    token = product.command(data, "token", "create", "--name", "seeds", "--account", "Northwind").strip().splitlines()[-1]
    api = API(server, token)
    api.survey(slug="seeded")
    seeds = {"token": token, "password": product.PASSWORD, "wrong password": "seeded-wrong-password",
             "comment": "seeded-comment-words", "email": "seeded-person@example.org", "query": "seeded-query-words",
             "cookie": "seeded-cookie-value", "broken": "seeded-broken-json", "name": "Seeded Person Name"}
    visitor = Visitor(server)
    visitor.sign_in(product.OWNER, seeds["wrong password"])
    visitor.sign_in(product.OWNER, seeds["password"])
    survey = api.call("GET", "/surveys")[1]["data"][0]
    person = {"email": seeds["email"], "name": seeds["name"]}
    assert api.call("POST", f"/surveys/{survey['id']}/responses", {"score": 2, "comment": seeds["comment"], "customer": person})[0] == 201
    case = eventually(lambda: api.call("GET", "/cases?stage=open")[1]["data"])[0]
    for body in (b'{"score": 3, "comment": "' + seeds["broken"].encode(), b'{"name": "seeded-broken-json", "metric": 7}', b"\xff" + seeds["broken"].encode()):
        api.call("POST", f"/surveys/{survey['id']}/responses", body)
    for path in ("/responses", "/customers", "/nowhere", "/v/", "/join/", "/setup/"):
        visitor.ask(f"{path}{'' if path.endswith('/') else '?q='}{seeds['query']}")
    visitor.ask("/surveys", Cookie=f"rapport_session={seeds['cookie']}")
    api.call("GET", "/surveys", token=seeds["cookie"])
    cookies = [cookie.value for handler in visitor.opener.handlers if isinstance(handler, urllib.request.HTTPCookieProcessor) for cookie in handler.cookiejar]
    verdict = f"verdict {case['id']}"
    log = (Path(data) / "server.log").read_text()
    assert log.count("answered") > 20, "the log is empty, so this proves nothing"
    for name, seed in [*seeds.items(), *(("cookie", value) for value in cookies if len(value) > 12), ("verdict", verdict)]:
        assert seed not in log, f"the log holds the {name}: {seed}"


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_a_default_install_calls_nobody(tmp_path):
    """Every connect() of a server from its start to its end, with answers, a case and an export in between."""
    trace = tmp_path / "calls"
    tracing = ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace)]
    with product.running(sample=False, before=tracing) as address:
        token = product.command(product.data_of(address), "token", "create", "--name", "t").strip().splitlines()[-1]
        api = API(address, token)
        survey = api.survey(slug="called")
        api.answer(survey, 1, comment="late", customer={"external_id": "1", "email": "a@example.org"})
        eventually(lambda: api.call("GET", "/cases?stage=open")[1]["data"])
        opener = product.signed_in_opener(address)
        for path in ("/", "/surveys", "/responses", "/cases", "/operations", "/responses/export?format=csv"):
            assert opener.open(address + path).status == 200
    calls = trace.read_text()
    outside = [line for line in calls.splitlines() if re.search(r"AF_INET6?|sin6?_addr", line) and "127.0.0.1" not in line and "::1" not in line]
    assert not outside, outside[:5]
    # The control: the same eyes see a call that does leave.
    seen = tmp_path / "seen"
    subprocess.run([*[word for word in tracing[:-1] if word != "-D"], str(seen), "python3", "-c", "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 0.1)\nexcept OSError: pass"], check=True)
    assert re.search(r"AF_INET.*192\.0\.2\.1", seen.read_text())


def test_the_setup_link_never_returns():
    data = product.empty_folder()
    try:
        with product.serving(data) as (address, said):
            link = re.search(r"http\S+/setup/[0-9a-f]{32}", eventually(lambda: said() if "/setup/" in said() else "")).group(0)
            path = urllib.parse.urlparse(link).path
            visitor = Visitor(address)
            assert visitor.ask(path)[0].status == 200
            answer, _ = visitor.ask(path, {"account": "Acme", "name": "Olga", "email": "olga@example.org", "password": "zielona lampa 7", "time_zone": "UTC"})
            assert answer.status == 303
            assert Visitor(address).ask(path)[0].status == 404
        with product.serving(data) as (address, said):
            time.sleep(1)
            assert said().count("Set it up here") == 1, "a second start offers the set-up again"
            assert Visitor(address).ask(path)[0].status == 404
            assert Visitor(address).ask("/setup/" + "0" * 32)[0].status == 404
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_nothing_that_the_server_writes_is_open_to_others():
    with product.running(sample=False) as address:
        data = Path(product.data_of(address))
        assert (data / "secret.key").stat().st_mode & 0o077 == 0
        assert data.stat().st_mode & 0o077 == 0
        for file in data.iterdir():
            assert file.stat().st_mode & 0o111 == 0 or file.is_dir(), f"{file} may be run"
