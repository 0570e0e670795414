"""Locks as clients see them: the property ``lockdiscovery``."""

from __future__ import annotations

from collections.abc import Iterable

from caraway.webdav.locks.lock import Lock
from caraway.webdav.xml.answers import DECLARATION
from caraway.webdav.xml.writer import escape


def active_locks(locks: Iterable[Lock], *, now: float, prefix: str = "D:") -> str:
    """The XML inside ``lockdiscovery``.

    Source: RFC 4918 §15.8, §14.1.
    """
    p = prefix
    return "".join(
        [
            f"<{p}activelock><{p}locktype><{p}write/></{p}locktype>"
            f"<{p}lockscope><{p}{'exclusive' if lock.is_exclusive else 'shared'}/></{p}lockscope>"
            f"<{p}depth>{'infinity' if lock.is_deep else '0'}</{p}depth>{lock.owner}"
            f"<{p}timeout>Second-{lock.remaining_s(now)}</{p}timeout>"
            f"<{p}locktoken><{p}href>{escape(lock.token)}</{p}href></{p}locktoken>"
            f"<{p}lockroot><{p}href>{escape(lock.href)}</{p}href></{p}lockroot></{p}activelock>"
            for lock in locks
        ]
    )


def lock_body(locks: Iterable[Lock], *, now: float) -> bytes:
    """The body of the answer to a LOCK: the locks on the resource (RFC 4918 §9.10.1)."""
    return (
        f'{DECLARATION}<D:prop xmlns:D="DAV:"><D:lockdiscovery>'
        f"{active_locks(locks, now=now)}</D:lockdiscovery></D:prop>"
    ).encode()
