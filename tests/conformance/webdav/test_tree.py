"""COPY, MOVE, DELETE, MKCOL and names."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.conformance.webdav.share import CONTENT, Share, hrefs, propfind, setting

ODD_NAMES = [
    "with space",
    "per%cent",
    "hash#",
    "what?",
    "plus+",
    "a&b",
    "semi;colon",
    "quote'\"",
    "<tag>",
    "caf\u00e9",
    "cafe\u0301",
    "new\nline",
    ".hidden",
    "\U0001f600",
    "x" * 255,
]


@pytest.mark.parametrize("method", ["COPY", "MOVE"])
class TestTransfer:
    """RFC 4918 §9.8, §9.9, §10."""

    @pytest.mark.parametrize("target", ["/n", "http://dav.test/n", "//dav.test/n"])
    def test_destinations(self, share: Share, method: str, target: str) -> None:
        """RFC 4918 §10.3: a URI or an absolute path."""
        wanted = 201 if not target.startswith("//") else (201, 400, 502)
        status = share.status(method, "/a.txt", {"Destination": target})
        assert status in (wanted if isinstance(wanted, tuple) else (wanted,))
        if status == 201:
            assert share.content("/n") == CONTENT
            assert (share.content("/a.txt") == CONTENT) is (method == "COPY")

    @pytest.mark.parametrize(
        ("source", "fields", "status"),
        [
            ("/a.txt", {"Destination": "/c/b.txt", "Overwrite": "F"}, 412),
            ("/a.txt", {"Destination": "/c/b.txt", "Overwrite": "X"}, 400),
            ("/a.txt", {"Destination": "/a.txt"}, 403),
            ("/c/", {"Destination": "/c/d/"}, 403),
            ("/a.txt", {"Destination": "http://other.test/n"}, 502),
            ("/a.txt", {"Destination": "/none/n"}, 409),
            ("/a.txt", {}, 400),
            ("/none", {"Destination": "/n"}, 404),
        ],
    )
    def test_refusals(
        self, share: Share, method: str, source: str, fields: dict[str, str], status: int
    ) -> None:
        assert share.status(method, source, fields) == status
        assert (share.content("/a.txt"), share.content("/c/b.txt")) == (CONTENT, b"inside")

    def test_over_what_is_there(self, share: Share, method: str) -> None:
        """RFC 4918 §9.8.4, §9.9.3."""
        assert share.status(method, "/a.txt", {"Destination": "/c/b.txt"}) == 204
        assert share.content("/c/b.txt") == CONTENT
        assert hrefs(share.find("/c/", depth="1")) == ["/c/", "/c/b.txt"]

    def test_a_collection_over_a_collection_replaces_it(self, share: Share, method: str) -> None:
        share.play(("MKCOL", "/d/"), ("PUT", "/d/old", {}, b"old"))
        assert share.status(method, "/c/", {"Destination": "/d/"}) == 204
        assert hrefs(share.find("/d/", depth="1")) == ["/d/", "/d/b.txt"]

    def test_properties_come_along(self, share: Share, method: str) -> None:
        """RFC 4918 §9.8.2, §9.9.1."""
        share.patch("/a.txt", setting("<x:c>kept</x:c>"))
        share.ask(method, "/a.txt", {"Destination": "/n"})
        assert ">kept<" in share.find("/n", propfind("<x:c/>"))

    def test_locks_stay_behind(self, share: Share, method: str) -> None:
        """RFC 4918 §7.6."""
        token = share.lock("/a.txt")
        share.ask(method, "/a.txt", {"Destination": "/n", "If": f"(<{token}>)"})
        assert token not in share.find("/n", propfind("<D:lockdiscovery/>"))


def test_copy_with_depth_0_takes_no_members(share: Share) -> None:
    """RFC 4918 §9.8.3."""
    assert share.status("COPY", "/c/", {"Destination": "/d/", "Depth": "0"}) == 201
    assert hrefs(share.find("/d/", depth="1")) == ["/d/"]
    assert share.status("COPY", "/c/", {"Destination": "/e/", "Depth": "1"}) == 400


def test_move_keeps_the_time_of_change(share: Share) -> None:
    share.ask("PUT", "/n", {"X-OC-Mtime": "784111777"}, b"new")
    share.ask("MOVE", "/n", {"Destination": "/m"})
    assert share.ask("HEAD", "/m").headers["last-modified"] == "Sun, 06 Nov 1994 08:49:37 GMT"


class TestMkcolAndDelete:
    def test_mkcol(self, share: Share) -> None:
        """RFC 4918 §9.3."""
        assert share.status("MKCOL", "/n/") == 201
        assert share.status("MKCOL", "/n/") == 405
        assert share.status("MKCOL", "/none/n/") == 409
        assert share.status("MKCOL", "/m/", {"Content-Type": "text/plain"}, b"x") == 415

    def test_extended_mkcol(self, share: Share) -> None:
        """RFC 5689."""
        body = (
            '<D:mkcol xmlns:D="DAV:" xmlns:x="urn:x"><D:set><D:prop><D:resourcetype>'
            "<D:collection/></D:resourcetype><x:c>kept</x:c></D:prop></D:set></D:mkcol>"
        )
        fields = {"Content-Type": "application/xml"}
        assert share.status("MKCOL", "/n/", fields, body) == 201
        assert ">kept<" in share.find("/n/", propfind("<x:c/>"))
        assert share.status("MKCOL", "/m/", fields, "<nonsense") == 400
        bad = body.replace("<x:c>kept</x:c>", "<D:getetag>x</D:getetag>")
        assert share.status("MKCOL", "/m/", fields, bad) >= 207
        assert share.content("/m/") is None

    def test_delete(self, share: Share) -> None:
        """RFC 4918 §9.6."""
        assert share.status("DELETE", "/c/", {"Depth": "0"}) == 400
        assert share.status("DELETE", "/c/") == 204
        assert share.status("DELETE", "/c/") == 404
        assert share.status("DELETE", "/") == 403


class TestNames:
    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_names_make_the_round_trip(self, share: Share, name: str) -> None:
        """RFC 3986 §2; the listing stays well-formed and its hrefs lead back."""
        target = "/c/" + quote(name)
        assert share.status("PUT", target, {}, name.encode()) == 201
        every = hrefs(share.find("/c/", depth="1"))
        (listed,) = [each for each in every if each not in ("/c/", "/c/b.txt")]
        assert share.content(listed) == name.encode()
        assert share.status("DELETE", listed) == 204

    def test_bytes_that_are_no_text(self, share: Share) -> None:
        assert share.status("PUT", "/c/%FF%FE", {}, b"odd") == 201
        text = share.find("/c/", depth="1")
        assert "/c/%FF%FE" in hrefs(text)
        assert share.content("/c/%FF%FE") == b"odd"

    @pytest.mark.parametrize("method", ["PUT", "MKCOL"])
    def test_an_error_can_tell_of_bytes_that_are_no_text(self, share: Share, method: str) -> None:
        answer = share.ask(method, "/%FF%FE/n")
        assert answer.status == 409
        assert answer.body.decode()

    def test_a_name_that_is_too_long_is_414(self, share: Share) -> None:
        assert share.status("PUT", "/c/" + "x" * 256, {}, b"x") == 414
        assert share.status("PUT", "/" + "x" * (16 << 10), {}, b"x") == 414


class TestReadOnly:
    @pytest.mark.parametrize(
        "method",
        ["PUT", "PATCH", "DELETE", "MKCOL", "COPY", "MOVE", "PROPPATCH", "LOCK"],
    )
    def test_every_method_that_changes_is_403(self, share: Share, method: str) -> None:
        closed = Share(share.store, read_only=True)
        assert closed.status(method, "/a.txt", {"Destination": "/n"}) == 403
        assert closed.content("/a.txt") == CONTENT
