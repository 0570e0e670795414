from __future__ import annotations

from email import message_from_bytes
from email.policy import HTTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.http.ranges import (
    MAX_RANGES,
    Multipart,
    Range,
    if_range_holds,
    parse_content_range,
    parse_update_range,
    select_ranges,
)

MTIME = 784_111_777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


class TestRange:
    """RFC 9110 §14.1, §14.2"""

    @pytest.mark.parametrize(
        ("text", "ranges"),
        [
            ("bytes=0-0", [(0, 1)]),
            ("bytes=2-4", [(2, 5)]),
            ("bytes=4-", [(4, 10)]),
            ("bytes=-3", [(7, 10)]),
            ("bytes=-30", [(0, 10)]),
            ("bytes=5-99999999999999999999999", [(5, 10)]),
            ("Bytes = 000000000000000000000000003-4", [(3, 5)]),
            ("bytes=0-0,-1", [(0, 1), (9, 10)]),
            ("bytes= , 8-9 ,, 0-1,", [(8, 10), (0, 2)]),
            ("bytes=0-1,20-30", [(0, 2)]),
            ("bytes=0-1,-0", [(0, 2)]),
            ("bytes=0-1,2-3", [(0, 2), (2, 4)]),
        ],
    )
    def test_single_open_suffix_and_several(self, text: str, ranges: list[Range]) -> None:
        assert select_ranges(text, 10) == ranges

    @pytest.mark.parametrize(
        ("text", "ranges"),
        [
            ("bytes=0-5,4-8", [(0, 9)]),
            ("bytes=8-9,4-6,0-5", [(8, 10), (0, 7)]),
            ("bytes=4-5,0-9,8-8", [(0, 10)]),
            ("bytes=9-9,0-0,-2", [(8, 10), (0, 1)]),
        ],
    )
    def test_overlapping_ones_are_joined(self, text: str, ranges: list[Range]) -> None:
        """RFC 9110 §15.3.7.2"""
        assert select_ranges(text, 10) == ranges

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "lines=0-1",
            "bytes=-",
            "bytes=a-b",
            "bytes=4-2",
            "bytes=0-1,4-2",
            "bytes=0--1",
            "bytes=+1-2",
            "bytes=1 - 2",
            "bytes=\xb2-",
            "bytes=0-1;2-3",
        ],
    )
    def test_other_units_and_broken_syntax_are_ignored(self, text: str) -> None:
        assert select_ranges(text, 10) is None

    def test_too_many_are_ignored(self) -> None:
        """RFC 9110 §17.15"""
        ranges = [f"{place}-{place}" for place in range(0, 2 * MAX_RANGES, 2)]
        found = select_ranges("bytes=" + ",".join(ranges), 1000)
        assert found is not None
        assert len(found) == MAX_RANGES
        assert select_ranges("bytes=" + ",".join([*ranges, "900-"]), 1000) is None

    @pytest.mark.parametrize(
        ("text", "size"),
        [
            ("bytes=10-", 10),
            ("bytes=-0", 10),
            ("bytes=20-30,40-", 10),
            ("bytes=0-", 0),
            ("bytes=9" + "9" * 5000 + "-", 10),
        ],
    )
    def test_those_outside_are_416(self, text: str, size: int) -> None:
        """RFC 9110 §15.5.17"""
        with pytest.raises(HTTPError, match=f"no part of {size} bytes") as caught:
            select_ranges(text, size)
        assert caught.value.status == 416
        assert caught.value.headers == (("Content-Range", f"bytes */{size}"),)

    def test_the_end_of_an_empty_file_is_the_whole_of_it(self) -> None:
        assert select_ranges("bytes=-5", 0) is None

    @given(
        st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6),
        st.integers(1, 20),
    )
    def test_exactly_what_was_asked_for_is_sent_and_nothing_twice(
        self, pairs: list[tuple[int, int]], size: int
    ) -> None:
        pairs = [(min(pair), max(pair)) for pair in pairs]
        asked = {place for first, last in pairs for place in range(first, min(last + 1, size))}
        text = "bytes=" + ",".join(f"{first}-{last}" for first, last in pairs)
        if not asked:
            with pytest.raises(HTTPError):
                select_ranges(text, size)
            return
        sent = [
            place for start, stop in select_ranges(text, size) or [] for place in range(start, stop)
        ]
        assert sorted(sent) == sorted(asked)


