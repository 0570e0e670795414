"""The HTML of a folder's page, made in pieces where the folder is large."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import islice
from typing import Final

from caraway.webdav.page.text import (
    format_count,
    format_size,
    format_time,
    natural_order,
    shown_name,
)
from caraway.webdav.paths import Path, escape_name, format_path
from caraway.webdav.store.interface import Entry

#: Members of a folder that are kept and sorted as people do. Of larger folders the files are
#: listed a second time instead, in the order of the store.
HELD: Final = 2000
#: Rows made at once, a few milliseconds of the event loop. They are a group of the table, of which
#: a browser lays out only those that can be seen.
_ROWS: Final = 250
_ROOT: Final = "Shared folder"
_ICON: Final = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath fill='%230f766e' d='M1 4a2 2 0 0 1 2-2h3.2l2 2H13a2 2 0 0 1 2 2v6"
    "a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2z'/%3E%3C/svg%3E"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the policy a browser has to keep while showing it.

    Attributes:
        body: Bytes, or an iterator of pieces for a large folder; none is empty.
    """

    body: bytes | Iterator[bytes]
    content_security_policy: str


def render_page(
    path: Path, list_members: Callable[[], Iterable[Entry]], *, writable: bool, held: int = HELD
) -> Page:
    """The page of the folder at ``path``. It takes a while where many are in it.

    Args:
        list_members: Lists the members. For a folder of more than ``held``
            files it is called again while the page is being sent, so that
            memory is needed for its folders only.
        writable: Offer changes; without it the page says that it can only be read.
    """
    survey = _Survey(list_members(), held)
    assets = _assets(writable=writable)
    head = _head(path, survey, assets, writable=writable)
    foot = f"</main>\n{assets.tail}</body>\n</html>\n"
    if survey.files is None:
        pieces = _stream(head + _LARGE, survey.folders, list_members, _TABLE_END + foot)
        return Page(pieces, assets.policy)
    if survey.is_empty:
        table = '<p class="empty">This folder is empty.</p>\n'
    else:
        table = _TABLE + _group(survey.folders + survey.files) + _TABLE_END
    return Page(_encode(head + table + foot), assets.policy)


class _Survey:
    """What is in a folder: counted, its folders sorted, its files too unless they are many."""

    def __init__(self, members: Iterable[Entry], held: int) -> None:
        self.folders: list[Entry] = []
        self.files: list[Entry] | None = []
        self.count = 0
        self.size = 0
        for entry in members:
            if entry.is_collection:
                self.folders.append(entry)
            else:
                self.count += 1
                self.size += entry.size
                if self.files is not None:
                    self.files.append(entry)
            if self.count + len(self.folders) > held:
                self.files = None
        self.folders.sort(key=natural_order)
        if self.files is not None:
            self.files.sort(key=natural_order)

    @property
    def is_empty(self) -> bool:
        return not self.count and not self.folders

    def summary(self) -> str:
        """How much there is, as escaped text."""
        parts = []
        if self.folders:
            parts.append(format_count(len(self.folders), "folder", "folders"))
        if self.count:
            parts.append(format_count(self.count, "file", "files"))
            exactly = format_count(self.size, "byte", "bytes")
            parts.append(f'<span title="{exactly}">{format_size(self.size)}</span>')
        return ", ".join(parts) or "Nothing here"


def _stream(
    before: str, folders: list[Entry], list_members: Callable[[], Iterable[Entry]], after: str
) -> Iterator[bytes]:
    yield _encode(before)
    for entries in (iter(folders), (each for each in list_members() if not each.is_collection)):
        while group := list(islice(entries, _ROWS)):
            yield _encode(_group(group))
    yield _encode(after)


def _encode(text: str) -> bytes:
    return text.encode("utf-8")


# Parts that are the same on every page


@dataclass(frozen=True, slots=True)
class _Assets:
    style: str
    tools: str
    tail: str
    policy: str


@cache
def _assets(*, writable: bool) -> _Assets:
    """Style, scripts and what they need, and the policy that allows just these."""
    style = _asset("page.css")
    scripts = [_asset("view.js")]
    tools = tail = ""
    if writable:
        scripts += [_asset("change.js"), _asset("upload.js")]
        tools, tail = _asset("tools.html"), _asset("dialogs.html")
    directives = {
        "default-src": "'none'",
        "style-src": _hash(style),
        "script-src": " ".join(map(_hash, scripts)),
        "img-src": "data:",
        "connect-src": "'self'" if writable else "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    tail += "".join(f"<script>{script}</script>\n" for script in scripts)
    policy = "; ".join(f"{name} {value}" for name, value in directives.items())
    return _Assets(style, tools, tail, policy)


def _asset(name: str) -> str:
    # Imports much that a server without visitors never needs.
    from importlib.resources import files

    return files("caraway.webdav.page").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# Parts that tell of the folder


def _head(path: Path, survey: _Survey, assets: _Assets, *, writable: bool) -> str:
    title = escape(shown_name(path[-1])) if path else _ROOT
    mode = "" if writable else '<span class="badge">Read only</span>'
    up = ""
    if path:
        href = escape(format_path(path[:-1], is_collection=True))
        up = f'<a class="up" href="{href}">Up</a>'
    bar = f"{up}<p>{survey.summary()}</p>"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="{_ICON}">\n'
        f"<style>{assets.style}</style>\n</head>\n<body>\n<header>\n"
        f'<nav aria-label="Where you are">{_breadcrumbs(path)}</nav>\n{mode}{assets.tools}'
        f'</header>\n<main tabindex="-1">\n<div class="bar">{bar}</div>\n'
    )


def _breadcrumbs(path: Path) -> str:
    crumbs = [("/", _ROOT)]
    for index, name in enumerate(path):
        crumbs.append((format_path(path[: index + 1], is_collection=True), shown_name(name)))
    last = len(crumbs) - 1
    return "<ol>{}</ol>".format(
        "".join(
            f'<li><a href="{escape(href)}"{_CURRENT if index == last else ""}>'
            f"<bdi>{escape(name)}</bdi></a></li>"
            for index, (href, name) in enumerate(crumbs)
        )
    )


_CURRENT: Final = ' aria-current="page"'


_HEADINGS: Final = (
    '<thead><tr><th scope="col" class="name">Name</th><th scope="col" class="size">Size</th>'
    '<th scope="col" class="time">Changed <small>(UTC)</small></th></tr></thead>\n'
)
_TABLE: Final = f"<table>\n{_HEADINGS}"
_LARGE: Final = f'<table class="large">\n{_HEADINGS}'
_TABLE_END: Final = "</table>\n"


def _group(entries: Iterable[Entry]) -> str:
    return f"<tbody>\n{''.join(map(_row, entries))}</tbody>\n"


def _row(entry: Entry) -> str:
    href = escape(escape_name(entry.name))
    name = escape(shown_name(entry.name))
    precise, time = format_time(entry)
    time = f'<td class="time"><time datetime="{precise}">{time}</time></td></tr>\n'
    if entry.is_collection:
        return (
            f'<tr class="folder"><td class="name"><a href="./{href}/"><bdi>{name}</bdi></a></td>'
            f'<td class="size"></td>{time}'
        )
    exactly = format_count(entry.size, "byte", "bytes")
    return (
        f'<tr><td class="name"><a href="./{href}"><bdi>{name}</bdi></a></td>'
        f'<td class="size"><data value="{entry.size}" title="{exactly}">'
        f"{format_size(entry.size)}</data></td>{time}"
    )
