"""The head of a request: what its first line means together with its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caraway.webdav.errors import HTTPError
from caraway.webdav.http.fields import HOST, TOKEN, Fields, refusal

_VERSIONS: Final = {"HTTP/1.1": (1, 1), "HTTP/1.0": (1, 0)}
_OTHER_VERSION: Final = re.compile(r"HTTP/[0-9]\.[0-9]")
_ABSOLUTE: Final = re.compile(r"https?://([^/?]+)([^?]*)", re.IGNORECASE)

_COMMON_METHODS: Final = """
    COPY DELETE GET HEAD LOCK MKCOL MOVE OPTIONS PATCH PROPFIND PROPPATCH PUT REPORT SEARCH UNLOCK
"""
_METHODS: Final = frozenset(_COMMON_METHODS.split())


@dataclass(slots=True)
class Head:
    """A request up to its body.

    Attributes:
        method: As sent, case kept.
        target: The request target as sent.
        path: The part of it that names the resource, still escaped: it begins
            with ``/``, or is ``*`` for an OPTIONS of the server itself.
        query: What stands behind ``?``; empty where nothing does.
        headers: By lower-case name, values as Latin-1 without surrounding
            blanks. ``host`` is the target's own where that is a whole URI.
            Heads may share it: do not change it.
        version: ``(1, 0)`` or ``(1, 1)``.
        length: Bytes that the body will have, None where it is chunked.
        keep_alive: The peer lets the connection go on after this request.
        expect_continue: The peer waits for ``100 Continue`` before it sends the body.
    """

    method: str
    target: str
    path: str
    query: str
    headers: Mapping[str, str]
    version: tuple[int, int]
    length: int | None
    keep_alive: bool
    expect_continue: bool


def parse_head(line: bytes, fields: Fields) -> Head:
    """The head that a request line and its fields make.

    Args:
        line: Without its CRLF, and without any control character.

    Raises:
        BadRequest: The line or the target breaks the syntax, or Host is missing.
        HTTPError: 501 for CONNECT, 505 for a version other than 1.0 and 1.1.

    Source: RFC 9112 §3.

    >>> fields = Fields({"host": "x"}, length=0, close=False, persist=False, expect=False)
    >>> head = parse_head(b"GET /a?b HTTP/1.1", fields)
    >>> head.method, head.path, head.query, head.length, head.keep_alive
    ('GET', '/a', 'b', 0, True)
    """
    words = line.decode("latin-1").split(" ")
    if len(words) != 3:
        raise refusal(f"request line has {len(words)} words between single blanks, needs 3")
    method, target, version_text = words
    version = _VERSIONS.get(version_text)
    if version is None:
        raise _other_version(version_text)
    if method not in _METHODS and not TOKEN.fullmatch(method):
        raise refusal(f"method is not a token: {method:.40}")
    headers: dict[str, str] = fields.headers
    is_1_1 = version == (1, 1)
    if is_1_1:
        if "host" not in headers:
            raise refusal("HTTP/1.1 request without Host")
        keep_alive = not fields.close
    else:
        if fields.length is None:
            raise refusal("Transfer-Encoding in an HTTP/1.0 request")
        keep_alive = fields.persist and not fields.close
    if target[:1] == "/":
        path, _, query = target.partition("?")
        if "#" in target:
            raise refusal("request target with a fragment")
    else:
        path, query, host = _other_target(method, target)
        if host is not None:
            headers = {**headers, "host": host}
    expect = fields.expect and is_1_1 and fields.length != 0
    return Head(method, target, path, query, headers, version, fields.length, keep_alive, expect)


def _other_version(text: str) -> HTTPError:
    if _OTHER_VERSION.fullmatch(text):
        return HTTPError(505, f"{text} is not spoken here, only HTTP/1.0 and HTTP/1.1", close=True)
    return refusal(f"request line does not end with a version of HTTP: {text:.40}")


def _other_target(method: str, target: str) -> tuple[str, str, str | None]:
    """Path, query and host of a target that is no path."""
    if method == "CONNECT":
        raise HTTPError(501, "CONNECT is for proxies, and this is none", close=True)
    if target == "*":
        if method != "OPTIONS":
            raise refusal(f"only OPTIONS may be asked of '*', not {method:.40}")
        return "*", "", None
    if "#" in target:
        raise refusal("request target with a fragment")
    found = _ABSOLUTE.match(target)
    if not found or not HOST.fullmatch(found[1]) or found[1].startswith(":"):
        raise refusal(f"request target is neither a path nor an http URI: {target:.80}")
    query = target[found.end() + 1 :]
    path = found[2]
    if not path:
        # RFC 9112 §3.2.4: this is how OPTIONS of '*' goes through a proxy.
        path = "*" if method == "OPTIONS" and found.end() == len(target) else "/"
    return path, query, found[1]
