"""What arrives while somebody looks: the overview tells of it without moving, by the stream of a page."""
import urllib.error
import urllib.request

import pytest

import product
from api_checks import API, eventually


@pytest.fixture(scope="module")
def address():
    with product.running(sample=False) as address:
        yield address


@pytest.fixture(scope="module")
def api(address):
    token = product.command(product.data_of(address), "token", "create", "--name", "live").split()[-1]
    return API(address, token)


def place(page):
    return page.evaluate("[...document.querySelectorAll('main h1, main .lead, main .tabs')].map(one => one.getBoundingClientRect().top)")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_overview_tells_of_an_answer_and_stands_still(chromium, address, api, width):
    survey = api.survey()
    for score in (9, 10, 3):
        api.answer(survey, score)
    context = chromium.new_context(
        storage_state=product.session(chromium, address), viewport={"width": width, "height": 800})
    page = context.new_page()
    view = f"{address}/?survey={survey['id']}"

    def counted():
        page.goto(view)
        return page.locator("#score", has_text="3 answers").count()

    assert eventually(counted, seconds=60)
    assert page.locator("live-answers a").is_hidden()
    page.evaluate("window.isSamePage = true")
    before = place(page)
    other = api.survey()
    api.answer(other, 1)
    api.answer(survey, 2)
    told = page.get_by_role("status").get_by_role("link")
    told.wait_for(timeout=60_000)
    # The other survey's answer came first, and is none of this page's.
    assert told.locator("[data-count]").inner_text() == "1"
    assert page.evaluate("window.isSamePage") and place(page) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    told.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == view and page.evaluate("window.isSamePage ?? null") is None
    context.close()


def test_a_narrowed_overview_says_nothing(chromium, address, api):
    survey = api.survey()
    api.answer(survey, 9)
    page = chromium.new_context(storage_state=product.session(chromium, address)).new_page()
    for query in ("where%5Btouchpoint%5D=App", "from=2020-01-01&to=2020-01-31"):
        page.goto(f"{address}/?survey={survey['id']}&{query}")
        assert page.locator("h1").count() == 1 and page.locator("live-answers").count() == 0


def test_a_page_without_answers_tells_of_the_first(chromium, address, api):
    survey = api.survey()
    page = chromium.new_context(storage_state=product.session(chromium, address)).new_page()
    page.goto(f"{address}/?survey={survey['id']}")
    api.answer(survey, 9)
    page.get_by_role("status").get_by_role("link").wait_for(timeout=60_000)


def test_a_page_hears_what_came_after_it_was_made(address, api):
    survey = api.survey()
    opener = product.signed_in_opener(address)

    def events(after, last=None):
        """Positions and kinds from there on, until an answer was told."""
        asked = urllib.request.Request(
            f"{address}/stream?after={after}", headers={"Last-Event-ID": str(last)} if last is not None else {})
        heard = []
        with opener.open(asked, timeout=60) as stream:
            assert stream.headers["Content-Type"] == "text/event-stream"
            for line in stream:
                name, _, value = line.decode().strip().partition(": ")
                if name == "id":
                    heard.append([int(value)])
                if name == "event":
                    heard[-1].append(value)
                    if value == "response.recorded":
                        return heard

    api.answer(survey, 9)
    first = events(0)
    position = first[-1][0]
    assert [one[0] for one in first] == list(range(1, position + 1)), "no gap"
    api.answer(survey, 8)
    assert events(position)[0][0] == position + 1
    # A browser that lost its connection says where it was; the address still says where the page began.
    assert events(0, last=position)[0][0] == position + 1
    for wrong in ("9" * 12, "-1", "x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(f"{address}/stream?after={wrong}", timeout=60)
        assert refused.value.code == 422
    stranger = urllib.request.build_opener()
    assert "/sign-in" in stranger.open(f"{address}/stream?after=0", timeout=60).url
