from __future__ import annotations

from datetime import UTC, datetime
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.http.dates import (
    format_http_date,
    format_iso,
    parse_http_date,
    parse_iso,
    whole_seconds,
)

#: 1 January 0001 and the last second of 9999.
FIRST, LAST = -62_135_596_800, 253_402_300_799
RFC_DATE = 784_111_777
NOW = 1_800_000_000.5


class TestHttpDates:
    """RFC 9110 §5.6.7"""

    @pytest.mark.parametrize(
        "text",
        [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ],
    )
    def test_all_three_forms_are_read(self, text: str) -> None:
        assert parse_http_date(text, now=NOW) == RFC_DATE

    @given(st.integers(0, LAST))
    def test_what_is_written_is_what_others_write_and_we_read(self, time_s: int) -> None:
        text = format_http_date(time_s)
        assert text == formatdate(time_s, usegmt=True)
        assert parse_http_date(text) == time_s

    @given(st.integers(FIRST, LAST))
    def test_times_before_1970_make_the_round_trip_too(self, time_s: int) -> None:
        assert parse_http_date(format_http_date(time_s)) == time_s

    def test_times_without_a_date_are_held_to_the_nearest(self) -> None:
        assert format_http_date(LAST + 1) == format_http_date(LAST)
        assert format_http_date(FIRST - 1) == "Mon, 01 Jan 0001 00:00:00 GMT"

    @pytest.mark.parametrize(
        ("year", "full"), [("94", 1994), ("76", 2076), ("77", 2077), ("78", 1978)]
    )
    def test_two_digits_are_at_most_50_years_ahead(self, year: str, full: int) -> None:
        text = f"Sunday, 06-Nov-{year} 08:49:37 GMT"
        expected = int(datetime(full, 11, 6, 8, 49, 37, tzinfo=UTC).timestamp())
        assert parse_http_date(text, now=NOW) == expected

    def test_a_leap_second_is_the_one_before(self) -> None:
        assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_799

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "0",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 0000 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
            "Sunday, 31-Feb-94 08:49:37 GMT",
            "Sun Nov  0 08:49:37 1994",
            "x" * 10_000,
        ],
    )
    def test_anything_else_is_no_date(self, text: str) -> None:
        assert parse_http_date(text, now=NOW) is None


class TestIso:
    """RFC 3339; RFC 4918 §15.1"""

    @given(st.integers(0, LAST))
    def test_what_is_written_is_what_others_write_and_we_read(self, time_s: int) -> None:
        text = format_iso(time_s)
        assert text == datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(
            20, "0"
        )
        assert parse_iso(text) == time_s * 10**9

    @pytest.mark.parametrize(
        ("text", "time_ns"),
        [
            ("1994-11-06T08:49:37Z", RFC_DATE * 10**9),
            ("1994-11-06t08:49:37z", RFC_DATE * 10**9),
            ("1994-11-06 03:19:37-05:30", RFC_DATE * 10**9),
            ("1994-11-06T14:19:37.25+05:30", RFC_DATE * 10**9 + 250_000_000),
            ("1970-01-01T00:00:00.0000000019Z", 1),
        ],
    )
    def test_zones_and_fractions_are_read(self, text: str, time_ns: int) -> None:
        assert parse_iso(text) == time_ns

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1994-11-06",
            "1994-11-06T08:49:37",
            "1994-13-06T08:49:37Z",
            "1994-11-31T08:49:37Z",
            "1994-11-06T24:49:37Z",
            "1994-11-06T08:49:37+24:00",
            "1994-11-06T08:49:37+00:60",
            "1994-11-06T08:49:37.Z",
        ],
    )
    def test_anything_else_is_none(self, text: str) -> None:
        assert parse_iso(text) is None


def test_a_time_lies_in_the_second_that_has_begun() -> None:
    assert [whole_seconds(ns) for ns in (0, 999_999_999, 10**9, -1)] == [0, 0, 1, -1]
