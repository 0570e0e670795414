"""The page of a folder: names are escaped, links lead where they say, nothing foreign is loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from caraway.webdav.page import render_page
from caraway.webdav.paths import Path, parse_path
from caraway.webdav.store.interface import Entry


def entry(name: str, *, is_collection: bool = False, size: int = 0) -> Entry:
    return Entry(name, is_collection, size, 784111777 * 10**9, 0, "e")


class Read(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.inline: dict[str, list[str]] = {"style": [], "script": []}
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self._inside = tag if tag != "bdi" else self._inside
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))
        elif tag in self.inline:
            self.inline[tag].append("")

    def handle_data(self, data: str) -> None:
        if self._inside in self.inline:
            self.inline[self._inside][-1] += data
        elif self._inside == "a" and self.links:
            href, text = self.links[-1]
            self.links[-1] = (href, text + data)

    def handle_endtag(self, tag: str) -> None:
        if tag != "bdi":
            self._inside = ""


def page(
    path: Path = (), *members: Entry, writable: bool = False, held: int = 2000
) -> tuple[str, str]:
    made = render_page(path, lambda: iter(members), writable=writable, held=held)
    if not isinstance(made.body, bytes):
        pieces = list(made.body)
        # An empty chunk would end the answer.
        assert all(pieces)
        return b"".join(pieces).decode(), made.content_security_policy
    return made.body.decode(), made.content_security_policy


def test_folders_come_first_with_sizes_and_dates() -> None:
    html, _ = page(("top",), entry("b", size=1536), entry("z", is_collection=True))
    assert Read(html).links == [
        ("/", "Shared folder"),
        ("/top/", "top"),
        ("/", "Up"),
        ("./z/", "z"),
        ("./b", "b"),
    ]
    assert '<data value="1536" title="1,536 bytes">1.5 KiB</data>' in html
    assert '<time datetime="1994-11-06T08:49:37Z">1994-11-06 08:49</time>' in html
    assert '1 folder, 1 file, <span title="1,536 bytes">1.5 KiB</span>' in html


HOSTILE = [
    "<script>alert(1)",
    "\"'><img src=x onerror=alert(1)>",
    "<title><style><b>",
    "<!--",
    "a&amp;b",
    "new\nline",
    "\udcff\udc80",
    "javascript:alert(1)",
    "%2e%2e",
    "?query#fragment",
    "back\\slash",
    "{{7*7}}${7}",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("is_collection", [True, False])
def test_any_name_is_text_and_its_link_leads_to_it(name: str, is_collection: bool) -> None:
    plain = Read(page((), entry("plain", is_collection=is_collection))[0])
    found = Read(page((), entry(name, is_collection=is_collection))[0])
    assert found.tags == plain.tags
    assert not [each for each, _ in found.attributes if each.startswith("on")]
    href, _ = found.links[-1]
    assert href.startswith("./")
    assert parse_path(href[1:]) == (name,)
    assert href.endswith("/") is is_collection


@pytest.mark.parametrize("name", HOSTILE)
def test_a_folder_of_any_name_has_a_page(name: str) -> None:
    found = Read(page((name, "in"), entry("x"))[0])
    assert [parse_path(href) for href, _ in found.links[:4]] == [
        (),
        (name,),
        (name, "in"),
        (name,),
    ]
    assert found.tags == Read(page(("plain", "in"), entry("x"))[0]).tags


@pytest.mark.parametrize("writable", [True, False])
def test_the_policy_allows_what_is_on_the_page_and_nothing_else(writable: bool) -> None:
    html, policy = page((), entry("a"), writable=writable)
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    found = Read(html)
    for tag in ("style", "script"):
        allowed = directives[f"{tag}-src"].split()
        hashes = [hashlib.sha256(text.encode()).digest() for text in found.inline[tag]]
        assert allowed == [f"'sha256-{base64.b64encode(each).decode()}'" for each in hashes]
    assert directives["connect-src"] == ("'self'" if writable else "'none'")
    for name in ("default-src", "base-uri", "form-action", "frame-ancestors", "trusted-types"):
        assert directives[name] == "'none'"
    assert not re.search(r"unsafe|\*|https?:", policy)


@pytest.mark.parametrize("writable", [True, False])
def test_nothing_is_loaded_from_anywhere(writable: bool) -> None:
    html, _ = page((), entry("a"), writable=writable)
    without_names = html.replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in without_names
    assert "https:" not in without_names
    assert not [value for name, value in Read(html).attributes if name == "src"]


def test_only_what_can_be_changed_offers_changes() -> None:
    html, _ = page((), entry("a"), writable=True)
    assert "New folder" in html
    assert "Read only" not in html
    html, _ = page((), entry("a"))
    assert "New folder" not in html
    assert "Read only" in html


def test_an_empty_folder_says_so() -> None:
    html, _ = page()
    assert "This folder is empty." in html
    assert "<table" not in html


def test_a_large_folder_is_made_in_pieces() -> None:
    """Its files are listed twice, so that they need not be kept."""
    members = [entry(f"f{number}", size=1) for number in range(600)]
    members.insert(300, entry("folder", is_collection=True))
    lists = 0

    def list_members() -> Iterator[Entry]:
        nonlocal lists
        lists += 1
        return iter(members)

    whole = render_page(("p",), list_members, writable=True)
    assert isinstance(whole.body, bytes)
    assert lists == 1
    made = render_page(("p",), list_members, writable=True, held=599)
    assert not isinstance(made.body, bytes)
    pieces = list(made.body)
    assert lists == 3
    assert len(pieces) == 6  # head, folders, three groups, foot
    assert all(pieces)
    links = sorted(Read(b"".join(pieces).decode()).links)
    assert links == sorted(Read(whole.body.decode()).links)
    text = b"".join(pieces).decode()
    assert text.index("./folder/") < text.index("./f0")
    assert "1 folder, 600 files, " in text
    assert made.content_security_policy == whole.content_security_policy


def test_a_large_folder_of_files_alone() -> None:
    html, _ = page((), entry("a"), entry("b"), held=1)
    assert [href for href, _ in Read(html).links] == ["/", "./a", "./b"]
