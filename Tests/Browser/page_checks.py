"""What a browser must find true of every page. Run by `make test`, or alone: `pytest Tests/Browser`."""
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

import product
import scenes

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PUBLIC = ["answer", "answer-preselected"]
# Of the pages' other states those that hold something the usual one lacks.
STATES = ["overview-year", "responses-empty", "response-case", "cases-overdue", "case-overdue", "case-resolved"]
INSIDE = {**product.MEMBER_PAGES, **{name: product.STATES[name] for name in STATES}}


@pytest.fixture(scope="session")
def address():
    with product.running() as address:
        yield address


@pytest.fixture(scope="session")
def cookies(chromium, address):
    return product.session(chromium, address)


@pytest.fixture(scope="session")
def places(chromium, cookies, address):
    page = chromium.new_context(storage_state=cookies).new_page()
    found = {name: product.find_address(page, address, *place) for name, place in INSIDE.items()}
    return {**found, **product.public_addresses(page, address), "sign-in": f"{address}/sign-in"}


def opened(chromium, places, name, cookies, **options):
    """The page in a window of its own, with what its console complained about."""
    return listened(chromium.new_context, places, name, cookies, **options)


def listened(window, places, name, cookies, **options):
    page = window(storage_state=cookies if name in INSIDE else None, **options).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(places[name])
    return page


ALL = [*INSIDE, *PUBLIC, "sign-in"]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barrier_that_axe_can_find(chromium, window, places, cookies, name, scheme):
    page = listened(window, places, name, cookies, color_scheme=scheme)
    found = Axe().run(page, options=RULES).response["violations"]
    told = [f'{one["id"]}: {one["nodes"][0]["html"][:160]} {one["nodes"][0]["failureSummary"][:200]}' for one in found]
    assert not told, "\n".join(told)
    assert not page.complaints


@pytest.fixture(scope="session")
def states(address):
    return scenes.pages(address)


@pytest.mark.parametrize("name", scenes.NAMES)
@pytest.mark.parametrize("scheme, language, width", [("dark", "pl", 320), ("light", "zh-Hant", 1280)])
def test_every_state_of_a_public_page_is_free_of_barriers_and_fits(
    chromium, window, address, states, name, scheme, language, width
):
    path, steps = states[name]
    page = window(color_scheme=scheme, locale=language, viewport={"width": width, "height": 640}).new_page()
    page.goto(address + path)
    steps(page)
    found = Axe().run(page, options=RULES).response["violations"]
    told = [f'{one["id"]}: {one["nodes"][0]["html"][:160]} {one["nodes"][0]["failureSummary"][:200]}' for one in found]
    assert not told, "\n".join(told)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", ["en", "pl", "zh-Hant"])
def test_nothing_sticks_out_at_320_pixels(chromium, window, places, cookies, name, language):
    page = listened(window, places, name, cookies, viewport={"width": 320, "height": 640}, locale=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    cut = page.evaluate("""() => [...document.querySelectorAll('.chart svg text')].filter(text => {
        const box = text.getBoundingClientRect(), plot = text.closest('svg.plot').getBoundingClientRect()
        return box.width && (box.left < plot.left - 8 || box.right > plot.right + 8)
    }).map(text => text.textContent)""")
    assert not cut


@pytest.mark.parametrize("name", ALL)
def test_every_page_is_there_without_script(chromium, window, places, cookies, name):
    page = listened(window, places, name, cookies, java_script_enabled=False)
    assert page.locator("h1").first.is_visible()
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_an_answer_page_is_one_small_request(chromium, places, cookies, name, encoding):
    asked = urllib.request.Request(places[name], headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Content-Encoding"] == encoding
        policy = answer.headers["Content-Security-Policy"]
        body = answer.read()
    assert len(body) <= 14_336
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy
    page = chromium.new_context().new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(places[name])
    page.wait_for_load_state("networkidle")
    assert requests == [places[name]]


def test_a_customer_answers_with_the_keyboard_alone_and_without_script(chromium, places):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(places["answer"])
    first = page.locator("input[name=score]").first
    first.focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.locator("input[name=score]:checked").get_attribute("value") == str(int(first.get_attribute("value")) + 3)
    page.locator("main form button").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url != places["answer"]
    assert page.locator("h1").is_visible()


def test_keys_open_the_palette_and_walk_the_rows(chromium, places, cookies):
    page = opened(chromium, places, "responses", cookies)
    page.keyboard.press("/")
    assert page.locator("command-palette dialog").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("[data-rows] > .selected").count() == 1
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()


def test_keys_hand_over_tag_and_finish_the_selected_row(chromium, places, cookies):
    page = opened(chromium, places, "responses", cookies)
    page.keyboard.press("e")
    assert page.locator("[data-said]").inner_text() != ""
    page.keyboard.press("j")
    row = page.locator("[data-rows] > .selected")
    answer = row.locator("input[name=id]").get_attribute("value")
    for key in ["a", "e", "u"]:
        with page.expect_navigation():
            page.keyboard.press(key)
        assert page.locator(".toast").is_visible()
        assert page.locator("[data-rows] > .selected input[name=id]").get_attribute("value") == answer
    page.keyboard.press("t")
    assert page.evaluate("document.activeElement.name") == "tag"
    page.keyboard.type("keep")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(f"tr:has(input[value={answer}])").inner_text().count("keep") == 1
    assert page.locator(f"tr.unread:has(input[value={answer}])").count() == 1
    assert not page.complaints


def test_single_keys_can_be_turned_off(chromium, places, cookies):
    page = opened(chromium, places, "responses", cookies)
    page.keyboard.press("?")
    page.locator("dialog#keys input[data-keys]").uncheck()
    page.keyboard.press("Escape")
    for key in ["j", "/", "?"]:
        page.keyboard.press(key)
    assert page.locator("[data-rows] > .selected").count() == 0
    assert page.locator("dialog[open]").count() == 0
    page.reload()
    page.keyboard.press("j")
    assert page.locator("[data-rows] > .selected").count() == 0
    page.locator(".menu.end > summary").click()
    page.locator("button[data-shows-keys]").click()
    page.locator("dialog#keys input[data-keys]").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("[data-rows] > .selected").count() == 1


def test_the_skip_link_is_first_and_leads_to_the_content(chromium, places, cookies):
    page = opened(chromium, places, "overview", cookies)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#content"


def test_every_control_shows_where_the_focus_is(chromium, places, cookies):
    page = opened(chromium, places, "cases", cookies)
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_what_was_done_is_told_once_and_without_script(chromium, places, cookies):
    page = opened(chromium, places, "case-overdue", cookies, java_script_enabled=False)
    page.select_option("#contacts-channel", "phone")
    page.select_option("#contacts-outcome", "no_answer")
    page.locator("form[action$='/contacts'] button").click()
    assert page.locator(".toast").is_visible()
    assert "?" not in page.url
    page.reload()
    assert page.locator(".toast").count() == 0
