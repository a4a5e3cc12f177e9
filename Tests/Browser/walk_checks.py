"""Hostile words in every field, then every page in a browser: no script runs, no request leaves, no formula gets out."""
import csv
import http.server
import io
import json
import re
import threading
import zipfile

import pytest

import product
from api_checks import API, eventually, form

# Each would set `window.hit` or ask `canary.test` for something, in one context or another.
PAYLOADS = [
    '"><script>window.hit=1</script>',
    "'><img src=x onerror=window.hit=1>",
    "</title></textarea></style><script>window.hit=1</script>",
    "<svg/onload=window.hit=1>",
    "--><img src=//canary.test/a>",
    'javascript:window.hit=1//"onfocus=window.hit=1 autofocus=',
    "{{7*7}}{{{mark}}}${7*7}<%= 7*7 %>{{>layout}}",
    "<a href=javascript:window.hit=1>x</a><base href=//canary.test>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    # Marks that are one letter with what stands on them or joins them, to whoever goes by letters.
    "\"\u0301><img src=//canary.test/q>'\ufe0f onfocus=window.hit=1 autofocus x='\u0301",
    "\u0600<img src=//canary.test/p>\u06dd<script>window.hit=1</script>",
    "\u202e<link rel=stylesheet href=//canary.test/c>\u0000".replace("\u0000", ""),
]
ALL = " ".join(PAYLOADS)
SHORT = PAYLOADS[0] + PAYLOADS[1]
WATCH = """
window.violations = []
document.addEventListener('securitypolicyviolation', event => window.violations.push(event.blockedURI + ' ' + event.violatedDirective))
"""


@pytest.fixture(scope="module")
def address():
    with product.running(sample=False) as address:
        yield address


@pytest.fixture(scope="module")
def api(address):
    token = product.command(product.data_of(address), "token", "create", "--name", SHORT[:60]).strip().splitlines()[-1]
    return API(address, token)


def local(text):
    return {"en": text, "pl": text, "zh-Hans": text, "zh-Hant": text}


@pytest.fixture(scope="module")
def sown(api):
    """A survey, an answer, a customer and a case whose every text is hostile."""
    texts = ["question", "low", "high", "comment", "follow_up_low", "thanks_low", "thanks_high", "privacy"]
    options = [{"key": "a", "text": local(SHORT)}, {"key": "b", "text": local(PAYLOADS[6])}]
    survey = api.survey(
        name=ALL[:200], slug="hostile", texts={key: local(ALL) for key in texts},
        questions=[
            {"key": f"q-{kind}", "kind": kind, "text": local(ALL), **({"options": options} if kind in ("choice", "choices", "matrix") else {})}
            for kind in ("choice", "choices", "matrix", "rating", "text", "contact")
        ])
    answers = []
    for number, payload in enumerate(PAYLOADS):
        answers.append(api.answer(
            survey, 2, comment=ALL, touchpoint=payload[:100], channel=payload[:100], agent=payload[:100],
            answers={"q-choice": "a", "q-choices": ["a", "b"], "q-matrix": {"a": 1}, "q-text": ALL},
            customer={"external_id": f"{number}{payload}"[:100], "name": payload[:100], "attributes": {"tier": payload[:100], "city": SHORT[:100]}}))
    case = eventually(lambda: api.call("GET", "/cases?stage=open")[1]["data"])[0]
    path = f"/cases/{case['id']}"
    assert api.call("POST", path + "/contacts", {"channel": "phone", "outcome": "reached", "note": "Desk words " + ALL})[0] == 201
    status, case = api.call("PUT", path + "/resolution", {"cause": SHORT[:100], "remedy": PAYLOADS[6], "note": "Desk words " + ALL})
    assert status == 200, case
    return {"survey": survey, "answers": answers, "case": case}


def watched(context, address):
    """A page that remembers every request to elsewhere."""
    page = context.new_page()
    page.add_init_script(WATCH)
    page.strays, page.complaints = [], []
    page.on("request", lambda request: page.strays.append(request.url)
            if not request.url.startswith((address, "data:", "blob:", "about:")) else None)
    page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def visit(page, url):
    page.goto(url)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.evaluate("document.querySelectorAll('input, a, button').forEach(one => { one.focus(); one.blur() })")
    return page.evaluate("[window.hit ?? null, window.violations ?? []]")


