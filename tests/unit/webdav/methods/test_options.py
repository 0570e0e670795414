"""OPTIONS (RFC 9110 §9.3.7, RFC 4918 §10.1, §18)."""

from __future__ import annotations

import pytest

from caraway.webdav.store.memory import MemoryStore
from tests.unit.webdav.methods.calls import Caller
from tests.unit.webdav.server.memory import put_file


@pytest.mark.parametrize(
    ("target", "some", "none"),
    [
        ("/a", "PUT", "MKCOL"),
        ("/", "PROPFIND", "PUT"),
        ("/n", "MKCOL", "DELETE"),
        ("*", "MKCOL", "POST"),
    ],
)
@pytest.mark.parametrize("read_only", [True, False])
def test_what_can_be_done(target: str, some: str, none: str, read_only: bool) -> None:
    store = MemoryStore()
    put_file(store, ("a",))
    headers = Caller(store, read_only=read_only)("OPTIONS", target).headers
    allowed = headers["allow"].split(", ")
    assert headers["dav"] == "1, 2, 3"
    assert headers["ms-author-via"] == "DAV"
    assert ("accept-patch" in headers) is not read_only
    if read_only:
        assert allowed == ["OPTIONS", "GET", "HEAD", "PROPFIND"]
    else:
        assert some in allowed
        assert none not in allowed
