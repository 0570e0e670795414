"""Amounts as people read them."""

from __future__ import annotations

from caraway.cli.folders.accesslog import escape
from caraway.webdav.server.interface import Transfer

__all__ = ["format_bytes", "format_count", "format_transfer"]

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def format_bytes(count: float) -> str:
    """Bytes in the unit that leaves one to three digits before the point.

    >>> format_bytes(999), format_bytes(1000), format_bytes(12_345_678)
    ('999 B', '1.0 kB', '12.3 MB')
    """
    unit = 0
    # What would be shown as 1000.0 goes up, too.
    while count >= (999.95 if unit else 1000) and unit < len(_UNITS) - 1:
        count /= 1000
        unit += 1
    return f"{count:.1f} {_UNITS[unit]}" if unit else f"{count:.0f} B"


def format_count(count: int, thing: str) -> str:
    """How many there are.

    >>> format_count(1, "transfer"), format_count(2, "transfer")
    ('1 transfer', '2 transfers')
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def format_transfer(transfer: Transfer) -> str:
    """How far a request is that is being answered, and what it is, whose name may be long.

    >>> format_transfer(Transfer("GET", "/a.iso", "192.0.2.1", 500_000, 2_000_000))
    '25 % of 2.0 MB: GET /a.iso, 192.0.2.1'
    """
    what = f"{transfer.method} {escape(transfer.target)}, {transfer.peer}"
    if transfer.size:
        return f"{transfer.moved * 100 // transfer.size} % of {format_bytes(transfer.size)}: {what}"
    return f"{format_bytes(transfer.moved)}: {what}" if transfer.moved else what
