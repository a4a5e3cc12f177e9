"""Who is told: alert rules and the choice of mails, by keyboard and without script."""
import pytest

import product


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
