"""A survey's page is packed once for all its readers: each must still get a whole page with a key of their own."""
import gzip
import re
import sqlite3
import urllib.request

import brotli
import pytest

import product

UNPACK = {"identity": lambda body: body, "gzip": gzip.decompress, "br": brotli.decompress}
KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


@pytest.fixture(scope="module")
def page():
    with product.running() as address:
        with sqlite3.connect(f"file:{product.data_of(address)}/rapport.db?mode=ro", uri=True) as database:
            slug = database.execute("SELECT slug FROM surveys WHERE status = 'open' LIMIT 1").fetchone()[0]
        yield f"{address}/s/{slug}"


def fetch(url, coding):
    request = urllib.request.Request(url, headers={"Accept-Encoding": coding})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers.get("Content-Encoding", "identity") == coding
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return UNPACK[coding](answer.read()).decode()


@pytest.mark.parametrize("query", ["", "?lang=zh-Hant", "?lang=pl&touchpoint=kasa+nr+2&score=3"])
def test_every_reader_gets_the_same_page_but_for_the_key(page, query):
    pages, keys = set(), set()
    for coding in UNPACK:
        for _ in range(4):
            text = fetch(page + query, coding)
            (key,) = KEY.findall(text)
            keys.add(key)
            pages.add(text.replace(key, "-"))
    assert len(keys) == 12, "a key was given twice"
    assert len(pages) == 1, "the packed page differs from the one that was rendered"
    assert pages.pop().rstrip().endswith("</html>")


def test_what_a_reader_filled_in_is_not_shown_to_the_next(page):
    for _ in range(3):
        assert "my own words" in fetch(page + "?comment=my+own+words", "gzip")
        assert "my own words" not in fetch(page, "gzip")
