from __future__ import annotations

import pytest

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.fields import SINGLE, HttpLimits, parse_fields, split_fields

LIMITS = HttpLimits()


def fields(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1")


def status(*lines: str, limits: HttpLimits = LIMITS) -> int:
    with pytest.raises(HTTPError) as caught:
        parse_fields(fields(*lines), limits)
    assert caught.value.close
    return caught.value.status


class TestSplitting:
    """RFC 9110 §5; RFC 9112 §5"""

    def test_names_are_lower_case_and_values_trimmed(self) -> None:
        block = fields(
            "Host:x", "dEpTh: \t1 \t", "X-Own:", "x-\xfc".replace("\xfc", "y") + ": \xfc"
        )
        assert split_fields(block, LIMITS) == {
            "host": "x",
            "depth": "1",
            "x-own": "",
            "x-y": "\xfc",
        }

    def test_no_fields_at_all(self) -> None:
        assert split_fields(b"", LIMITS) == {}

    def test_fields_that_are_lists_are_joined(self) -> None:
        """RFC 9110 §5.3"""
        block = fields('If-Match: "a"', "X: 1", 'if-match: "b"')
        assert split_fields(block, LIMITS) == {"if-match": '"a", "b"', "x": "1"}

    @pytest.mark.parametrize("name", sorted(SINGLE))
    def test_others_may_not_come_twice_even_if_equal(self, name: str) -> None:
        with pytest.raises(HTTPError, match=f"{name} comes twice") as caught:
            split_fields(fields(f"{name}: 1", f"{name.title()}: 1"), LIMITS)
        assert caught.value.status == 400

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("Host : x", "not a token"),
            (": x", "not a token"),
            ("X(: x", "not a token"),
            ("X\xfc: x", "not a token"),
            (" folded", "folded"),
            ("\tfolded: x", "folded"),
            ("X", "without a colon"),
            ("host", "without a colon"),
            ("", "without a colon"),
            ("X: \0", "control character"),
            ("X: \x7f", "control character"),
            ("X: a\rb", "control character"),
            ("X: a\nb", "control character"),
        ],
    )
    def test_broken_fields_are_refused(self, line: str, reason: str) -> None:
        with pytest.raises(HTTPError, match=reason) as caught:
            split_fields(fields("A: b", line), LIMITS)
        assert caught.value.status == 400
        assert caught.value.close

    def test_a_field_and_their_number_are_limited(self) -> None:
        """RFC 6585 §5"""
        limits = HttpLimits(max_field=10, max_fields=3)
        assert len(split_fields(fields("A: 4567890", "B: 4567890", "C:"), limits)) == 3
        assert status("A: 45678901", limits=limits) == 431
        assert status("A:", "B:", "C:", "D:", limits=limits) == 431


class TestHost:
    """RFC 9112 §3.2; RFC 9110 §7.2"""

    @pytest.mark.parametrize(
        "host",
        ["", "x", "x:80", "x:", "127.0.0.1:8080", "[::1]", "[fe80::1%25eth0]:9843", "a_b.local"],
    )
    def test_names_and_addresses_pass(self, host: str) -> None:
        assert parse_fields(fields(f"Host: {host}"), LIMITS).headers["host"] == host

    @pytest.mark.parametrize(
        "host", ["a b", "a/b", "u@x", "x:y", "x:123456", "[::1", "a,b:1:2", "\xfc", "a\tb"]
    )
    def test_anything_else_is_refused(self, host: str) -> None:
        assert status(f"Host: {host}") == 400


class TestLength:
    """RFC 9112 §6"""

    def test_content_length_counts_bytes(self) -> None:
        assert parse_fields(fields("Content-Length: 0042"), LIMITS).length == 42
        assert parse_fields(b"", LIMITS).length == 0

    def test_files_beyond_4_gib_pass(self) -> None:
        assert (
            parse_fields(fields("Content-Length: 9223372036854775807"), LIMITS).length == 2**63 - 1
        )

    @pytest.mark.parametrize(
        "text", ["", "+1", "-1", "1.0", "0x1", "1 1", "5, 5", "1_0", "\xb2", "a"]
    )
    def test_what_is_no_number_is_refused(self, text: str) -> None:
        assert status(f"Content-Length: {text}") == 400

    @pytest.mark.parametrize("text", ["9223372036854775808", "1" * 20, "9" * 5000])
    def test_too_much_is_413(self, text: str) -> None:
        assert status(f"Content-Length: {text}") == 413

    @pytest.mark.parametrize("text", ["chunked", "Chunked", " CHUNKED "])
    def test_chunked_has_no_length(self, text: str) -> None:
        assert parse_fields(fields(f"Transfer-Encoding: {text}"), LIMITS).length is None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "identity",
            "gzip",
            "gzip, chunked",
            "identity, chunked",
            "chunked, chunked",
            "chunked;a=b",
        ],
    )
    def test_other_codings_are_501(self, text: str) -> None:
        """RFC 9112 §6.1"""
        assert status(f"Transfer-Encoding: {text}") == 501

    def test_codings_in_two_fields_are_501(self) -> None:
        assert status("Transfer-Encoding: identity", "Transfer-Encoding: chunked") == 501

    def test_two_lengths_are_refused_in_any_form(self) -> None:
        """RFC 9112 §6.3, §11.2"""
        assert status("Content-Length: 1", "Content-Length: 1") == 400
        assert status("Content-Length: 1", "Transfer-Encoding: chunked") == 400
        assert status("Transfer-Encoding: identity", "Content-Length: 1") == 400


class TestConnection:
    """RFC 9112 §9.3"""

    @pytest.mark.parametrize(
        ("lines", "close", "persist"),
        [
            ([], False, False),
            (["Connection: close"], True, False),
            (["Connection: Keep-Alive"], False, True),
            (["Connection: TE,\tclose"], True, False),
            (["Connection: TE", "Connection: keep-alive"], False, True),
            (["Connection: closed, not-close"], False, False),
        ],
    )
    def test_its_options_are_found(self, lines: list[str], close: bool, persist: bool) -> None:
        found = parse_fields(fields(*lines), LIMITS)
        assert (found.close, found.persist) == (close, persist)


class TestExpect:
    """RFC 9110 §10.1.1"""

    def test_continue_can_be_expected(self) -> None:
        assert parse_fields(fields("Expect: 100-Continue"), LIMITS).expect
        assert not parse_fields(b"", LIMITS).expect

    @pytest.mark.parametrize("text", ["", "200-ok", "100-continue, x"])
    def test_anything_else_is_417(self, text: str) -> None:
        assert status(f"Expect: {text}") == 417
