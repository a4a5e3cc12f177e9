"""The page behind a personal link in a browser: without script, and with the five seconds and the gesture that its script waits for."""
import hashlib
import os
import sqlite3
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

import product
from page_checks import RULES
from scenes import Company


@pytest.fixture(scope="module")
def address():
    with product.running(sample=False) as address:
        yield address


@pytest.fixture(scope="module")
def survey(address):
    return Company(address).call("POST", "/surveys", {"name": "Asked", "metric": "nps"})


@pytest.fixture
def invite(address, survey):
    """Makes invitations whose mail went out an hour ago; each path is that of a link."""

    def make(language=None):
        person = Company(address).call("POST", "/customers", {"email": f"p{os.urandom(6).hex()}@example.org"})
        token = os.urandom(16).hex()
        now, number = int(time.time() * 1000), int.from_bytes(os.urandom(6))
        row = sqlite3.connect(Path(product.data_of(address)) / "rapport.db", timeout=20)
        with row:
            account, asked = row.execute("SELECT account_id, id FROM surveys WHERE slug = ?", (survey["slug"],)).fetchone()
            customer = row.execute("SELECT MAX(id) FROM customers").fetchone()[0]
            row.execute("INSERT INTO waves (id, account_id, survey_id, channel, planned_by, send_at, skipped, created_at) "
                        "VALUES (?, ?, ?, 'email', 'operator', ?, '{}', ?)", (number, account, asked, now, now))
            row.execute("INSERT INTO invitations (id, account_id, wave_id, survey_id, customer_id, channel, language, state, token_hash, "
                        "attempts, send_at, settled_at, expires_at, created_at) VALUES (?, ?, ?, ?, ?, 'email', ?, 'sent', ?, 1, ?, ?, ?, ?)",
                        (number, account, number, asked, customer, language, hashlib.sha256(token.encode()).hexdigest(), now,
                         now - 3_600_000, now + 86_400_000, now))
        row.close()
        assert person["id"]
        return f"/r/{token}"

    return make


def overall(address, survey):
    return Company(address).call("GET", f"/scores?survey={survey['id']}")["overall"]


def settled(question, wanted):
    """What it answers in the end."""
    end = time.time() + 60
    while (found := question()) != wanted and time.time() < end:
        time.sleep(0.1)
    return found


def test_a_person_answers_without_script_and_finds_the_way_out(chromium, address, survey, invite):
    path, before = invite(), overall(address, survey)
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}{path}?s=9")
    assert page.locator("input[name=score]:checked").get_attribute("value") == "9"
    page.check("input[name=score][value='10']")
    page.click("main form button[type=submit]")
    assert page.url.startswith(f"{address}{path}/promoter?")
    assert settled(lambda: overall(address, survey)["n"], before["n"] + 1) == before["n"] + 1
    page.fill("textarea[name=comment]", "Quick and friendly.")
    page.click("main form button[type=submit]")
    assert page.locator("textarea").count() == 0
    page.click("footer a")
    assert page.url.startswith(f"{address}/u/")
    page.click("main form button[type=submit]")
    assert page.locator("main form").count() == 0
    page.goto(f"{address}{path}?s=2")
    assert page.locator("input[name=score]").count() == 0, "it was answered"


def test_five_seconds_and_a_gesture_make_a_score_provisional(chromium, address, survey, invite):
    path, before = invite(), overall(address, survey)
    page = chromium.new_context().new_page()
    page.clock.install()
    complaints, sent = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: sent.append((request.method, request.url)))
    page.goto(f"{address}{path}?s=9")
    page.clock.run_for(6000)
    assert sent == [("GET", f"{address}{path}?s=9")], "one request, and no word without a gesture"
    page.mouse.move(40, 40)
    with page.expect_response(f"{address}{path}/confirm") as heard:
        page.mouse.move(80, 80)
        page.keyboard.press("Tab")
    assert heard.value.status == 204
    now = overall(address, survey)
    assert (now["n"], now["provisional"]) == (before["n"], before["provisional"] + 1)
    with page.expect_response(f"{address}{path}/confirm"):
        page.check("input[name=score][value='3']")
    assert overall(address, survey)["provisional"] == before["provisional"] + 1
    page.click("main form button[type=submit]")
    assert "/detractor?" in page.url
    assert settled(lambda: overall(address, survey)["n"], before["n"] + 1) == before["n"] + 1
    assert overall(address, survey)["provisional"] == before["provisional"]
    assert not complaints


def test_a_gesture_before_five_seconds_says_nothing_yet(chromium, address, survey, invite):
    page = chromium.new_context().new_page()
    path, begun = invite(), time.monotonic()
    with page.expect_response(f"{address}{path}/confirm", timeout=60_000) as heard:
        page.goto(f"{address}{path}?s=9")
        page.mouse.move(40, 40)
        page.mouse.move(80, 80)
    assert heard.value.status == 204 and time.monotonic() - begun >= 5


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_the_page_is_small(address, invite, encoding):
    asked = urllib.request.Request(f"{address}{invite()}?s=9", headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Content-Encoding"] == encoding
        assert "'unsafe" not in answer.headers["Content-Security-Policy"]
        assert len(answer.read()) <= 14_336


@pytest.mark.parametrize("scheme, language, width", [("light", "en", 320), ("dark", "pl", 320), ("light", "zh-Hant", 1280)])
def test_every_state_is_free_of_barriers_and_fits(chromium, address, invite, scheme, language, width):
    path = invite(language)
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 640})
    page = context.new_page()

    def look():
        found = Axe().run(page, options=RULES).response["violations"]
        assert not [one["id"] for one in found], found
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == language

    page.goto(f"{address}{path}?s=9")
    look()
    page.goto(f"{address}{path.replace('/r/', '/u/')}")
    look()
    page.click("main form button[type=submit]")
    look()
    page.goto(f"{address}{path}?s=9")
    page.click("main form button[type=submit]")
    look()
    assert page.goto(f"{address}/r/{'0' * 32}").status == 404
    assert page.locator("h1").count() == 1
    context.close()
