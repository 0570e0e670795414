"""The page of a folder: names are escaped, links lead back, nothing foreign is loaded."""

from __future__ import annotations

import pytest

from caraway.webdav.page import format_size, render_page
from caraway.webdav.store.interface import Entry


def _entry(name: str, *, is_collection: bool = False, size: int = 0) -> Entry:
    return Entry(name, is_collection, size, 784111777 * 10**9, 0, "e")


def test_folders_come_first_and_names_are_escaped() -> None:
    members = [_entry("<b>&", size=1536), _entry("z", is_collection=True)]
    html = render_page(("a & b",), members, writable=True).body.decode()
    assert html.index('href="./z/"') < html.index('href="./%3Cb%3E%26"')
    assert "&lt;b&gt;&amp;" in html
    assert "<b>" not in html
    assert 'href="/a%20%26%20b/"' in html
    assert "1.5 KiB" in html
    assert "1994-11-06 08:49" in html
    assert "can only be read" not in html


def test_an_empty_root_that_is_read_only() -> None:
    page = render_page((), [], writable=False)
    assert b"This folder is empty." in page.body
    assert b"can only be read" in page.body
    assert "default-src 'none'" in page.content_security_policy


def test_a_name_that_is_no_text_can_be_seen_and_followed() -> None:
    html = render_page((), [_entry("\udcff")], writable=False).body.decode()
    assert 'href="./%FF"' in html
    assert "\ufffd" in html


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1 << 20, "1.0 MiB")],
)
def test_sizes(size: int, text: str) -> None:
    assert format_size(size) == text


def test_a_size_beyond_all_units() -> None:
    assert format_size(1 << 90).endswith(" EiB")
