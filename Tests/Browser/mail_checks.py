"""What a browser must find true of a mail and of the pages that show mails. Run by `make test`, or alone."""
import http.server
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe

import product
import scenes
import told_scenes
from api_checks import eventually
from page_checks import RULES

PAGES = ["letter", "letter-again", "mailbox-full", "mailbox-mail", "invitations", "invitations-empty"]
LETTERS = ["mail", "mail-csat", "mail-signed"]


@pytest.fixture(scope="module")
def address():
    with product.running(sample=False) as address:
        yield address


@pytest.fixture(scope="module")
def places(address):
    return scenes.mails(address)


@pytest.fixture(scope="module")
def cookies(chromium, address, places):
    return product.session(chromium, address)


@pytest.fixture(scope="module")
def opener(address):
    return product.signed_in_opener(address)


def barriers(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [f'{one["id"]}: {one["nodes"][0]["html"][:160]} {one["nodes"][0]["failureSummary"][:200]}' for one in found]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme, language, width", [
    ("light", "en", 320), ("dark", "pl", 320), ("light", "zh-Hant", 1280), ("dark", "zh-Hans", 1280)])
def test_a_page_of_mails_is_free_of_barriers_and_fits(
    chromium, window, address, places, cookies, name, scheme, language, width
):
    page = window(
        storage_state=cookies, color_scheme=scheme, locale=language, viewport={"width": width, "height": 640}).new_page()
    page.goto(address + places[name])
    assert not barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", scenes.ALL_LANGUAGES)
@pytest.mark.parametrize("width", [320, 640])
def test_a_mail_is_read_and_tapped_everywhere(
    chromium, window, address, opener, places, name, scheme, language, width
):
    mail = opener.open(f"{address}{places[name]}?tag={language}").read()
    assert len(mail) < 20_000
    page = window(color_scheme=scheme, viewport={"width": width, "height": 640}).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    # Outside its frame: there no script of ours may look at it.
    page.set_content(mail.decode())
    assert not barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells = page.eval_on_selector_all(
        "a[href*='?s=']", "all => all.map(one => { const box = one.getBoundingClientRect(); return [box.width, box.height] })")
    assert len(cells) in (5, 11, 21) and all(min(cell) >= 24 for cell in cells), cells
    assert page.locator("a[href$='/d']").count() == 1 and not page.locator("a[href$='/d']").is_visible()
    assert page.locator("a[href*='/u/']").is_visible()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 18, 16)"
    assert dark == (scheme == "dark")
    assert not asked


@pytest.fixture(scope="module")
def told(address, places):
    return told_scenes.told(address)


@pytest.mark.parametrize("name", told_scenes.TOLD_NAMES)
@pytest.mark.parametrize("scheme, language, width", [
    ("light", "en", 320), ("dark", "pl", 640), ("dark", "zh-Hans", 320), ("light", "zh-Hant", 640)])
def test_a_mail_of_news_is_read_everywhere(chromium, address, opener, told, name, scheme, language, width):
    mail = opener.open(address + told[name][language]).read()
    assert len(mail) < 20_000
    context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 640})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(mail.decode())
    assert not barriers(page)
    assert page.locator("html").get_attribute("lang") == language and page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    links = page.eval_on_selector_all("a", "all => all.map(one => [one.getAttribute('href'), one.getBoundingClientRect().height])")
    assert links and all(href.startswith(address) and height >= 24 for href, height in links), links
    assert (name == "told-verdict") == any(href.endswith("/leave") for href, _ in links)
    assert (page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 18, 16)") == (scheme == "dark")
    assert not asked
    context.close()


def test_who_leaves_by_a_verdict_mail_is_asked_no_more(chromium, address, opener, told):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.set_content(opener.open(address + told["told-verdict"]["en"]).read().decode())
    page.goto(page.locator("a[href$='/leave']").get_attribute("href"))
    page.locator("form:not([hidden]) button").press("Enter")
    page.wait_for_load_state()
    assert page.locator("h1").count() == 1 and page.locator("form").count() == 0