def test_no_word_of_anybody_runs_or_calls_out(chromium, address, api, sown):
    context = chromium.new_context(storage_state=product.session(chromium, address))
    page = watched(context, address)
    visit(page, address + "/settings")
    page.fill("main input[name=name], main input[name=account]", SHORT[:100])
    page.locator("main form button").first.click()
    page.wait_for_load_state("networkidle")
    places = [product.find_address(page, address, *place) for place in product.MEMBER_PAGES.values()]
    places += [f"{address}/responses/{one['id']}" for one in sown["answers"]]
    places += [f"{address}/customers/{one['customer']['id']}" for one in sown["answers"] if isinstance(one.get("customer"), dict)]
    places += [f"{address}/cases/{sown['case']['id']}", f"{address}/surveys/{sown['survey']['id']}/preview", f"{address}/me"]
    query = "%22%3E%3Cscript%3Ewindow.hit=1%3C/script%3E"
    places += [f"{address}{path}?{name}={query}" for path in ("/responses", "/customers", "/cases", "/operations", "/")
               for name in ("q", "done", "touchpoint", "survey", "from", "cursor", "lang", "about", "by")]
    places += [f"{address}/{query}", f"{address}/surveys/{query}", f"{address}/sign-in?{query}", f"{address}/problems/{query}"]
    shown = 0
    for place in places:
        hit, violations = visit(page, place)
        assert hit is None and not violations, (place, hit, violations)
        shown += "window.hit" in page.inner_text("body")
    assert not page.strays and not page.complaints, (page.strays, page.complaints)
    assert shown > 20, "the words are on too few pages, so this proves nothing"
    assert "{{7*7}}" in page.goto(f"{address}/cases/{sown['case']['id']}").text().replace("&#123;", "{")


def test_no_word_of_anybody_runs_on_a_customers_page(chromium, address, sown):
    page = watched(chromium.new_context(), address)
    verdict = re.sub(r"^https?://[^/]+", "", sown["case"]["verdict_url"])
    for path in ("/s/hostile", "/s/hostile?score=9", "/s/hostile?lang=pl&touchpoint=%3Cscript%3E", verdict, "/s/%3Cscript%3E"):
        hit, violations = visit(page, address + path)
        assert hit is None and not violations, (path, hit, violations)
    page.goto(address + "/s/hostile")
    page.locator("input[name=score]").first.check(force=True)
    page.fill("textarea[name=comment]", ALL)
    page.locator("main form button").first.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.hit ?? null") is None and not page.evaluate("window.violations")
    status, _, text = form(address, "/s/hostile", score="x" + PAYLOADS[0], comment=ALL)
    assert status == 422 and "<script>window" not in text
    assert not page.strays and not page.complaints


def test_a_customer_never_sees_what_the_desk_notes(address, sown):
    verdict = re.sub(r"^https?://[^/]+", "", sown["case"]["verdict_url"])
    status, _, text = form(address, verdict)
    assert status == 200 and "Desk words" not in text


def test_the_walk_finds_what_an_unguarded_page_lets_through(chromium):
    class Careless(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<body><p>{ALL}</p>".encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        page = watched(chromium.new_context(), address)
        hit, _ = visit(page, address)
        assert hit == 1 and page.strays
    finally:
        server.shutdown()


# What a spreadsheet takes for a formula, hidden behind what it passes over.
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
BEFORE = ["", " ", "\ufeff", '"', "'", " \ufeff", '""', "\u00a0", "\u3000"]
FORMULAS = [f"{before}{start}cmd|' /C calc'!A{i}" for i, (before, start) in enumerate(
    (before, start) for before in BEFORE for start in STARTS)] + ["=HYPERLINK(\"//canary.test\")", "-1+1", "+48 600"]


@pytest.fixture(scope="module")
def tempting(api):
    survey = api.survey(name="=1+1", slug="formulas")
    lines = [json.dumps({
        "score": 9, "comment": text, "touchpoint": text.strip() or "x", "channel": text.strip() or "x", "agent": text.strip() or "x",
        "customer": {"external_id": f"{i}{text}"[:100], "attributes": {"tier": text}}}) for i, text in enumerate(FORMULAS)]
    status, told = api.call("POST", f"/surveys/{survey['id']}/responses/bulk", "\n".join(lines).encode(), kind="application/x-ndjson")
    accepted = [line for line in (told.splitlines() if isinstance(told, str) else [json.dumps(told)]) if "id" in json.loads(line)]
    assert status == 200 and len(accepted) >= 90, told
    return survey


def tempts(cell):
    return cell.lstrip(" \ufeff\"'\u00a0\u3000").startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")) and not cell.startswith("'")


def is_number(cell):
    return re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None


@pytest.mark.parametrize("language", ["en", "pl"])
def test_no_cell_of_a_csv_export_is_a_formula(address, tempting, language):
    opener = product.signed_in_opener(address)
    data = opener.open(f"{address}/responses/export?format=csv&lang={language}").read()
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if text.count(";") > text.count(",") else ","))
    assert len(rows) > 90
    for row in rows:
        for cell in row:
            assert not tempts(cell) or is_number(cell), (cell, row)
    assert tempts("=1+1") and tempts(' "=1') and not tempts("'=1+1")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_no_cell_of_an_export_at_the_console_is_a_formula(address, tempting, tmp_path, format):
    out = tmp_path / f"out.{format}"
    product.command(product.data_of(address), "export", "--survey", "formulas", "--format", format, "--output", str(out))
    if format == "csv":
        for row in csv.reader(io.StringIO(out.read_text("utf-8-sig"), newline="")):
            for cell in row:
                assert not tempts(cell) or is_number(cell), (cell, row)
        return
    with zipfile.ZipFile(out) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        text = "".join(book.read(name).decode() for name in sheets)
    assert sheets and "<f>" not in text and "<hyperlink" not in text
    assert "cmd|" in text
