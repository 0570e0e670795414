"""What WebDAV asks of HTTP: entity tags, preconditions, ranges, Expect, partial writing."""

from __future__ import annotations

import gzip

import pytest

from tests.conformance.webdav.share import CONTENT, Share, propertyupdate, setting

LONG_AGO = "Sun, 06 Nov 1994 08:49:37 GMT"
WIN32 = "win32"
FAR_OFF = "Wed, 01 Jan 2098 00:00:00 GMT"
COMMENT = propertyupdate(setting("<x:c>1</x:c>"))

#: Methods that change something, each with what makes it succeed.
CHANGES = {
    "PUT": ("/a.txt", {}, b"new"),
    "PATCH": (
        "/a.txt",
        {"Content-Type": "application/x-sabredav-partialupdate", "X-Update-Range": "append"},
        b"new",
    ),
    "DELETE": ("/a.txt", {}, b""),
    "MOVE": ("/a.txt", {"Destination": "/n"}, b""),
    "COPY": ("/a.txt", {"Destination": "/n"}, b""),
    "PROPPATCH": ("/a.txt", {}, COMMENT.encode()),
}


class TestValidators:
    """RFC 9110 §8.8."""

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_a_file_has_a_strong_tag_and_a_date(self, share: Share, method: str) -> None:
        answer = share.ask(method, "/a.txt")
        assert answer.headers["etag"].startswith('"')
        assert answer.headers["last-modified"].endswith(" GMT")

    def test_put_tells_the_tag(self, share: Share) -> None:
        """RFC 9110 §9.3.4."""
        tag = share.ask("PUT", "/n", {}, b"new").headers["etag"]
        assert tag == share.etag("/n")
        assert share.ask("PUT", "/n", {}, b"newer").headers["etag"] != tag


class TestPreconditions:
    """RFC 9110 §13."""

    @pytest.mark.parametrize("method", CHANGES)
    @pytest.mark.parametrize(
        "condition",
        [
            {"If-Match": '"other"'},
            {"If-None-Match": "*"},
            {"If-Unmodified-Since": LONG_AGO},
        ],
    )
    def test_one_that_fails_stops_every_method(
        self, share: Share, method: str, condition: dict[str, str]
    ) -> None:
        target, headers, body = CHANGES[method]
        assert share.status(method, target, {**headers, **condition}, body) == 412
        assert share.content("/a.txt") == CONTENT
        assert share.content("/n") is None

    @pytest.mark.parametrize("method", CHANGES)
    @pytest.mark.parametrize(
        "condition",
        [{"If-Match": "*"}, {"If-None-Match": '"other"'}, {"If-Unmodified-Since": FAR_OFF}],
    )
    def test_one_that_holds_stops_none(
        self, share: Share, method: str, condition: dict[str, str]
    ) -> None:
        target, headers, body = CHANGES[method]
        assert share.status(method, target, {**headers, **condition}, body) < 300

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PROPPATCH"])
    def test_if_match_on_what_is_missing_is_412(self, share: Share, method: str) -> None:
        """RFC 9110 §13.1.1."""
        body = COMMENT if method == "PROPPATCH" else b""
        assert share.status(method, "/none", {"If-Match": "*"}, body) == 412

    def test_if_match_with_the_tag_holds(self, share: Share) -> None:
        assert share.status("PUT", "/a.txt", {"If-Match": share.etag("/a.txt")}, b"new") == 204

    def test_what_has_not_changed_is_304(self, share: Share) -> None:
        """RFC 9110 §15.4.5."""
        first = share.ask("GET", "/a.txt").headers
        for condition in (
            {"If-None-Match": first["etag"]},
            {"If-Modified-Since": first["last-modified"]},
        ):
            answer = share.ask("GET", "/a.txt", condition)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["etag"] == first["etag"]

    def test_a_bad_tag_is_refused(self, share: Share) -> None:
        assert share.status("PUT", "/a.txt", {"If-Match": "nonsense"}, b"new") in (400, 412)
        assert share.content("/a.txt") == CONTENT