def test_a_tap_opens_the_customers_page_in_a_tab_of_its_own(chromium, address, places, cookies):
    page = chromium.new_context(storage_state=cookies, java_script_enabled=False).new_page()
    page.goto(address + places["mailbox-mail"])
    frame = page.frame_locator("iframe.mail")
    with page.context.expect_page() as opened:
        frame.locator("a[href$='?s=9']").click()
    assert opened.value.url == f"{address}/r/0123456789abcdef0123456789abcdef?s=9"
    assert page.url == address + places["mailbox-mail"]


def test_a_customer_goes_from_the_mail_to_the_thanks_and_the_score_arrives(chromium):
    with product.running(sample=False) as address:
        company = scenes.Company(address)
        survey = company.call("POST", "/surveys", {"name": "After a delivery", "metric": "nps"})
        company.call("POST", f"/surveys/{survey['id']}/invitations", {"channel": "email", "to": [{"email": "ann@mail.example"}]})
        context = chromium.new_context(storage_state=product.session(chromium, address), locale="en")
        desk = context.new_page()

        def arrives(path, selector):
            """The page itself tells of nothing new: it is looked at again."""
            def look():
                desk.goto(address + path)
                return desk.locator(selector).count()
            assert eventually(look, 60), desk.content()

        arrives("/mailbox", "tbody a.row")
        desk.click("tbody a.row")
        with context.expect_page() as opened:
            desk.frame_locator("iframe.mail").locator("a[href$='?s=9']").click()
        customer = opened.value
        assert customer.locator("input[name=score]:checked").get_attribute("value") == "9"
        customer.click("main form button[type=submit]")
        customer.wait_for_url("**/promoter?*")
        # Counted before a word is asked for: the overview has its sentence of one answer, and quotes nobody.
        arrives("/", "#score")
        assert desk.locator(".quote").count() == 0
        customer.fill("textarea[name=comment]", "Quick and friendly.")
        customer.click("main form button[type=submit]")
        customer.locator("textarea").wait_for(state="detached")
        assert "Thank" in customer.locator("h1").inner_text() and customer.locator("main form").count() == 0
        arrives("/", ".quote:has-text('Quick and friendly.')")
        assert desk.locator(".cards .badge").first.inner_text().endswith("9")
        context.close()


def test_a_preview_leads_nowhere(chromium, address, places, cookies):
    page = chromium.new_context(storage_state=cookies).new_page()
    page.goto(address + places["letter"])
    page.frame_locator("iframe.w-640").locator("a[href$='?s=9']").click()
    page.wait_for_timeout(300)
    assert len(page.context.pages) == 1 and page.url == address + places["letter"]
    assert page.frames[1].url.startswith(address + places["letter"] + "/html")


@pytest.fixture
def canary():
    """A server that somebody's mail would like to be asked of, and who asked."""
    asked = []

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"//127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()


def test_a_hostile_mail_can_do_nothing(chromium, address, places, cookies, canary):
    ear, asked = canary
    hostile = (
        f"<head><title>Hostile</title></head><script>window.hit = top.hit = 1</script><img src='{ear}/a' onerror='top.hit = 1'>"
        f"<style>body {{ background: url({ear}/b) }}</style><form action='{ear}/f'><button>go</button></form>"
        f"<iframe src='{ear}/i'></iframe><a target=_top href='{ear}/d'>leave</a><link rel=stylesheet href='{ear}/e'>")
    scenes.keep(address, 900, hostile + f"<meta http-equiv=refresh content='1;url={ear}/c'>", "nothing")
    page = chromium.new_context(storage_state=cookies).new_page()
    page.goto(f"{address}/mailbox")
    page.get_by_role("link", name="Hostile").click()
    frame = page.frame_locator("iframe.mail")
    frame.get_by_text("leave").click()
    frame.get_by_role("button").click()
    page.wait_for_timeout(1500)
    assert page.evaluate("window.hit ?? null") is None
    assert page.url.startswith(f"{address}/mailbox/mai_")
    assert not asked, asked
    # Shown as an ordinary page, it would have done all that.
    bare = chromium.new_context().new_page()
    bare.goto(f"{address}/robots.txt")
    bare.set_content(hostile, wait_until="load")
    assert bare.evaluate("window.hit") == 1 and {"/a", "/b", "/i", "/e"} <= set(asked), asked
