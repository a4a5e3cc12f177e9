"""The contract of the API, called from outside on the debug build. Run by `make test`, or alone: `pytest Tests/Browser`."""
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

import product


class API:
    def __init__(self, address, token):
        self.address, self.token = address, token

    def call(self, method, path, body=None, key=None, kind="application/json", token=None):
        """Status and parsed body (text where it is not JSON)."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token or self.token}"}
        if data is not None:
            headers["Content-Type"] = kind
        if key:
            headers["Idempotency-Key"] = key
        asked = urllib.request.Request(self.address + "/api/v1" + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, parsed(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, parsed(error.read())

    def survey(self, **fields):
        status, made = self.call("POST", "/surveys", {"name": "After a repair", "metric": "nps", **fields})
        assert status == 201, made
        return made

    def answer(self, survey, score, **fields):
        status, made = self.call("POST", f"/surveys/{survey['id']}/responses", {"score": score, **fields})
        assert status == 201, made
        return made


def parsed(data):
    try:
        return json.loads(data)
    except ValueError:
        return data.decode()


def eventually(look, seconds=60):
    """What follows from an answer is there within two seconds on an idle machine; tests are not idle."""
    end = time.time() + seconds
    while True:
        found = look()
        if found or time.time() > end:
            return found
        time.sleep(0.05)


def form(address, path, **fields):
    """Status, place and text of a form's answer, without following it."""
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(Stay)
    data = urllib.parse.urlencode(fields).encode() if fields else None
    try:
        answer = opener.open(urllib.request.Request(address + path, data=data), timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers.get("Location"), answer.read().decode()


@pytest.fixture(scope="module")
def server():
    with product.running(sample=False) as address:
        yield address


@pytest.fixture(scope="module")
def api(server):
    token = product.command(product.data_of(server), "token", "create", "--name", "checks").strip().splitlines()[-1]
    return API(server, token)


def pointers(problem):
    return [error["pointer"] for error in problem["errors"]]


def test_a_survey_takes_answers_at_once(api):
    made = api.survey(slug="first-survey")
    assert made["status"] == "open" and made["slug"] == "first-survey" and made["url"].endswith("/s/first-survey")
    status, problem = api.call("POST", "/surveys", {"name": "x", "metric": "nps", "slug": "first-survey"})
    assert status == 409 and problem["code"] == "slug-taken"


@pytest.mark.parametrize("scale, metric", [
    ("0-10", "nps"), ("1-10", "nps"), ("-10..10", "nps"), ("csat-1-5", "csat"), ("csat-0-5", "csat"),
    ("csat-0-10", "csat"), ("ces-1-7", "ces"),
])
def test_every_scale_refuses_what_is_off_it(api, scale, metric):
    survey = api.survey(metric=metric, scale=scale)
    low, high = {"0-10": (0, 10), "1-10": (1, 10), "-10..10": (-10, 10)}.get(scale) or map(int, scale.split("-")[1:])
    for score in (low, high):
        assert api.answer(survey, score)["score"] == score
    for score in (low - 1, high + 1, 7.5 if high > 7 else 2.5, "x", None, True, [3]):
        status, problem = api.call("POST", f"/surveys/{survey['id']}/responses", {"score": score})
        assert (status, pointers(problem)) == (422, ["/score"]), (score, problem)


@pytest.mark.parametrize("score, band", [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter")])
def test_an_answer_says_its_band(api, score, band):
    assert api.answer(api.survey(), score)["band"] == band


@pytest.mark.parametrize("body, status", [
    (b"{", 400), (b"\xff\xfe{}", 400), (b'{"score": 3, "score": 4}', 400), (b"[" * 100, 400), (b"[]", 422),
    (b"{}", 422), (b'{"score": 3, "wrong": 1}', 422), (b'{"score": 3, "comment": 7}', 422),
    (b'{"score": 3, "answers": {"no_such": 1}}', 422), (b'{"score": 3, "occurred_at": "yesterday"}', 422),
    (b'{"score": 3, "occurred_at": "2099-01-01T00:00:00Z"}', 422), (b'{"score": 3, "customer": {"email": "x"}}', 422),
    (b'{"score": 3, "comment": "' + b"a" * 10_001 + b'"}', 422), (b'{"score": 3, "comment": "' + b"a" * 70_000 + b'"}', 413),
])
def test_bad_input_is_refused_by_name_and_loses_nothing(api, body, status):
    survey = api.survey()
    got, problem = api.call("POST", f"/surveys/{survey['id']}/responses", body)
    assert got == status, problem
    assert problem["code"] and problem["type"] == f"/problems/{problem['code']}"
    if status == 422:
        assert all(error["pointer"].startswith("/") or error["pointer"] == "" for error in problem["errors"])
    time.sleep(0.2)
    assert api.call("GET", f"/scores?survey={survey['id']}")[1]["overall"]["n"] == 0


def test_a_retry_gets_the_first_answer_and_other_content_none(api):
    survey = api.survey()
    path = f"/surveys/{survey['id']}/responses"
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda _: api.call("POST", path, {"score": 9}, key="one-key"), range(40)))
    assert {status for status, _ in told} == {201}
    assert len({made["id"] for _, made in told}) == 1
    assert api.call("POST", path, {"score": 8}, key="one-key")[0] == 422
    assert api.call("POST", path, {"score": 99}, key="free")[0] == 422
    assert api.call("POST", path, {"score": 9}, key="free")[0] == 201


def test_unknown_and_foreign_ids_are_one(api, server):
    other = product.data_of(server)
    product.command(other, "account", "create", "--name", "Another")
    token = product.command(other, "token", "create", "--name", "x", "--account", "Another").strip().splitlines()[-1]
    survey = api.survey()
    for path in (f"/surveys/{survey['id']}", f"/scores?survey={survey['id']}"):
        foreign = api.call("GET", path, token=token)
        assert foreign[0] == 404 and foreign[1]["code"] == "not-found", path
    assert api.call("GET", "/surveys/srv_0000000000000")[0] == 404
    assert api.call("GET", "/surveys", token="wrong")[0] == 401


def test_scores_carry_their_limits_and_are_cut_by_anything(api):
    survey = api.survey()
    lines = [
        {"score": score, "touchpoint": place, "occurred_at": f"2026-0{month}-15T12:00:00Z",
         "customer": {"external_id": f"{place}-{month}-{score}", "attributes": {"tier": "gold" if score > 7 else "iron"}}}
        for month in (3, 4) for place in ("shop", "web") for score in (0, 5, 7, 9, 10, 10)
    ]
    body = "\n".join(json.dumps(line) for line in lines).encode()
    status, text = api.call("POST", f"/surveys/{survey['id']}/responses/bulk", body, kind="application/x-ndjson")
    assert status == 200
    answers = [json.loads(line) for line in text.splitlines()] if isinstance(text, str) else [text]
    assert [line["line"] for line in answers] == list(range(1, len(lines) + 1)) and all(line.get("id") for line in answers)

    look = lambda query: api.call("GET", f"/scores?survey={survey['id']}{query}")[1]
    assert eventually(lambda: look("")["overall"]["n"] == len(lines))
    overall = look("")["overall"]
    assert (overall["promoters"], overall["passives"], overall["detractors"]) == (12, 4, 8)
    assert overall["value"] == pytest.approx(100 * 4 / 24) and overall["low"] < overall["value"] < overall["high"]
    by = look("&by=touchpoint&interval=month")
    assert [group["key"] for group in by["groups"]] == ["shop", "web"]
    assert [point["start"] for point in by["groups"][0]["series"]] == ["2026-03-01", "2026-04-01"]
    assert look("&from=2026-04-01&to=2026-05-01")["overall"]["n"] == 12
    assert look("&by=tier")["groups"][0]["figure"]["n"] == 12
    gold = urllib.parse.quote("where[tier]")
    assert look(f"&{gold}=gold&{urllib.parse.quote('where[touchpoint]')}=web")["overall"]["n"] == 6
    assert look(f"&{gold}=gold&{gold}=iron")["overall"]["n"] == 24
    assert api.call("GET", f"/scores?survey={survey['id']}&from=soon")[0] == 422
    assert product.command(product.data_of(api.address), "verify") is not None


def test_a_customer_is_one_person_until_erased(api):
    status, made = api.call("POST", "/customers", {"external_id": "k1", "email": "Ann@Example.org", "name": "Ann"})
    assert status == 201
    status, found = api.call("POST", "/customers", {"email": "ann@example.org", "language": "pl"})
    assert (status, found["id"]) == (200, made["id"])
    api.call("POST", "/customers", {"external_id": "k2"})
    assert api.call("POST", "/customers", {"external_id": "k2", "email": "ann@example.org"})[0] == 409
    survey = api.survey()
    answer = api.answer(survey, 2, comment="secret words", customer={"external_id": "k1"})
    timeline = lambda: [event["event"] for event in api.call("GET", f"/customers/{made['id']}/timeline")[1]["data"]]
    assert eventually(lambda: "response.recorded" in timeline())
    assert api.call("DELETE", f"/customers/{made['id']}")[0] == 204
    assert api.call("GET", f"/customers/{made['id']}")[0] == 404
    assert eventually(lambda: api.call("GET", f"/scores?survey={survey['id']}")[1]["overall"]["n"] == 1)
    assert answer["id"]


def test_the_loop_closes_only_by_the_customers_word(api, server):
    survey = api.survey()
    answer = api.answer(survey, 3, comment="two hours late", customer={"external_id": "loop", "phone": "+48 600 100 200"})
    opened = lambda: [one for one in api.call("GET", "/cases?stage=open")[1]["data"] if one["response"] == answer["id"]]
    case = eventually(opened)[0]
    path = f"/cases/{case['id']}"
    assert case["owner"] and case["due_at"] and case["stage"] == "open"
    assert api.call("PUT", path + "/resolution", {"cause": "late", "remedy": "refund"})[0] == 409
    assert api.call("POST", path + "/contacts", {"channel": "phone", "outcome": "no_answer"})[1]["stage"] == "open"
    assert api.call("POST", path + "/contacts", {"channel": "smoke", "outcome": "reached"})[0] == 422
    status, case = api.call("POST", path + "/contacts", {"channel": "phone", "outcome": "reached"})
    assert (status, case["stage"]) == (201, "contacted")
    assert api.call("PUT", path + "/verdict", {"verdict": "satisfied"})[0] == 409
    assert api.call("PUT", path + "/resolution", {"cause": "late", "remedy": "refund"})[1]["stage"] == "resolved"
    assert api.call("PUT", path + "/verdict", {"verdict": "still_unhappy"})[1]["stage"] == "open"
    api.call("POST", path + "/contacts", {"channel": "phone", "outcome": "reached"})
    case = api.call("PUT", path + "/resolution", {"cause": "late", "remedy": "visit"})[1]
    verdict = urllib.parse.urlparse(case["verdict_url"]).path
    assert form(server, verdict)[0] == 200
    assert api.call("GET", path)[1]["stage"] == "resolved"
    assert form(server, verdict, verdict="satisfied", comment="thank you")[0] in (200, 303)
    assert api.call("GET", path)[1]["stage"] == "verified"
    assert api.call("PUT", path + "/closure", {"reason": "done"})[0] == 409
    assert form(server, "/v/" + "0" * 32)[0] == 404
    status, page = api.call("GET", "/members")
    assert status == 200 and page["data"][0]["role"] == "owner"


def test_a_link_scanner_answers_nothing(api, server):
    survey = api.survey(slug="scanned")
    for path in ("/s/scanned?score=9", "/s/scanned?score=0&lang=pl"):
        for method in ("GET", "HEAD"):
            urllib.request.urlopen(urllib.request.Request(server + path, method=method), timeout=10).read()
    time.sleep(0.5)
    assert api.call("GET", f"/scores?survey={survey['id']}")[1]["overall"]["n"] == 0
    status, place, _ = form(server, "/s/scanned", score="4", comment="slow", key="k1")
    assert status == 303 and place
    assert form(server, place if place.startswith("/") else urllib.parse.urlparse(place).path)[0] == 200
    assert form(server, "/s/scanned", score="10", key="k1")[0] == 303
    assert form(server, "/s/scanned", score="11")[0] == 422
    assert eventually(lambda: api.call("GET", f"/scores?survey={survey['id']}")[1]["overall"]["n"] == 1)
    assert api.call("GET", f"/scores?survey={survey['id']}")[1]["overall"]["detractors"] == 1


def test_pages_lead_strangers_to_the_door(server):
    for path in ("/", "/surveys", "/responses", "/customers", "/cases", "/members", "/tokens", "/settings", "/operations"):
        status, place, _ = form(server, path)
        assert (status, place) == (303, "/sign-in"), path
    status, _, page = form(server, "/sign-in")
    assert status == 200 and re.search(r'name="csrf"', page)
    assert form(server, "/metrics")[0] == 404


def test_every_route_stands_in_the_description(server):
    description = json.loads(urllib.request.urlopen(server + "/openapi.json").read())
    assert description["openapi"].startswith("3.1")
    assert "/api/v1/surveys/{id}/responses" in description["paths"]


class Stream:
    """Reads `GET /stream` block by block."""

    def __init__(self, api, token=None, after=None, timeout=20):
        headers = {"Authorization": f"Bearer {token or api.token}"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        asked = urllib.request.Request(api.address + "/api/v1/stream", headers=headers)
        self.answer = urllib.request.urlopen(asked, timeout=timeout)
        assert self.answer.headers["Content-Type"] == "text/event-stream"
        assert self.block().startswith("retry:")

    def block(self):
        """The next block without its blank line; empty when the stream has ended."""
        lines = []
        for line in self.answer:
            if line == b"\n":
                return b"".join(lines).decode()
            lines.append(line)
        return ""

    def event(self):
        """Position, type and data of the next event, over comments."""
        while True:
            fields = dict(line.split(": ", 1) for line in self.block().splitlines() if not line.startswith(":"))
            if fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])


