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
    classes = headers["dav"].split(", ")
    assert classes[:3] == ["1", "2", "3"]
    # RFC 5689 §3, and the executable property of Apache.
    assert classes[3:] == ["extended-mkcol", "<http://apache.org/dav/propset/fs/1>"]
    # RFC 5323 §3.2.
    assert headers["dasl"] == "<DAV:basicsearch>"
    assert headers["ms-author-via"] == "DAV"
    assert ("accept-patch" in headers) is not read_only
    if read_only:
        assert allowed == ["OPTIONS", "GET", "HEAD", "PROPFIND", "SEARCH", "REPORT"]
    else:
        assert some in allowed
        assert none not in allowed
