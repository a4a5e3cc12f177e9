"""Webhooks from a form to a program that is called, and what the pages say of it. Run by `make test`, or alone."""
import base64
import hashlib
import hmac
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe

import product
import scenes
from page_checks import RULES

PATIENCE = 60


class Program(ThreadingHTTPServer):
    """Somebody's program: keeps what it is told, and answers as it is set to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taker)
        self.heard, self.answer = [], 200
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def wait_for(self, count):
        end = time.time() + PATIENCE
        while len(self.heard) < count and time.time() < end:
            time.sleep(0.05)
        assert len(self.heard) >= count, f"{len(self.heard)} of {count} messages"
        return self.heard[count - 1]


class Taker(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers.items()), body))
        self.send_response(self.server.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def is_signed(message, secret):
    headers, body = message
    headers = {name.lower(): value for name, value in headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    code = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(code).decode()}" in headers["webhook-signature"].split(" ")


@pytest.fixture(scope="module")
def address():
    with product.running(sample=False, RAPPORT_OUTBOUND_ALLOW="127.0.0.0/8") as address:
        yield address


@pytest.fixture(scope="module")
def cookies(chromium, address):
    return product.session(chromium, address)


@pytest.fixture(scope="module")
def program():
    program = Program()
    yield program
    program.shutdown()


@pytest.fixture(scope="module")
def path(chromium, address, cookies, program):
    """The page of a webhook that was added by hand, with one message that arrived and one that did not."""
    page = chromium.new_context(storage_state=cookies).new_page()
    page.goto(f"{address}/webhooks")
    page.fill("input[name=url]", program.url)
    page.check("input[value='response.recorded']")
    page.click("main form button.first")
    secret = page.text_content("#webhook-secret")
    company = scenes.Company(address)
    survey = company.call("POST", "/surveys", {"name": "Hooked", "metric": "nps"})
    company.call("POST", f"/surveys/{survey['id']}/responses", {"score": 3, "comment": "Nobody's to hear"})
    message = program.wait_for(1)
    assert is_signed(message, secret)
    assert not is_signed(message, "whsec_" + base64.b64encode(b"another").decode())
    told = json.loads(message[1])
    assert told["type"] == "response.recorded" and set(told) == {"type", "timestamp", "data"}
    assert b"Nobody" not in message[1]
    program.answer = 500
    company.call("POST", f"/surveys/{survey['id']}/responses", {"score": 4})
    program.wait_for(2)
    page.goto(f"{address}/webhooks")
    path = re.search(r'href="(/webhooks/whk_\w+)"', page.content()).group(1)
    page.context.close()
    return path


def test_a_message_that_was_refused_is_shown_and_sent_again_by_hand(chromium, address, cookies, path, program):
    page = chromium.new_context(storage_state=cookies, locale="en").new_page()
    end = time.time() + PATIENCE
    while "(500)" not in page.content() and time.time() < end:
        page.goto(address + path)
    assert "Refused (500)" in page.content() and "whsec_" not in page.content()
    program.answer = 200
    before = len(program.heard)
    page.locator("form[action$='/replay'] button").first.click()
    again = program.wait_for(before + 1)
    assert again[0]["webhook-id"] == program.heard[1][0]["webhook-id"]
    page.context.close()


@pytest.mark.parametrize("scheme, language, width", [
    ("light", "en", 320), ("dark", "pl", 320), ("light", "zh-Hant", 1280), ("dark", "zh-Hans", 1280)])
def test_the_page_of_a_webhook_is_free_of_barriers_and_fits(chromium, address, cookies, path, scheme, language, width):
    context = chromium.new_context(
        storage_state=cookies, color_scheme=scheme, locale=language, viewport={"width": width, "height": 640})
    page = context.new_page()
    for place in (path, "/webhooks"):
        page.goto(address + place)
        found = Axe().run(page, options=RULES).response["violations"]
        assert not [f'{one["id"]}: {one["nodes"][0]["html"][:160]}' for one in found]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_private_address_is_refused_in_the_form(chromium, address, cookies):
    page = chromium.new_context(storage_state=cookies, locale="en").new_page()
    page.goto(f"{address}/webhooks")
    page.fill("input[name=url]", "https://169.254.169.254/latest")
    page.check("input[value='case.opened']")
    page.click("main form button.first")
    assert "not on the public internet" in page.content()
    assert page.input_value("input[name=url]") == "https://169.254.169.254/latest"
    page.context.close()
