from __future__ import annotations

import pytest

from caraway.webdav.http.writer import (
    CONTINUE,
    LAST_CHUNK,
    PHRASES,
    has_body,
    write_chunk,
    write_head,
)

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


class TestHead:
    """RFC 9112 §4"""

    def test_it_is_written_in_order(self) -> None:
        head = write_head(
            207, [("DAV", "1"), ("X-Own", "\xfc\t")], date=DATE, length=5, connection="close"
        )
        assert head == (
            b"HTTP/1.1 207 Multi-Status\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            b"DAV: 1\r\nX-Own: \xfc\t\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"
        )

    def test_a_body_may_be_chunked_or_have_no_length(self) -> None:
        """RFC 9112 §6"""
        assert write_head(200, [], date="", chunked=True) == (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        assert write_head(304, [], date="") == b"HTTP/1.1 304 Not Modified\r\n\r\n"
        with pytest.raises(ValueError, match="a length, 5, and chunks"):
            write_head(200, [], date="", length=5, chunked=True)

    @pytest.mark.parametrize("status", [102, 207, 208, 422, 423, 424, 507, 508])
    def test_statuses_of_webdav_have_words(self, status: int) -> None:
        """RFC 4918 §11"""
        assert PHRASES[status].encode() in write_head(status, [], date="")

    def test_other_statuses_have_none(self) -> None:
        assert write_head(299, [], date="") == b"HTTP/1.1 299 \r\n\r\n"

    @pytest.mark.parametrize("status", [0, 99, 600, 1000])
    def test_what_is_no_status_is_refused(self, status: int) -> None:
        with pytest.raises(ValueError, match=f"status {status} is not"):
            write_head(status, [], date="")

    @pytest.mark.parametrize(
        "value", ["a\r\nb: c", "a\rb", "a\nb", "\0", "\x7f", "\u20ac", "a\u2028"]
    )
    def test_values_cannot_smuggle_fields(self, value: str) -> None:
        """RFC 9110 §5.5"""
        with pytest.raises(ValueError, match="X-Own with a character"):
            write_head(200, [("X-Own", value)], date="")

    @pytest.mark.parametrize("name", ["", "a b", "a:", "a\r\n", "\xfc"])
    def test_names_are_tokens(self, name: str) -> None:
        """RFC 9110 §5.1"""
        with pytest.raises(ValueError, match="not a token"):
            write_head(200, [(name, "")], date="")


class TestBody:
    def test_chunks(self) -> None:
        """RFC 9112 §7.1"""
        assert write_chunk(memoryview(bytes(26))) == b"1a\r\n" + bytes(26) + b"\r\n"
        assert LAST_CHUNK == b"0\r\n\r\n"

    def test_an_empty_chunk_would_end_the_body(self) -> None:
        assert write_chunk(b"") == b""

    @pytest.mark.parametrize(
        ("method", "status", "expected"),
        [
            ("GET", 200, True),
            ("PROPFIND", 207, True),
            ("DELETE", 404, True),
            ("HEAD", 200, False),
            ("PUT", 204, False),
            ("GET", 304, False),
            ("PUT", 100, False),
        ],
    )
    def test_which_answers_have_one(self, method: str, status: int, expected: bool) -> None:
        """RFC 9112 §6.3"""
        assert has_body(method, status) == expected

    def test_continue_is_a_head_alone(self) -> None:
        """RFC 9110 §15.2.1"""
        assert write_head(100, [], date="") == CONTINUE
