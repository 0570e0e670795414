"""Dates as HTTP and WebDAV write them.

Times are integers: seconds or nanoseconds since 1970, UTC. Years 0001 to 9999
have a written form; times outside are held to the nearest that has one.

Source: RFC 9110 §5.6.7; RFC 4918 §15.1, which takes RFC 3339.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS: Final = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_MONTH_NUMBERS: Final = {name: number for number, name in enumerate(_MONTHS, 1)}

_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_S: Final = 86_400
_FIRST_S: Final = (1 - _EPOCH) * _DAY_S
_LAST_S: Final = (date.max.toordinal() - _EPOCH + 1) * _DAY_S - 1
_SECOND_NS: Final = 1_000_000_000

_DAY: Final = "|".join(_DAYS)
_MONTH: Final = "|".join(_MONTHS)
_CLOCK: Final = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
# Sun, 06 Nov 1994 08:49:37 GMT
_IMF: Final = re.compile(
    rf"(?:{_DAY}), (?P<day>[0-9]{{2}}) (?P<month>{_MONTH}) (?P<year>[0-9]{{4}}) {_CLOCK} GMT"
)
# Sunday, 06-Nov-94 08:49:37 GMT
_RFC_850: Final = re.compile(
    rf"(?:{_LONG_DAYS}), (?P<day>[0-9]{{2}})-(?P<month>{_MONTH})-(?P<year>[0-9]{{2}}) {_CLOCK} GMT"
)
# Sun Nov  6 08:49:37 1994
_ASCTIME: Final = re.compile(
    rf"(?:{_DAY}) (?P<month>{_MONTH}) (?P<day>[ 0-9][0-9]) {_CLOCK} (?P<year>[0-9]{{4}})"
)
#: Longer texts are no dates; refused before they are kept in a cache.
_LONGEST: Final = len("Wednesday, 06-Nov-94 08:49:37 GMT")
_ISO: Final = re.compile(
    rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})[Tt ]{_CLOCK}"
    r"(?:\.(?P<fraction>[0-9]{1,9})[0-9]*)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<zone_hour>[0-9]{2}):(?P<zone_minute>[0-9]{2}))",
    re.ASCII,
)


@lru_cache(maxsize=1024)
def format_http_date(time_s: int) -> str:
    """A time as HTTP wants it sent. The last results are kept: Date repeats, and so do files.

    >>> format_http_date(784111777)
    'Sun, 06 Nov 1994 08:49:37 GMT'
    """
    day, clock = _split(time_s)
    on = date.fromordinal(day)
    return (
        f"{_DAYS[on.weekday()]}, {on.day:02} {_MONTHS[on.month - 1]} {on.year:04} "
        f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02} GMT"
    )


@lru_cache(maxsize=1024)
def format_iso(time_s: int) -> str:
    """A time as RFC 3339 writes it, the form of ``creationdate``.

    >>> format_iso(784111777)
    '1994-11-06T08:49:37Z'
    """
    day, clock = _split(time_s)
    on = date.fromordinal(day).isoformat()
    return f"{on}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}Z"


def _split(time_s: int) -> tuple[int, int]:
    """The day as an ordinal and the second of the day."""
    days, clock = divmod(min(max(time_s, _FIRST_S), _LAST_S), _DAY_S)
    return days + _EPOCH, clock


def parse_http_date(text: str, *, now: float = 0.0) -> int | None:
    """The seconds of a date in any of the three forms of HTTP; None if it is none of them.

    Args:
        now: Seconds since 1970, to tell the century of a year of two digits:
            the last that is not more than 50 years ahead.

    >>> parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now=1e9)
    784111777
    """
    if len(text) > _LONGEST:
        return None
    found = _RFC_850.fullmatch(text)
    if found is None:
        return _parse_full_year(text)
    this_year = date.fromordinal(_split(int(now))[0]).year
    year = int(found["year"])
    year += (this_year + 50 - year) // 100 * 100
    return _seconds(found, year, _MONTH_NUMBERS[found["month"]])


@lru_cache(maxsize=256)
def _parse_full_year(text: str) -> int | None:
    found = _IMF.fullmatch(text) or _ASCTIME.fullmatch(text)
    if found is None:
        return None
    return _seconds(found, int(found["year"]), _MONTH_NUMBERS[found["month"]])


def parse_iso(text: str) -> int | None:
    """The nanoseconds of an RFC 3339 time with its zone; None if it is none.

    >>> parse_iso("1994-11-06T09:49:37.5+01:00")
    784111777500000000
    """
    found = _ISO.fullmatch(text)
    if not found:
        return None
    seconds = _seconds(found, int(found["year"]), int(found["month"]))
    if seconds is None:
        return None
    if found["sign"]:
        hour, minute = int(found["zone_hour"]), int(found["zone_minute"])
        if hour > 23 or minute > 59:
            return None
        offset = hour * 3600 + minute * 60
        seconds += offset if found["sign"] == "-" else -offset
    return seconds * _SECOND_NS + int((found["fraction"] or "0").ljust(9, "0"))


def _seconds(found: re.Match[str], year: int, month: int) -> int | None:
    """Seconds since 1970, or None where there is no such day or time of day.

    The name of the day is not compared: it says nothing that the date does not.
    """
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    # RFC 9110 allows the leap second, which a count of seconds does not have.
    if hour > 23 or minute > 59 or second > 60:
        return None
    try:
        day = date(year, month, int(found["day"])).toordinal()
    except ValueError:
        return None
    return (day - _EPOCH) * _DAY_S + hour * 3600 + minute * 60 + min(second, 59)


def whole_seconds(time_ns: int) -> int:
    """The second in which a time lies: what HTTP can say of it.

    >>> whole_seconds(1_999_999_999), whole_seconds(-1)
    (1, -1)
    """
    return time_ns // _SECOND_NS
