"""What a page says of an entry: its name, size and time in words for people."""

from __future__ import annotations

import re
from typing import Final

from caraway.webdav.http.dates import format_iso
from caraway.webdav.store.interface import Entry

_UNITS: Final = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_DIGITS: Final = re.compile("([0-9]+)")
_SECOND_NS: Final = 1_000_000_000

#: Characters that would hide what a name is: controls show as pictures of
#: themselves, and what turns the direction of writing as a replacement.
_VISIBLE: Final = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **dict.fromkeys((*range(0x80, 0xA0), *range(0x200E, 0x2010), *range(0x2028, 0x202F)), 0xFFFD),
    **dict.fromkeys(range(0x2066, 0x206A), 0xFFFD),
}


def shown_name(name: str) -> str:
    """A name for people, not escaped: what is no text, or would mislead, shows as such.

    >>> shown_name("two\\nlines"), shown_name("\\udcff")
    ('two␊lines', '�')
    """
    if name.isascii() and name.isprintable():
        return name
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text.translate(_VISIBLE)


def format_size(size: int) -> str:
    """A size for people.

    >>> format_size(999), format_size(1536), format_size(1)
    ('999 bytes', '1.5 KiB', '1 byte')
    """
    if size == 1:
        return "1 byte"
    value, unit = float(size), 0
    # What would round to 1024.0 is one of the next unit.
    while value >= 1023.95 and unit < len(_UNITS) - 1:
        value /= 1024
        unit += 1
    return f"{size} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def format_time(entry: Entry) -> tuple[str, str]:
    """When it changed, in UTC: for programs and for people."""
    text = format_iso(entry.mtime_ns // _SECOND_NS)
    return text, f"{text[:10]} {text[11:16]}"


def format_count(count: int, one: str, many: str) -> str:
    """A number with its noun.

    >>> format_count(1, "file", "files"), format_count(1200, "file", "files")
    ('1 file', '1,200 files')
    """
    return f"{count:,} {one if count == 1 else many}"


def natural_order(entry: Entry) -> tuple[object, ...]:
    """Sorts as people do: case aside, and ``a10`` behind ``a9``."""
    parts: list[object] = list(_DIGITS.split(entry.name.casefold()))
    for index in range(1, len(parts), 2):
        digits = str(parts[index]).lstrip("0")
        # No int(): it refuses numbers of more than 4,300 digits.
        parts[index] = (len(digits), digits)
    return (*parts, entry.name)