class TestRanges:
    """RFC 9110 §14."""

    @pytest.mark.parametrize(
        ("value", "body", "content_range"),
        [
            ("bytes=0-3", b"0123", "bytes 0-3/10"),
            ("bytes=8-", b"89", "bytes 8-9/10"),
            ("bytes=-3", b"789", "bytes 7-9/10"),
            ("bytes=5-99", b"56789", "bytes 5-9/10"),
        ],
    )
    def test_single(self, share: Share, value: str, body: bytes, content_range: str) -> None:
        answer = share.ask("GET", "/a.txt", {"Range": value})
        assert (answer.status, answer.body) == (206, body)
        assert answer.headers["content-range"] == content_range

    def test_several(self, share: Share) -> None:
        """RFC 9110 §14.6."""
        answer = share.ask("GET", "/a.txt", {"Range": "bytes=0-0,-1"})
        assert answer.status == 206
        assert answer.headers["content-type"].startswith("multipart/byteranges")
        assert answer.body.count(b"Content-Range: bytes ") == 2

    @pytest.mark.parametrize("value", ["bytes=10-", "bytes=-0"])
    def test_beyond_the_end_is_416(self, share: Share, value: str) -> None:
        """RFC 9110 §15.5.17."""
        answer = share.ask("GET", "/a.txt", {"Range": value})
        assert (answer.status, answer.headers["content-range"]) == (416, "bytes */10")

    @pytest.mark.parametrize("value", ["bytes=b-a", "lines=1-2", "bytes"])
    def test_what_is_no_range_is_as_if_it_were_not_there(self, share: Share, value: str) -> None:
        assert share.status("GET", "/a.txt", {"Range": value}) in (200, 416)

    def test_if_range(self, share: Share) -> None:
        """RFC 9110 §13.1.5."""
        wanted = {"Range": "bytes=0-3"}
        assert share.status("GET", "/a.txt", {**wanted, "If-Range": share.etag("/a.txt")}) == 206
        assert share.status("GET", "/a.txt", {**wanted, "If-Range": '"other"'}) == 200
        assert share.status("GET", "/a.txt", {**wanted, "If-Range": LONG_AGO}) == 200

    def test_head_has_none(self, share: Share) -> None:
        """RFC 9110 §14.2: a range is for GET."""
        answer = share.ask("HEAD", "/a.txt", {"Range": "bytes=0-3"})
        assert (answer.status, answer.headers["content-length"]) == (200, "10")


class TestPartialWriting:
    """RFC 9110 §14.5, and PATCH as sabre/dav's clients ask for it."""

    @pytest.mark.parametrize(
        ("value", "body", "content"),
        [
            ("bytes 2-3/10", b"XX", b"01XX456789"),
            ("bytes 8-11/*", b"XXXX", b"01234567XXXX"),
        ],
    )
    def test_put(self, share: Share, value: str, body: bytes, content: bytes) -> None:
        assert share.status("PUT", "/a.txt", {"Content-Range": value}, body) == 204
        assert share.content("/a.txt") == content

    @pytest.mark.parametrize("value", ["bytes 2-5/10", "bytes 5-2/10", "nonsense"])
    def test_put_of_another_length_is_400(self, share: Share, value: str) -> None:
        assert share.status("PUT", "/a.txt", {"Content-Range": value}, b"XX") == 400
        assert share.content("/a.txt") == CONTENT

    @pytest.mark.parametrize(
        ("where", "content"),
        [
            ("append", b"0123456789XX"),
            ("bytes=2-3", b"01XX456789"),
            ("bytes=2-", b"01XX456789"),
            ("bytes=-2", b"01234567XX"),
        ],
    )
    def test_patch(self, share: Share, where: str, content: bytes) -> None:
        fields = {
            "Content-Type": "application/x-sabredav-partialupdate",
            "X-Update-Range": where,
        }
        assert share.status("PATCH", "/a.txt", fields, b"XX") == 204
        assert share.content("/a.txt") == content

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({}, 415),
            ({"Content-Type": "application/x-sabredav-partialupdate"}, 400),
            (
                {
                    "Content-Type": "application/x-sabredav-partialupdate",
                    "X-Update-Range": "nonsense",
                },
                400,
            ),
        ],
    )
    def test_a_patch_that_says_not_what(
        self, share: Share, fields: dict[str, str], status: int
    ) -> None:
        assert share.status("PATCH", "/a.txt", fields, b"XX") == status
        assert share.content("/a.txt") == CONTENT


