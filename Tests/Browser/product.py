"""Starts the debug build on data of its own, with an owner and the sample; opens browsers on it."""
import atexit
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAPPORT = ROOT / ".build/debug/rapport"
OWNER, PASSWORD = "owner@example.org", "a long enough password"

# Every page of a signed-in member; a second entry is the link on it that leads to a detail page.
MEMBER_PAGES = {
    "overview": ("/", None),
    "surveys": ("/surveys", None),
    "survey": ("/surveys", "/surveys/"),
    "responses": ("/responses", None),
    "response": ("/responses", "/responses/"),
    "customers": ("/customers", None),
    "customer": ("/customers", "/customers/"),
    "cases": ("/cases", None),
    "case": ("/cases", "/cases/"),
    "ask-rules": ("/ask-rules", None),
    "ask-rule-new": ("/ask-rules/new", None),
    "members": ("/members", None),
    "tokens": ("/tokens", None),
    "webhooks": ("/webhooks", None),
    "mailbox": ("/mailbox", None),
    "settings": ("/settings", None),
    "alerts": ("/settings/alerts", None),
    "notices": ("/me/notices", None),
    "operations": ("/operations", None),
    "deliverability": ("/operations/deliverability", None),
}

# The same pages in other states: narrowed, empty, at another stage, not there.
STATES = {
    "overview-year": ("/?period=12m", None),
    "overview-narrowed": ("/?where%5Btouchpoint%5D=App", None),
    "overview-empty": ("/?from=2020-01-01&to=2020-01-31", None),
    "responses-narrowed": ("/responses?state=done&comment=yes", None),
    "responses-mine": ("/responses?owner=me&state=open", None),
    "responses-empty": ("/responses?q=zzzz", None),
    "response-case": ("/responses?band=detractor&state=unread&comment=yes", "/responses/"),
    "customers-empty": ("/customers?q=zzzz", None),
    "cases-overdue": ("/cases?overdue=true", None),
    "cases-verified": ("/cases?stage=verified", None),
    "case-overdue": ("/cases?overdue=true", "/cases/"),
    "case-resolved": ("/cases?stage=resolved", "/cases/"),
    "case-verified": ("/cases?stage=verified", "/cases/"),
    "case-closed": ("/cases?stage=closed", "/cases/"),
    "not-found": ("/cases/cas_0000000000000", None),
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


DATA = {}
PROCESSES = {}


def data_of(address):
    """The data folder of the server at that address."""
    return DATA[address]


def process_of(address):
    return PROCESSES[address]


def resident_bytes(address):
    status = Path(f"/proc/{process_of(address).pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024


def command(data, *words, text=None):
    done = subprocess.run(
        [RAPPORT, *words, "--data", data], input=text, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"rapport {' '.join(words)}: {done.stderr}"
    return done.stdout


@contextmanager
def serving(data, port=None, before=(), **settings):
    """A server on that folder: its address, and what it said so far."""
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "RAPPORT_BASE_URL": address, "RAPPORT_ANSWERS_PER_MINUTE": "0", **settings}
    path = Path(data) / "server.log"
    with open(path, "a") as log:
        server = subprocess.Popen(
            [*before, RAPPORT, "serve", "--port", str(port), "--data", data], env=environment, stdout=log, stderr=log
        )
    try:
        wait_until_ready(address, server, path)
        DATA[address] = data
        PROCESSES[address] = server
        yield address, lambda: path.read_text()
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def empty_folder():
    return tempfile.mkdtemp(prefix="rapport-browser-")


@functools.cache
def begun(sample):
    """A folder with an owner, and the sample if it is asked for: made once, and copied for each server."""
    data = empty_folder()
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    if sample:
        shutil.copytree(begun(False), data, dirs_exist_ok=True)
        command(data, "sample")
    else:
        command(
            data, "admin", "create", "--email", OWNER, "--account", "Northwind", "--password-stdin", text=PASSWORD + "\n"
        )
    return data


@contextmanager
def running(sample=True, **options):
    """Yields the address of a server with an owner, on data of its own that is gone afterwards."""
    data = empty_folder()
    try:
        shutil.copytree(begun(sample), data, dirs_exist_ok=True)
        with serving(data, **options) as (address, _):
            yield address
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def restarted(address):
    """The same server after its end, at a new address."""
    server = PROCESSES[address]
    server.send_signal(signal.SIGTERM)
    server.wait(20)
    with serving(DATA[address]) as (again, _):
        yield again


def wait_until_ready(address, server, log, seconds=60):
    for _ in range(seconds * 10):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server is not ready: " + log.read_text())


def browser(playwright):
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])


def sign_in(page, address):
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", OWNER)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{address}/")


def session(chromium, address, **options):
    """A context whose owner is signed in."""
    first = chromium.new_context()
    sign_in(first.new_page(), address)
    state = first.storage_state()
    first.close()
    return state


def signed_in_opener(address):
    """Asks as the owner's browser would, without a browser."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(f"{address}/sign-in").read().decode()
    csrf = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
    fields = {"email": OWNER, "password": PASSWORD, "csrf": csrf}
    opener.open(f"{address}/sign-in", urllib.parse.urlencode(fields).encode())
    return opener


def find_address(page, address, path, prefix):
    """The path itself, or the first link below it that leads to one of its things."""
    if prefix is None:
        return address + path
    page.goto(address + path)
    links = page.eval_on_selector_all("main a[href]", "all => all.map(one => one.getAttribute('href'))")
    found = [link for link in links if re.match(re.escape(prefix) + r"[a-z]+_[0-9a-z]+$", link)]
    assert found, f"{path} links to nothing below {prefix}"
    return address + found[0]


def public_addresses(page, address):
    """The sample's answer page, as its survey's page shows it."""
    page.goto(find_address(page, address, "/surveys", "/surveys/"))
    slug = re.search(r"/s/([a-z0-9-]{3,64})", page.content())
    assert slug, "the survey's page does not show its public address"
    return {"answer": f"{address}/s/{slug.group(1)}", "answer-preselected": f"{address}/s/{slug.group(1)}?score=9"}