class TestIfRange:
    """RFC 9110 §13.1.5"""

    @pytest.mark.parametrize(
        ("text", "holds"),
        [
            ('"a"', True),
            ('"b"', False),
            ('W/"a"', False),
            ('"a", "b"', False),
            (DATE, True),
            ("Sun, 06 Nov 1994 08:49:38 GMT", False),
            ("Sun, 06 Nov 1994 08:49:36 GMT", False),
            ("nonsense", False),
            ("", False),
        ],
    )
    def test_the_tag_or_the_very_date(self, text: str, holds: bool) -> None:
        assert if_range_holds(text, etag='"a"', mtime_s=MTIME, now=MTIME + 100) == holds

    def test_a_date_within_the_second_proves_nothing(self) -> None:
        """RFC 9110 §8.8.2.2"""
        assert not if_range_holds(DATE, etag='"a"', mtime_s=MTIME, now=MTIME + 0.9)
        assert if_range_holds(DATE, etag='"a"', mtime_s=MTIME, now=MTIME + 1)

    def test_without_a_tag_none_is_the_same(self) -> None:
        assert not if_range_holds('""', etag="", mtime_s=MTIME, now=MTIME + 100)


class TestMultipart:
    """RFC 9110 §14.6"""

    @pytest.mark.parametrize("content_type", ["text/plain", ""])
    def test_others_can_read_it(self, content_type: str) -> None:
        content = b"0123456789"
        parts = Multipart([(0, 2), (7, 10)], len(content), content_type, "SEP")
        body = b"".join(
            parts.part_head(index) + content[start:stop]
            for index, (start, stop) in enumerate(parts.ranges)
        )
        body += parts.end
        assert len(body) == parts.length
        message = message_from_bytes(
            f"Content-Type: {parts.field}\r\n\r\n".encode() + body, policy=HTTP
        )
        read = list(message.iter_parts())
        assert [part["Content-Range"] for part in read] == ["bytes 0-1/10", "bytes 7-9/10"]
        assert [part["Content-Type"] for part in read] == [content_type or None] * 2
        assert [part.get_payload(decode=True) for part in read] == [b"01", b"789"]

    def test_it_begins_with_its_boundary(self) -> None:
        head = Multipart([(0, 1)], 5, "a/b", "SEP").part_head(0)
        assert head == b"--SEP\r\nContent-Type: a/b\r\nContent-Range: bytes 0-0/5\r\n\r\n"


class TestContentRange:
    """RFC 9110 §14.4, §14.5"""

    @pytest.mark.parametrize(
        ("text", "length", "expected"),
        [
            ("bytes 0-4/10", 5, ((0, 5), 10)),
            ("BYTES 5-9/10", None, ((5, 10), 10)),
            ("bytes 5-5/*", 1, ((5, 6), None)),
        ],
    )
    def test_where_a_body_belongs(
        self, text: str, length: int | None, expected: tuple[Range, int | None]
    ) -> None:
        assert parse_content_range(text, length) == expected

    @pytest.mark.parametrize(
        ("text", "length"),
        [
            ("", 0),
            ("bytes */10", None),
            ("bytes=0-4/10", 5),
            ("lines 0-4/10", 5),
            ("bytes 0-4", 5),
            ("bytes 4-0/10", None),
            ("bytes 0-10/10", 11),
            ("bytes 0-4/10", 4),
            ("bytes 0-99999999999999999999/*", None),
            ("bytes \u0660-4/10", 5),
        ],
    )
    def test_anything_else_is_refused(self, text: str, length: int | None) -> None:
        with pytest.raises(BadRequest):
            parse_content_range(text, length)


class TestUpdateRange:
    """The partial update of sabre/dav"""

    @pytest.mark.parametrize(
        ("text", "length", "offset"),
        [
            ("append", None, None),
            (" Append ", 5, None),
            ("bytes=2-4", 3, 2),
            ("bytes=2-", None, 2),
            ("bytes=20-", 1, 20),
            ("bytes=-3", 9, 7),
            ("bytes=-10", None, 0),
            ("bytes=-0", None, 10),
        ],
    )
    def test_where_a_body_goes(self, text: str, length: int | None, offset: int | None) -> None:
        assert parse_update_range(text, size=10, length=length) == offset

    @pytest.mark.parametrize(
        ("text", "length", "status"),
        [
            ("", 1, 400),
            ("2-4", 3, 400),
            ("bytes=", 1, 400),
            ("bytes=-", 1, 400),
            ("bytes=0-1,4-5", 4, 400),
            ("lines=2-", 1, 400),
            ("bytes=2-4", None, 411),
            ("bytes=2-4", 2, 416),
            ("bytes=4-3", 0, 416),
            ("bytes=-11", 1, 416),
            ("bytes=99999999999999999999-", 1, 416),
        ],
    )
    def test_what_does_not_fit_is_refused(self, text: str, length: int | None, status: int) -> None:
        with pytest.raises(HTTPError) as caught:
            parse_update_range(text, size=10, length=length)
        assert caught.value.status == status
