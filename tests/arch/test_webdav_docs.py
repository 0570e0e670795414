"""The table of limits in docs/webdav.md says what the code says."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path

from caraway.webdav import (
    ConnectionSettings,
    HttpLimits,
    LockLimits,
    Policy,
    Server,
    SnapshotLimits,
)

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "webdav.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)\.(\w+)` \| ([^|]+) \|", re.MULTILINE)
#: Fields that limit nothing by a number.
OTHERS = {"limits", "read_only", "hosts"}
BYTES = {
    *("max_line", "max_field", "max_field_bytes", "max_extension", "max_body", "owner_bytes"),
    *("body_at_once", "receive_buffer", "upload_at_once", "send_piece", "max_drain"),
    "total_bytes",
}


def shown(name: str, value: float) -> str:
    """A limit as the page has it."""
    if value == (1 << 63) - 1:
        return "what a file offset can hold"
    if name.endswith("_s"):
        return f"{value:,.0f} s"
    if name in BYTES:
        mib, rest = divmod(int(value), 1 << 20)
        return f"{mib} MiB" if not rest else f"{int(value) >> 10} KiB"
    return f"{value:,}"


def test_every_limit_is_told_as_it_is() -> None:
    expected = {}
    for kind in (HttpLimits, ConnectionSettings, Policy, LockLimits, SnapshotLimits):
        for field in fields(kind):
            if field.name not in OTHERS:
                value = getattr(kind(), field.name)
                expected[kind.__name__, field.name] = shown(field.name, value)
    for name, parameter in inspect.signature(Server).parameters.items():
        if name.startswith("max_"):
            expected["Server", name] = shown(name, parameter.default)
    found = {(kind, name): text.strip() for kind, name, text in ROW.findall(PAGE)}
    assert found == expected


def test_places_that_it_points_at_are_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert targets
    assert [each for each in targets if not (DOCS / each).exists()] == []


def test_sections_that_it_points_at_are_there() -> None:
    titles = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {title.lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
