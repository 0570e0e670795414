"""Setting properties: what PROPPATCH, or MKCOL with properties, comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from caraway.webdav.http.dates import parse_http_date, parse_iso
from caraway.webdav.properties.live import APACHE, LIVE, MICROSOFT
from caraway.webdav.store.interface import Entry, PropertyName
from caraway.webdav.xml.answers import Propstat
from caraway.webdav.xml.parser import DAV, Element
from caraway.webdav.xml.requests import Change
from caraway.webdav.xml.writer import tag, write

_SECOND_NS: Final = 1_000_000_000
_PROTECTED: Final = (403, "cannot-modify-protected-property")
_WRONG_VALUE: Final = (409, None)
_TIMES: Final = frozenset(
    {
        (DAV, "getlastmodified"),
        (DAV, "lastmodified"),
        (MICROSOFT, "Win32LastModifiedTime"),
        (MICROSOFT, "Win32CreationTime"),
    }
)


@dataclass(slots=True)
class Plan:
    """What a set of changes comes to: all of it is to be done, or nothing.

    Attributes:
        names: All properties concerned, in the order they were named.
        refused: Why some cannot be changed: a status and a condition or None.
            If there are any, nothing is to be done.
        mtime_ns: The time of change to record; None to leave it.
        ctime_ns: The time of creation to record; None to leave it.
        executable: Whether the file may be run; None to leave it.
        dead: Dead properties to set, or to remove where the value is None.
    """

    names: tuple[PropertyName, ...]
    refused: dict[PropertyName, tuple[int, str | None]] = field(default_factory=dict)
    mtime_ns: int | None = None
    ctime_ns: int | None = None
    executable: bool | None = None
    dead: dict[PropertyName, str | None] = field(default_factory=dict)

    def propstats(self, status: int = 200) -> list[Propstat]:
        """What to answer: properties by their status.

        Args:
            status: What became of carrying it out, where nothing was refused.
        """
        groups: dict[tuple[int, str | None], list[str]] = {}
        for name in self.names:
            outcome = self.refused.get(name, (424 if self.refused else status, None))
            groups.setdefault(outcome, []).append(tag(name))
        return [
            Propstat(code, tuple(properties), condition)
            for (code, condition), properties in groups.items()
        ]


def plan_changes(changes: Iterable[Change], entry: Entry, *, is_new: bool = False) -> Plan:
    """What a PROPPATCH, or an extended MKCOL, comes to.

    Args:
        entry: The resource concerned.
        is_new: It is being made by MKCOL, which may name its ``resourcetype``.

    Source: RFC 4918 §9.2, §15; RFC 5689 §3.
    """
    listed = tuple(changes)
    plan = Plan(tuple(dict.fromkeys(change.name for change in listed)))
    for change in listed:
        refusal = _plan_change(plan, change, entry, is_new=is_new)
        if refusal:
            plan.refused.setdefault(change.name, refusal)
    return plan


def _plan_change(
    plan: Plan, change: Change, entry: Entry, *, is_new: bool
) -> tuple[int, str | None] | None:
    """Take one change into the plan, or tell why that cannot be."""
    name, value = change.name, change.value
    if is_new and name == (DAV, "resourcetype") and value is not None:
        types = [child.name for child in value.children]
        return None if types == [(DAV, "collection")] else (403, "valid-resourcetype")
    live = LIVE.get(name)
    if live and live.is_protected:
        return _PROTECTED
    if name in _TIMES:
        time_ns = _time_of(value) if value else None
        if value and time_ns is None:
            return _WRONG_VALUE
        if name == (MICROSOFT, "Win32CreationTime"):
            plan.ctime_ns = time_ns
        elif value is None:
            return _PROTECTED
        else:
            plan.mtime_ns = time_ns
            return None
    elif name == (APACHE, "executable"):
        text = value.text.strip() if value else ""
        if value is None or entry.is_collection or entry.executable is None:
            return _PROTECTED
        if text not in ("T", "F"):
            return _WRONG_VALUE
        plan.executable = text == "T"
        return None
    elif name == (MICROSOFT, "Win32FileAttributes") and value and not _is_hex(value.text.strip()):
        return _WRONG_VALUE
    plan.dead[name] = write(value) if value else None
    return None


def _time_of(value: Element) -> int | None:
    """Nanoseconds of a time in any form clients send; None if it is none."""
    text = value.text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 11:
        return int(text) * _SECOND_NS
    # With two digits for the year a file would go back a century.
    seconds = None if "-" in text else parse_http_date(text)
    return parse_iso(text) if seconds is None else seconds * _SECOND_NS


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 8 and all(char in "0123456789abcdefABCDEF" for char in text)
