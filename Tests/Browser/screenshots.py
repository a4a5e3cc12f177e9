"""Lays twelve views of each page on one sheet: en, pl, zh-Hant by light, dark by 320 and 1280 pixels.

Arguments: the names of pages and states in product.py; none for all.
"""
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import product
import scenes
import told_scenes

SHEETS = Path(__file__).with_name("sheets")
LANGUAGES, SCHEMES, WIDTHS = ["en", "pl", "zh-Hant"], ["light", "dark"], [320, 1280]
TALLEST, GAP = 2600, 16
PLACES = {**product.MEMBER_PAGES, **product.STATES}


def views(chromium, target, state, steps=scenes.nothing):
    for width in WIDTHS:
        for scheme in SCHEMES:
            for language in LANGUAGES:
                context = chromium.new_context(
                    viewport={"width": width, "height": 800}, color_scheme=scheme, locale=language, storage_state=state
                )
                page = context.new_page()
                page.goto(target)
                steps(page)
                page.wait_for_load_state("networkidle")
                page.evaluate("document.fonts.ready")
                picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
                context.close()
                yield picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))


def told_views(chromium, address, places, state):
    """A mail in its four languages, as a telephone and as a computer show it."""
    for width in scenes.LETTER_WIDTHS:
        for scheme in SCHEMES:
            for language in scenes.ALL_LANGUAGES:
                context = chromium.new_context(viewport={"width": width, "height": 400}, color_scheme=scheme, storage_state=state)
                page = context.new_page()
                page.goto(address + places[language])
                yield Image.open(io.BytesIO(page.screenshot(full_page=True)))
                context.close()


def sheet(pictures, in_row=len(LANGUAGES)):
    rows = [pictures[at : at + in_row] for at in range(0, len(pictures), in_row)]
    # The two narrow rows stand in one line, the wide ones below.
    lines = [rows[0] + rows[1]] + rows[2:]
    width = max(sum(one.width + GAP for one in line) for line in lines) + GAP
    height = sum(max(one.height for one in line) + GAP for line in lines) + GAP
    paper = Image.new("RGB", (width, height), "#777777")
    top = GAP
    for line in lines:
        left = GAP
        for one in line:
            paper.paste(one, (left, top))
            left += one.width + GAP
        top += max(one.height for one in line) + GAP
    return paper


def main(wanted):
    known = {*PLACES, *scenes.NAMES, *scenes.MAIL_NAMES, *scenes.RULE_NAMES, *told_scenes.TOLD_NAMES}
    unknown = set(wanted) - known - {"sign-in", "answer", "answer-preselected"}
    assert not unknown, f"no page is called {', '.join(sorted(unknown))}"
    SHEETS.mkdir(exist_ok=True)
    with product.running() as address, sync_playwright() as playwright:
        chromium = product.browser(playwright)
        state = product.session(chromium, address)
        page = chromium.new_context(storage_state=state).new_page()
        targets = {name: (product.find_address(page, address, *place), state)
                   for name, place in PLACES.items() if not wanted or name in wanted}
        for name, target in {"sign-in": f"{address}/sign-in", **product.public_addresses(page, address)}.items():
            if not wanted or name in wanted:
                targets[name] = (target, None)
        for names, found in ((scenes.MAIL_NAMES, scenes.mails), (scenes.RULE_NAMES, scenes.rules)):
            if not wanted or set(wanted) & set(names):
                targets |= {name: (address + path, state) for name, path in found(address).items()
                            if not wanted or name in wanted}
        steps = {}
        if not wanted or set(wanted) & set(scenes.NAMES):
            for name, (path, leads) in scenes.pages(address).items():
                if not wanted or name in wanted:
                    targets[name], steps[name] = (address + path, None), leads
        if not wanted or set(wanted) & set(told_scenes.TOLD_NAMES):
            for name, places in told_scenes.told(address).items():
                if not wanted or name in wanted:
                    sheet(list(told_views(chromium, address, places, state)), len(places)).save(SHEETS / f"{name}.png")
                    print(SHEETS / f"{name}.png")
        for name, (target, cookies) in targets.items():
            taken = views(chromium, target, cookies, steps.get(name, scenes.nothing))
            sheet(list(taken)).save(SHEETS / f"{name}.png")
            print(SHEETS / f"{name}.png")
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
