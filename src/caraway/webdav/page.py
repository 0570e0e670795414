"""The page of a folder: what a person sees who opens the share in a browser."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from caraway.webdav.paths import Path, escape_name, format_path
from caraway.webdav.store.interface import Entry

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
nav { font-size: 1.25rem; overflow-wrap: anywhere }
a { text-decoration: none } a:hover { text-decoration: underline }
table { width: 100%; border-collapse: collapse; margin-top: 1rem }
th { text-align: left; font-weight: 600 }
th, td { padding: .35rem .5rem; border-bottom: 1px solid #8884 }
td.name { overflow-wrap: anywhere }
td.size, th.size { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
td.time { white-space: nowrap; opacity: .75 }
p.empty { opacity: .75 }
"""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the policy a browser has to keep while showing it."""

    body: bytes
    content_security_policy: str


def render_page(path: Path, members: Iterable[Entry], *, writable: bool) -> Page:
    """The page of the folder at ``path``.

    Args:
        writable: Say so; without it the page says that it can only be read.
    """
    entries = sorted(members, key=lambda entry: not entry.is_collection)
    rows = "".join(map(_row, entries))
    listing = (
        '<table><thead><tr><th>Name</th><th class="size">Size</th><th>Changed (UTC)</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
        if rows
        else '<p class="empty">This folder is empty.</p>'
    )
    title = escape(_shown(path[-1])) if path else "Shared folder"
    mode = "" if writable else "<p>This share can only be read.</p>"
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><nav>{_breadcrumbs(path)}</nav>"
        f"{mode}{listing}</body></html>"
    )
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return Page(html.encode("utf-8"), policy)


def _shown(name: str) -> str:
    """A name for people: bytes that are not UTF-8 show as what they are not."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _breadcrumbs(path: Path) -> str:
    crumbs = ['<a href="/">Shared folder</a>']
    for index, name in enumerate(path):
        href = format_path(path[: index + 1], is_collection=True)
        crumbs.append(f'<a href="{escape(href)}">{escape(_shown(name))}</a>')
    return " / ".join(crumbs)


def _row(entry: Entry) -> str:
    href = "./" + escape_name(entry.name) + ("/" if entry.is_collection else "")
    name = escape(_shown(entry.name)) + ("/" if entry.is_collection else "")
    size = "" if entry.is_collection else format_size(entry.size)
    changed = datetime.fromtimestamp(entry.mtime_ns // 1_000_000_000, UTC)
    return (
        f'<tr><td class="name"><a href="{escape(href)}">{name}</a></td>'
        f'<td class="size">{size}</td>'
        f'<td class="time">{changed:%Y-%m-%d %H:%M}</td></tr>'
    )


def format_size(size: int) -> str:
    """A size for people.

    >>> format_size(999), format_size(1536), format_size(1)
    ('999 bytes', '1.5 KiB', '1 byte')
    """
    if size == 1:
        return "1 byte"
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value /= 1024
        unit += 1
    return f"{size} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"