def test_listings_are_compressed_for_who_asks(share: Share) -> None:
    """RFC 9110 §12.5.3, §12.5.5; a coding that is not known is as if it were not there."""
    plain = share.ask("PROPFIND", "/")
    packed = share.ask("PROPFIND", "/", {"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert "content-encoding" not in share.ask("PROPFIND", "/", {"Accept-Encoding": "x"}).headers


class TestTimes:
    """Three routes by which clients keep the time of change."""

    def test_put_with_x_oc_mtime(self, share: Share) -> None:
        answer = share.ask("PUT", "/n", {"X-OC-Mtime": "784111777"}, b"new")
        assert (answer.status, answer.headers["x-oc-mtime"]) == (201, "accepted")
        assert share.ask("HEAD", "/n").headers["last-modified"] == LONG_AGO

    @pytest.mark.parametrize("name", ["<D:getlastmodified>{}</D:getlastmodified>", WIN32])
    def test_proppatch(self, share: Share, name: str) -> None:
        if name == WIN32:
            name = (
                '<w:Win32LastModifiedTime xmlns:w="urn:schemas-microsoft-com:">{}'
                "</w:Win32LastModifiedTime>"
            )
        assert "200 OK" in share.patch("/a.txt", setting(name.format(LONG_AGO)))
        assert share.ask("HEAD", "/a.txt").headers["last-modified"] == LONG_AGO

    def test_one_that_is_no_time_is_passed_over(self, share: Share) -> None:
        answer = share.ask("PUT", "/n", {"X-OC-Mtime": "yesterday"}, b"new")
        assert "x-oc-mtime" not in answer.headers


class TestBadInput:
    """RFC 9112 §11: refused with 4xx, and the server goes on."""

    @pytest.mark.parametrize(
        "target",
        ["/../etc/passwd", "/%2e%2e/etc", "/c/%2E./a", "/a%00b", "/c%2fb.txt", "/%zz", "/%c"],
    )
    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "MKCOL", "PROPFIND", "LOCK"])
    def test_paths(self, share: Share, method: str, target: str) -> None:
        assert share.status(method, target) == 400
        assert share.content("/a.txt") == CONTENT

    @pytest.mark.parametrize("target", ["/../n", "/%2e%2e/n", "/c/..%2fn", "/n%00"])
    def test_destinations(self, share: Share, target: str) -> None:
        for method in ("COPY", "MOVE"):
            assert share.status(method, "/a.txt", {"Destination": target}) == 400

    @pytest.mark.parametrize("method", ["PROPFIND", "PROPPATCH", "LOCK"])
    @pytest.mark.parametrize(
        "body",
        [
            '<!DOCTYPE x [<!ENTITY e "aaa">]><D:x xmlns:D="DAV:">&e;</D:x>',
            '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
            "<D:propfind xmlns:D='DAV:'>",
            "nonsense",
            "<x/>",
        ],
    )
    def test_xml(self, share: Share, method: str, body: str) -> None:
        """RFC 4918 §8.2, §20.6."""
        assert share.status(method, "/a.txt", {}, body) in (400, 403, 422)
        assert share.content("/a.txt") == CONTENT