def test_the_stream_tells_what_happens_once_and_goes_on_where_it_stopped(api):
    survey = api.survey()
    stream = Stream(api)
    made = api.answer(survey, 3)
    heard = [stream.event()]
    while heard[0][1] != "response.recorded":  # What came before may be sealed a moment later.
        heard = [stream.event()]
    while heard[-1][1] != "case.opened":
        heard.append(stream.event())
    (first, kind, body), last = heard[0], heard[-1][0]
    assert kind == body["type"] == "response.recorded" and body["data"]["response"] == made["id"]
    assert [event[0] for event in heard] == list(range(first, last + 1)), "no gap"
    again = Stream(api, after=first - 1)
    assert [again.event() for _ in heard] == heard
    api.answer(survey, 9)
    assert again.event()[0] == stream.event()[0] == last + 1


def test_the_stream_refuses_a_position_that_has_not_been(api):
    with pytest.raises(urllib.error.HTTPError) as refused:
        Stream(api, after=10**12)
    assert refused.value.code == 422
    assert parsed(refused.value.read())["errors"][0]["pointer"] == "/Last-Event-ID"


def test_a_token_hears_only_what_it_may_read(api, server):
    data = product.data_of(server)
    secret = product.command(data, "token", "create", "--name", "narrow", "--scope", "responses:read",
                             "--account", "Northwind").split()[-1]
    full, narrow = api, API(server, secret)
    survey = full.survey()
    stream = Stream(narrow)  # Not told: the survey, and the cases that follow.
    full.answer(survey, 2)
    full.answer(survey, 3)
    assert [stream.event()[1], stream.event()[1]] == ["response.recorded", "response.recorded"]
