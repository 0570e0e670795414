"""Requests, and what a client that knows a password adds to them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from caraway.webdav.authentication.digest import DigestCredentials, expected_response
from caraway.webdav.authentication.htdigest import make_hash
from caraway.webdav.errors import HTTPError
from caraway.webdav.http.message import Request

REALM = "caraway"


def request(
    authorization: str | None = None,
    *,
    method: str = "GET",
    target: str = "/a",
    peer: str = "192.0.2.1",
    scheme: str = "http",
) -> Request:
    headers = {} if authorization is None else {"authorization": authorization}
    return Request(method, target, ("a",), headers, peer=peer, scheme=scheme)


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def digest(
    nonce: str,
    user: str = "alice",
    password: str = "secret",
    *,
    count: str = "00000001",
    algorithm: str = "SHA-256",
    method: str = "GET",
    uri: str = "/a",
    realm: str = REALM,
) -> str:
    """The field that a client makes."""
    ha1 = make_hash(algorithm, user, realm, password)
    said = DigestCredentials(user, realm, nonce, uri, "", algorithm, "c", count)
    response = expected_response(said, method=method, ha1=ha1)
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
        f'response="{response}", algorithm={algorithm}, cnonce="c", nc={count}, qop=auth'
    )


def refusal(call: Callable[[], object]) -> HTTPError:
    """The error that a call ends with."""
    try:
        found = call()
    except HTTPError as error:
        return error
    raise AssertionError(f"not refused: {found!r}")


def challenges(error: HTTPError) -> list[str]:
    return [value for name, value in error.headers if name == "WWW-Authenticate"]


def nonce_of(error: HTTPError) -> str:
    found = re.search(r'nonce="([0-9a-f]+)"', challenges(error)[0])
    assert found is not None
    return found[1]


class Clock:
    """Time that stands until it is told to go."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
