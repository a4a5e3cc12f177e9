"""Who is told: alert rules and the choice of mails, by keyboard and without script."""
import pytest

import product
from mail_checks import barriers


@pytest.fixture(scope="module")
def address():
    with product.running() as address:
        yield address


@pytest.fixture(scope="module")
def cookies(chromium, address):
    return product.session(chromium, address)


def test_a_rule_is_made_without_script_and_says_itself(chromium, address, cookies):
    page = chromium.new_context(storage_state=cookies, java_script_enabled=False).new_page()
    page.goto(f"{address}/settings/alerts")
    page.fill("input[name=name]", "Refunds")
    page.fill("input[name=words]", "refund, money back")
    page.fill("input[name=score_at_most]", "12")
    page.locator("input[name=member]").first.check()
    page.locator("form[action='/settings/alerts'] button").click()
    # What is wrong stands beside its field, and nothing typed is lost.
    assert page.locator("input[name=score_at_most][aria-invalid=true]").count() == 1
    assert page.input_value("input[name=words]") == "refund, money back"
    assert page.locator("input[name=member]").first.is_checked()
    page.fill("input[name=score_at_most]", "4")
    page.locator("form[action='/settings/alerts'] button").click()
    rule = page.locator("section", has=page.get_by_role("heading", name="Refunds"))
    assert "refund / money back" in rule.inner_text()
    # A rule is changed on a page of its own, and what is not touched stays.
    rule.get_by_role("link", name="Refunds").click()
    assert page.input_value("input[name=score_at_most]") == "4" and page.locator("input[name=member]").first.is_checked()
    page.fill("input[name=words]", "refund, late")
    page.fill("input[name=quiet_from]", "22:00")
    page.get_by_role("button", name="Save").click()
    assert page.locator("input[name=quiet_to][aria-invalid=true]").count() == 1
    assert page.input_value("input[name=words]") == "refund, late"
    page.fill("input[name=quiet_to]", "07:00")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Refunds"
    assert "refund / late" in page.inner_text("main") and "at most 4" in page.inner_text("main")
    page.goto(f"{address}/settings/alerts")
    rule.locator("form[action$='/state'] button").click()
    assert page.locator("section", has=page.get_by_role("heading", name="Refunds")).locator(".badge").count() == 1
    page.locator("section", has=page.get_by_role("heading", name="Refunds")).locator("form[action$='/removal'] button").click()
    assert page.get_by_role("heading", name="Refunds").count() == 0


def test_the_choice_of_mails_is_kept(chromium, address, cookies):
    page = chromium.new_context(storage_state=cookies, java_script_enabled=False).new_page()
    page.goto(f"{address}/me/notices")
    boxes = page.locator("main input[type=checkbox]")
    assert boxes.count() == 3 and all(boxes.nth(place).is_checked() for place in range(3))
    boxes.nth(1).press("Space")
    page.locator("form[action='/me/notices'] button").press("Enter")
    page.wait_for_load_state()
    assert [boxes.nth(place).is_checked() for place in range(3)] == [True, False, True]


@pytest.mark.parametrize("scheme, language, width", [("light", "pl", 320), ("dark", "zh-Hans", 1280)])
def test_the_page_of_a_rule_is_free_of_barriers_and_fits(chromium, address, cookies, scheme, language, width):
    context = chromium.new_context(
        storage_state=cookies, color_scheme=scheme, locale=language, viewport={"width": width, "height": 640})
    page = context.new_page()
    page.goto(f"{address}/settings/alerts")
    page.fill("input[name=name]", f"Rule {width}")
    page.locator("input[name=member]").first.check()
    page.locator("form[action='/settings/alerts'] button").click()
    page.get_by_role("link", name=f"Rule {width}").click()
    assert page.locator("h1").count() == 1 and not barriers(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
