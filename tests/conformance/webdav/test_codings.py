"""Compressed answers and their tags (RFC 9110 §8.4, §8.8.3.3, §12.5.3, §12.5.5, §13.1)."""

from __future__ import annotations

import gzip

import pytest

from caraway.webdav.compression import AT_ONCE, LARGEST, WORTHWHILE, zstd
from tests.conformance.webdav.share import Share
from tests.unit.webdav.server.memory import Answer, put_file

DECODERS = {"gzip": gzip.decompress, "zstd": zstd().decompress}
GZIP = {"Accept-Encoding": "gzip"}
SHORT = b"some words of a text, again and again\n" * 100
SIZES = [WORTHWHILE, AT_ONCE, AT_ONCE + 1, LARGEST]


@pytest.fixture
def text(share: Share) -> bytes:
    """The content of ``/words.txt``."""
    put_file(share.store, ("words.txt",), SHORT)
    return SHORT


def text_of(size: int) -> bytes:
    return (SHORT * (size // len(SHORT) + 1))[:size]


def plain_tag(share: Share, target: str = "/words.txt") -> str:
    return share.etag(target)


def coded_tag(share: Share, coding: str = "gzip") -> str:
    return share.ask("HEAD", "/words.txt", {"Accept-Encoding": coding}).headers["etag"]


class TestFiles:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("coding", sorted(DECODERS))
    def test_a_text_comes_as_it_is_asked_for(self, share: Share, coding: str, size: int) -> None:
        content = text_of(size)
        put_file(share.store, ("long.txt",), content)
        answer = share.ask("GET", "/long.txt", {"Accept-Encoding": coding})
        assert answer.status == 200
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["content-type"] == "text/plain;charset=utf-8"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "accept-ranges" not in answer.headers
        # Not to be taken for the size of the file.
        assert "content-length" not in answer.headers
        assert len(answer.body) < size
        assert DECODERS[coding](answer.body) == content

    @pytest.mark.parametrize("size", SIZES)
    def test_head_says_what_get_says(self, share: Share, size: int) -> None:
        """RFC 9110 §9.3.2."""
        put_file(share.store, ("long.txt",), text_of(size))
        got, head = share.play(("GET", "/long.txt", GZIP), ("HEAD", "/long.txt", GZIP))
        assert {**got.headers, "date": ""} == {**head.headers, "date": ""}

    @pytest.mark.parametrize(
        ("name", "size"),
        [("a.txt", WORTHWHILE - 1), ("a.txt", LARGEST + 1), ("a.png", 5000), ("a", 5000)],
    )
    def test_what_gains_nothing_is_never_coded(self, share: Share, name: str, size: int) -> None:
        put_file(share.store, (name,), text_of(size))
        answer = share.ask("GET", f"/{name}", GZIP)
        assert answer.body == text_of(size)
        assert "content-encoding" not in answer.headers
        assert "vary" not in answer.headers
        assert answer.headers["accept-ranges"] == "bytes"

    @pytest.mark.parametrize(
        ("accept", "coding"),
        [
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip, zstd;q=0.5", "gzip"),
            ("gzip;q=0.2, identity", None),
            ("br", None),
            ("*", "zstd"),
            ("identity;q=0, gzip;q=0.1", "gzip"),
            ("gzip;q=0", None),
            ("gzip;q=nonsense", None),
            (",,;;q", None),
            ("", None),
            # Nothing that we have: plain all the same.
            ("*;q=0", None),
        ],
    )
    def test_the_field_is_weighed(
        self, share: Share, text: bytes, accept: str, coding: str | None
    ) -> None:
        """RFC 9110 §12.5.3."""
        answer = share.ask("GET", "/words.txt", {"Accept-Encoding": accept})
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert (DECODERS[coding](answer.body) if coding else answer.body) == text

    def test_caches_ask_each_time(self, share: Share, text: bytes) -> None:
        """RFC 9111 §5.2.2.4; else a file is taken for fresh a tenth of its age (§4.2.2)."""
        for headers in ({}, GZIP, {"Range": "bytes=0-1"}, {"If-None-Match": plain_tag(share)}):
            answer = share.ask("GET", "/words.txt", headers)
            assert answer.headers["cache-control"] == "no-cache", headers

    def test_the_bytes_of_a_tag_stay_the_same(self, share: Share, text: bytes) -> None:
        """RFC 9110 §8.8.1: strong tags."""
        first, second = share.play(("GET", "/words.txt", GZIP), ("GET", "/words.txt", GZIP))
        assert (first.body, first.headers["etag"]) == (second.body, second.headers["etag"])


class TestTags:
    def test_each_coding_has_its_own(self, share: Share, text: bytes) -> None:
        plain, packed, other = plain_tag(share), coded_tag(share), coded_tag(share, "zstd")
        assert packed == f'{plain[:-1]}-gzip"'
        assert other == f'{plain[:-1]}-zstd"'

    def test_listings_and_put_name_the_plain_one(self, share: Share) -> None:
        put = share.ask("PUT", "/words.txt", GZIP, SHORT)
        assert put.headers["etag"] == plain_tag(share)
        assert plain_tag(share).strip('"') in share.find("/words.txt")

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
    def test_who_has_what_would_be_sent_is_told_so(
        self, share: Share, text: bytes, method: str, coding: str
    ) -> None:
        """RFC 9110 §13.1.2, §15.4.5: 304 has the tag, Vary and Cache-Control of 200."""
        tag = coded_tag(share, coding)
        answer = share.ask(
            method, "/words.txt", {"Accept-Encoding": coding, "If-None-Match": f'"x", W/{tag}'}
        )
        assert (answer.status, answer.headers["etag"]) == (304, tag)
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == "no-cache"
        assert "content-encoding" not in answer.headers

    @pytest.mark.parametrize(("has", "asks"), [("gzip", ""), ("", "gzip"), ("zstd", "gzip")])
    def test_who_has_another_form_gets_this_one(
        self, share: Share, text: bytes, has: str, asks: str
    ) -> None:
        tag = coded_tag(share, has)
        headers = {"Accept-Encoding": asks, "If-None-Match": tag}
        assert share.status("GET", "/words.txt", headers) == 200
        headers = {"Accept-Encoding": asks, "If-Match": tag}
        assert share.status("GET", "/words.txt", headers) == 412

    @pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
    def test_a_change_may_name_the_tag_of_any_form(
        self, share: Share, text: bytes, coding: str
    ) -> None:
        """RFC 9110 §13.1.1, §13.1.2: they all stand for the content that is to be changed."""
        tag = coded_tag(share, coding)
        assert share.status("PUT", "/words.txt", {"If-None-Match": tag}, b"new") == 412
        assert share.status("PUT", "/words.txt", {"If-Match": tag}, b"new") == 204
        assert share.status("DELETE", "/words.txt", {"If-Match": tag}) == 412

    @pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
    def test_so_may_an_if_header(self, share: Share, text: bytes, coding: str) -> None:
        """RFC 4918 §10.4."""
        tag = coded_tag(share, coding)
        assert share.status("PUT", "/words.txt", {"If": f"([{tag}])"}, b"new") == 204
        assert share.status("PUT", "/words.txt", {"If": f"([{tag}])"}, b"newer") == 412

    @pytest.mark.parametrize("end", ["-br", "-gzip-gzip", "-", "gzip"])
    def test_no_other_endings_are_known(self, share: Share, text: bytes, end: str) -> None:
        tag = f'{plain_tag(share)[:-1]}{end}"'
        assert share.status("PUT", "/words.txt", {"If-Match": tag}, b"new") == 412


class TestRanges:
    """Parts are always those of the plain form."""

    def partial(self, share: Share, **headers: str) -> Answer:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return share.ask("GET", "/words.txt", {**GZIP, "Range": "bytes=5-9", **fields})

    def test_a_part_is_not_coded(self, share: Share, text: bytes) -> None:
        """RFC 9110 §15.3.7: 206 has the tag and Vary of 200."""
        answer = self.partial(share)
        assert (answer.status, answer.body) == (206, text[5:10])
        assert "content-encoding" not in answer.headers
        assert answer.headers["etag"] == plain_tag(share)
        assert answer.headers["vary"] == "Accept-Encoding"

    def test_the_tag_of_the_plain_form_lets_it_count(self, share: Share, text: bytes) -> None:
        """RFC 9110 §13.1.5."""
        assert self.partial(share, If_Range=plain_tag(share)).status == 206

    def test_the_tag_of_a_coded_form_does_not(self, share: Share, text: bytes) -> None:
        """Its sender has the beginning of that form: plain bytes would spoil the file."""
        answer = self.partial(share, If_Range=coded_tag(share))
        assert answer.status == 200
        assert gzip.decompress(answer.body) == text

    def test_conditions_are_about_the_plain_form(self, share: Share, text: bytes) -> None:
        plain, packed = plain_tag(share), coded_tag(share)
        assert self.partial(share, If_Match=packed).status == 412
        assert self.partial(share, If_Match=plain).status == 206
        assert self.partial(share, If_None_Match=packed).status == 206
        assert self.partial(share, If_None_Match=plain).status == 304

    def test_a_range_that_is_none_gives_all_of_it_plain(self, share: Share, text: bytes) -> None:
        answer = self.partial(share, Range="lines=1-2")
        assert (answer.status, answer.body) == (200, text)

    def test_a_range_beyond_the_end(self, share: Share, text: bytes) -> None:
        """RFC 9110 §15.5.17."""
        answer = self.partial(share, Range=f"bytes={len(text)}-")
        assert answer.status == 416
        assert answer.headers["content-range"] == f"bytes */{len(text)}"
        assert answer.headers["etag"] == plain_tag(share)


class TestListings:
    @pytest.mark.parametrize("coding", sorted(DECODERS))
    @pytest.mark.parametrize(("method", "depth"), [("PROPFIND", "1"), ("GET", "0")])
    def test_they_are_coded(self, share: Share, method: str, depth: str, coding: str) -> None:
        for number in range(300):
            put_file(share.store, (f"file {number}",))
        plain, packed = share.play(
            (method, "/", {"Depth": depth}),
            (method, "/", {"Depth": depth, "Accept-Encoding": coding}),
        )
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
        assert packed.headers["content-encoding"] == coding
        assert len(packed.body) * 5 < len(plain.body)
        assert DECODERS[coding](packed.body) == plain.body


@pytest.mark.parametrize("coding", ["gzip", "zstd", "nonsense"])
def test_content_in_a_coding_is_not_taken(share: Share, coding: str) -> None:
    """RFC 9110 §8.4, §15.5.16: it would be kept as a file that nobody can read."""
    headers = {"Content-Encoding": coding}
    answer = share.ask("PUT", "/new.txt", headers, gzip.compress(b"x"))
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "identity")
    assert share.content("/new.txt") is None
    partial = {"Content-Type": "application/x-sabredav-partialupdate", "X-Update-Range": "append"}
    assert share.status("PATCH", "/a.txt", {**headers, **partial}, b"x") == 415
    assert share.status("PUT", "/new.txt", {"Content-Encoding": "identity"}, b"x") == 201
