"""Whom a survey asks, as a team sees it: coverage by rule, agent and hand, and leaving somebody out."""
import os
import time

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
def cookies(chromium, address):
    return product.session(chromium, address)


@pytest.fixture(scope="module")
def asked(address):
    """A survey that a rule and a list have asked about, and one person whom a rule leaves out."""
    company = Company(address)
    survey = company.call("POST", "/surveys", {"name": "Delivery", "metric": "nps"})["id"]
    rule = company.call("POST", "/ask-rules", {
        "name": "After an order", "survey": survey, "event": "order", "channel": "email", "touchpoint": "Door"})["id"]
    for number in range(8):
        company.call("POST", "/customer-events", {
            "event": "order", "customer": {"email": f"p{number}@example.org"},
            "properties": {"agent": f"Agent with a long name {number % 2}"}})
    wave = company.call("POST", f"/surveys/{survey}/invitations", {
        "channel": "email", "to": [{"email": "later@example.org"}], "send_at": time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))})["wave"]
    company.call("POST", f"/ask-rules/{rule}/exclusions", {
        "customer": {"email": "p1@example.org"}, "reason": "other", "note": "Asked on the phone"})
    end = time.time() + 60
    while company.call("GET", f"/surveys/{survey}/coverage")["agents"] == [] and time.time() < end:
        time.sleep(0.1)
    return {"coverage": f"/surveys/{survey}/coverage", "ask": f"/surveys/{survey}/invitations",
            "wave": f"/waves/{wave}/exclusions", "rule": f"/ask-rules/{rule}/exclusions"}


@pytest.mark.parametrize("name", ["coverage", "ask", "wave", "rule"])
@pytest.mark.parametrize("scheme, language, width", [("dark", "pl", 320), ("light", "zh-Hant", 1280)])
def test_a_page_of_who_is_asked_is_free_of_barriers_and_fits(
    chromium, address, cookies, asked, name, scheme, language, width
):
    context = chromium.new_context(
        color_scheme=scheme, locale=language, viewport={"width": width, "height": 640}, storage_state=cookies)
    page = context.new_page()
    page.goto(address + asked[name])
    found = Axe().run(page, options=RULES).response["violations"]
    told = [f'{one["id"]}: {one["nodes"][0]["html"][:160]} {one["nodes"][0]["failureSummary"][:200]}' for one in found]
    assert not told, "\n".join(told)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    if folder := os.environ.get("RAPPORT_PICTURES"):
        page.screenshot(path=f"{folder}/{name}-{language}-{width}.png", full_page=True)
    context.close()


def test_somebody_is_left_out_without_script_and_only_for_a_reason(chromium, address, cookies, asked):
    page = chromium.new_context(java_script_enabled=False, storage_state=cookies).new_page()
    page.goto(address + asked["wave"])
    page.fill("input[name=who]", "later@example.org")
    page.click("main form button.first")
    assert page.locator("#f-reason[aria-invalid=true]").count() == 1
    assert page.input_value("input[name=who]") == "later@example.org"
    page.select_option("#f-reason", "hardship")
    page.click("main form button.first")
    assert page.locator("main tbody tr").count() == 1
    page.goto(address + asked["coverage"])
    assert page.locator("section[aria-labelledby=hands] tbody tr").count() == 2
    assert page.locator("section[aria-labelledby=agents] tbody tr").count() == 2


def test_an_account_that_wants_consent_first_says_so_where_it_asks(chromium, address, cookies, asked):
    page = chromium.new_context(java_script_enabled=False, storage_state=cookies).new_page()
    page.goto(f"{address}/settings")
    page.select_option("#f-consent_first", "yes")
    page.click("main form >> nth=0 >> button")
    page.goto(address + asked["ask"])
    page.fill("#f-addresses", "new@example.org")
    page.select_option("#f-reason", "trial")
    page.click("main form button.first")
    assert "no consent recorded" in page.content()
