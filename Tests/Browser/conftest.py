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
