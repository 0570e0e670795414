from __future__ import annotations

import pytest

from caraway.webdav.http.encodings import (
    CODINGS,
    choose_encoding,
    encoded_etag,
    etag_variants,
    is_compressible,
)


class TestChoice:
    """RFC 9110 §12.5.3"""

    @pytest.mark.parametrize(
        ("accept", "expected"),
        [
            (None, "identity"),
            ("", "identity"),
            ("gzip", "gzip"),
            ("GZip", "gzip"),
            ("x-gzip", "gzip"),
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip;q=1.0, zstd;q=0.9", "gzip"),
            ("gzip ; q=0.5 ,\tzstd;Q=0.501", "zstd"),
            ("br, deflate", "identity"),
            ("*", "zstd"),
            ("zstd;q=0, *", "gzip"),
            ("gzip;q=0", "identity"),
            ("gzip;q=0.5, identity", "identity"),
            ("gzip, identity", "gzip"),
            ("identity", "identity"),
            ("gzip;q=0.5, *;q=0.7", "zstd"),
            ("gzip, *;q=0", "gzip"),
            ("gzip, zstd;q=2", "gzip"),
            ("gzip;q=x", "identity"),
            ("gzip;level=9", "identity"),
            ("gz ip, , zstd;q=0.", "identity"),
            ("gzip," * 1000, "identity"),
        ],
    )
    def test_the_highest_weight_wins(self, accept: str | None, expected: str) -> None:
        assert choose_encoding(accept, CODINGS) == expected

    @pytest.mark.parametrize(
        "accept", ["identity;q=0", "*;q=0", "br, *;q=0.000", "gzip;q=0, *;q=0"]
    )
    def test_a_client_may_accept_none(self, accept: str) -> None:
        assert choose_encoding(accept, CODINGS) is None

    @pytest.mark.parametrize("accept", ["identity;q=0.1, *;q=0", "identity, gzip;q=0"])
    def test_or_the_plain_form_alone(self, accept: str) -> None:
        assert choose_encoding(accept, CODINGS) == "identity"

    def test_what_we_cannot_do_is_not_chosen(self) -> None:
        assert choose_encoding("zstd, gzip;q=0.1", ("gzip",)) == "gzip"
        assert choose_encoding("zstd, gzip", ()) == "identity"


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/plain", True),
        ("Text/HTML ; charset=utf-8", True),
        ("application/json", True),
        ("image/svg+xml", True),
        ("application/vnd.api+json", True),
        ("font/ttf", True),
        ("image/jpeg", False),
        ("video/mp4", False),
        ("application/zip", False),
        ("application/octet-stream", False),
        ("", False),
    ],
)
def test_which_types_are_worth_it(content_type: str, expected: bool) -> None:
    assert is_compressible(content_type) == expected


def test_coded_answers_have_tags_of_their_own() -> None:
    """RFC 9110 §8.8.3.3"""
    assert encoded_etag("a", "zstd") == "a-zstd"
    assert encoded_etag("a", "identity") == "a"
    assert encoded_etag("", "gzip") == ""


def test_what_has_no_tag_has_no_others() -> None:
    assert etag_variants("a") == tuple(encoded_etag("a", coding) for coding in CODINGS)
    assert etag_variants("") == ()
