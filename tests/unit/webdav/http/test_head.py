from __future__ import annotations

import pytest

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.fields import HttpLimits, parse_fields
from caraway.webdav.http.head import Head, parse_head


def head(line: str, *fields: str) -> Head:
    block = "".join(f"{field}\r\n" for field in fields or ("Host: x",))
    return parse_head(line.encode("latin-1"), parse_fields(block.encode(), HttpLimits()))


def status(line: str, *fields: str) -> int:
    with pytest.raises(HTTPError) as caught:
        head(line, *fields)
    assert caught.value.close
    return caught.value.status


class TestRequestLine:
    """RFC 9112 §3"""

    def test_its_three_parts(self) -> None:
        found = head("PROPFIND /a%20b/?c=d?e HTTP/1.1")
        assert (found.method, found.target) == ("PROPFIND", "/a%20b/?c=d?e")
        assert (found.path, found.query, found.version) == ("/a%20b/", "c=d?e", (1, 1))

    def test_unknown_methods_are_left_to_the_application(self) -> None:
        assert head("get / HTTP/1.1").method == "get"
        assert head("M-SEARCH / HTTP/1.1").method == "M-SEARCH"

    @pytest.mark.parametrize(
        "line",
        [
            "",
            "GET",
            "GET /",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            " GET / HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET / http/1.1",
            "GET / HTTP/11",
            "GET / HTTP/1.10",
            "GET / HTCPCP/1.0",
            "G(T / HTTP/1.1",
            "G\xcbT / HTTP/1.1",
        ],
    )
    def test_anything_else_is_refused(self, line: str) -> None:
        assert status(line) == 400

    @pytest.mark.parametrize("version", ["0.9", "1.2", "2.0", "3.0"])
    def test_other_versions_are_505(self, version: str) -> None:
        """RFC 9110 §15.6.6"""
        assert status(f"GET / HTTP/{version}") == 505


class TestTarget:
    """RFC 9112 §3.2"""

    @pytest.mark.parametrize(
        ("target", "path", "query", "host"),
        [
            ("http://y/a?b", "/a", "b", "y"),
            ("HTTPS://y:8443/a/", "/a/", "", "y:8443"),
            ("http://[::1]:80", "/", "", "[::1]:80"),
            ("http://y?b", "/", "b", "y"),
            ("http://y/a?b?http://z/", "/a", "b?http://z/", "y"),
        ],
    )
    def test_a_whole_uri_says_the_host(self, target: str, path: str, query: str, host: str) -> None:
        """RFC 9112 §3.2.2: the host in the target counts, not the field."""
        found = head(f"GET {target} HTTP/1.1", "Host: x", "A: b")
        assert (found.target, found.path, found.query) == (target, path, query)
        assert found.headers == {"host": host, "a": "b"}

    @pytest.mark.parametrize("target", ["*", "http://y", "http://y:80"])
    def test_options_of_the_server_itself(self, target: str) -> None:
        """RFC 9112 §3.2.4"""
        found = head(f"OPTIONS {target} HTTP/1.1")
        assert (found.path, found.query) == ("*", "")

    def test_options_of_a_query_is_of_the_root(self) -> None:
        assert head("OPTIONS http://y? HTTP/1.1").path == "/"

    @pytest.mark.parametrize(
        "target",
        [
            "*",
            "a",
            "?a",
            "/a#b",
            "http://y/a#b",
            "ftp://y/a",
            "http:/a",
            "http:///a",
            "http://:80/",
            "http://u@y/",
            "http://u:p@y/",
            "http://y:z/",
            "y:80",
        ],
    )
    def test_others_are_refused(self, target: str) -> None:
        assert status(f"GET {target} HTTP/1.1") == 400

    def test_a_path_that_looks_like_a_host_is_a_path(self) -> None:
        assert head("GET //y/a HTTP/1.1").path == "//y/a"

    @pytest.mark.parametrize("target", ["y:80", "*", "http://y/"])
    def test_connect_is_501(self, target: str) -> None:
        """RFC 9110 §9.3.6"""
        assert status(f"CONNECT {target} HTTP/1.1") == 501


class TestVersions:
    def test_host_is_needed_in_1_1_only(self) -> None:
        """RFC 9112 §3.2"""
        assert status("GET / HTTP/1.1", "A: b") == 400
        assert status("GET http://x/ HTTP/1.1", "A: b") == 400
        assert head("GET / HTTP/1.0", "A: b").version == (1, 0)

    @pytest.mark.parametrize(
        ("version", "connection", "keep_alive"),
        [
            ("1.1", "x", True),
            ("1.1", "close", False),
            ("1.1", "keep-alive, close", False),
            ("1.0", "x", False),
            ("1.0", "keep-alive", True),
            ("1.0", "keep-alive, close", False),
        ],
    )
    def test_who_keeps_the_connection(
        self, version: str, connection: str, keep_alive: bool
    ) -> None:
        """RFC 9112 §9.3"""
        found = head(f"GET / HTTP/{version}", "Host: x", f"Connection: {connection}")
        assert found.keep_alive == keep_alive

    def test_1_0_has_no_chunks(self) -> None:
        """RFC 9112 §6.1"""
        assert status("PUT / HTTP/1.0", "Transfer-Encoding: chunked") == 400
        assert head("PUT / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked").length is None

    @pytest.mark.parametrize(
        ("version", "field", "expect"),
        [
            ("1.1", "Content-Length: 1", True),
            ("1.1", "Transfer-Encoding: chunked", True),
            ("1.1", "Content-Length: 0", False),
            ("1.1", "A: b", False),
            ("1.0", "Content-Length: 1", False),
        ],
    )
    def test_who_waits_for_continue(self, version: str, field: str, expect: bool) -> None:
        """RFC 9110 §10.1.1: from HTTP/1.0 the expectation is ignored."""
        found = head(f"PUT / HTTP/{version}", "Host: x", "Expect: 100-continue", field)
        assert found.expect_continue == expect
        assert not head(f"PUT / HTTP/{version}", "Host: x", "Content-Length: 1").expect_continue
