"""The one browser of a run: a second would not start beside it."""
import pytest
from playwright.sync_api import sync_playwright

import product


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = product.browser(playwright)
        yield browser
        browser.close()


KEPT = {}


@pytest.fixture
def window(chromium):
    """A window like this that tests share, so that each asks for style, script and font once: for looking alone."""
    def window(**options):
        name = repr(sorted(options.items()))
        if name not in KEPT:
            KEPT[name] = chromium.new_context(**options)
        return KEPT[name]

    return window


@pytest.fixture(autouse=True)
def pages_are_closed(request):
    """At a test's end: a page that is forgotten goes on listening and drawing beside all that follow."""
    if "chromium" not in request.fixturenames:
        yield
        return
    chromium = request.getfixturevalue("chromium")
    before = list(chromium.contexts)
    yield
    for context in chromium.contexts:
        if context in KEPT.values():
            for page in context.pages:
                page.close()
        elif context not in before:
            context.close()
