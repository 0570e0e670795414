"""What every method checks: names of the server, sites, depth, destination, the If header."""

from __future__ import annotations

import pytest

from caraway.webdav.call import Call, Moment, Policy
from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.http.message import Request
from caraway.webdav.locks.table import LockTable
from caraway.webdav.store.memory import MemoryStore
from caraway.webdav.store.snapshots import MemorySnapshots
from tests.unit.webdav.server.memory import put_file


def call(method: str = "PUT", **headers: str) -> Call:
    store = MemoryStore()
    put_file(store, ("a",))
    store.make_collection(("c",))
    fields = {"host": "dav.test"}
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    request = Request(method, "/a", ("a",), fields)
    moment = Moment(0.0, 0.0)
    return Call(store, LockTable(lambda: "urn:t"), Policy(), request, moment, MemorySnapshots())


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("", True),
        ("localhost", True),
        ("localhost:8080", True),
        ("LOCALHOST.", True),
        ("x.localhost", True),
        ("127.0.0.1:1", True),
        ("127.1.2.3", True),
        ("[::1]", True),
        ("[::1]:80", True),
        ("nas.lan", True),
        ("nas.lan:80", True),
        ("evil.test", False),
        ("nas.lan.evil.test", False),
        ("localhost.evil.test", False),
    ],
)
def test_names_of_the_server(host: str, ours: bool) -> None:
    assert Policy(hosts=frozenset({"nas.lan"})).accepts_host(host) is ours
    assert Policy().accepts_host(host)


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("vm.local", True),
        ("a.vm.LOCAL.:8080", True),
        ("x.nas.lan", True),
        ("local", False),
        (".local", False),
        ("nas.lan", False),
        ("vm.local.evil.test", False),
        ("vmlocal", False),
    ],
)
def test_all_names_below_one(host: str, ours: bool) -> None:
    assert Policy(hosts=frozenset({"*.local", "*.nas.lan"})).accepts_host(host) is ours


def test_a_name_that_looks_like_a_loopback_address_is_none() -> None:
    """Whoever owns evil.test may point 127.evil.test at us."""
    assert not Policy(hosts=frozenset()).accepts_host("127.evil.test")


@pytest.mark.parametrize("bound", ["0.0.0.0", "[::]"])
def test_a_server_on_all_addresses_takes_any_address_for_a_name(bound: str) -> None:
    """Which are ours is not known, and nobody can point an address at us."""
    policy = Policy(hosts=frozenset({bound}))
    for host in ("192.0.2.7:8080", "[2001:db8::1]", "[2001:DB8::1]:80"):
        assert policy.accepts_host(host)
        assert not Policy(hosts=frozenset({"192.0.2.1"})).accepts_host(host)
    for host in ("evil.test", "192.0.2.7.evil.test", "[evil.test]", "1.2.3"):
        assert not policy.accepts_host(host)


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"origin": "http://dav.test"}, False),
        ({"origin": "HTTP://DAV.test"}, False),
        ({"sec_fetch_site": "same-origin"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"origin": "https://dav.test"}, True),
        ({"origin": "http://evil.test"}, True),
        ({"origin": "null"}, True),
        ({"sec_fetch_site": "cross-site"}, True),
        ({"sec_fetch_site": "same-site"}, True),
    ],
)
def test_sites(headers: dict[str, str], refused: bool) -> None:
    made = call(**headers)
    if refused:
        with pytest.raises(HTTPError) as caught:
            made.refuse_other_sites()
        assert caught.value.status == 403
    else:
        made.refuse_other_sites()


def test_depth() -> None:
    """RFC 4918 §10.2."""
    assert call().depth("0 1", "1") == "1"
    assert call(depth=" Infinity ").depth("0 infinity", "0") == "infinity"
    with pytest.raises(BadRequest, match="Depth is '2'"):
        call(depth="2").depth("0 1", "1")


def test_destination() -> None:
    """RFC 4918 §10.3."""
    assert call(destination="/n").destination() == ("n",)
    with pytest.raises(BadRequest, match="needs a Destination"):
        call("MOVE").destination()
    with pytest.raises(HTTPError, match="another server") as caught:
        call(destination="http://other.test/n").destination()
    assert caught.value.status == 502


def test_overwrite() -> None:
    """RFC 4918 §10.6."""
    assert call().overwrites()
    assert not call(overwrite="f").overwrites()
    with pytest.raises(BadRequest, match="T or F"):
        call(overwrite="no").overwrites()


def test_what_is_there() -> None:
    made = call()
    assert made.existing().name == "a"
    assert made.find(("none",)) is None
    assert (made.href(("c",), made.find(("c",))), made.href(("n",))) == ("/c/", "/n")


def test_the_if_header_tells_tokens() -> None:
    """RFC 4918 §10.4."""
    assert call().tokens == frozenset()
    made = call(**{"if": "(<urn:x>) (Not <urn:y>)"})
    assert "urn:x" in made.tokens
    made.check_conditions()
    with pytest.raises(HTTPError, match="no list of the If header holds") as caught:
        call(**{"if": '<http://dav.test/none> (["e"])'}).check_conditions()
    assert caught.value.status == 412


def test_a_failed_precondition_tells_the_tag() -> None:
    made = call(if_match='"other"')
    with pytest.raises(HTTPError) as caught:
        made.check_conditions()
    assert caught.value.status == 412
    assert caught.value.headers[0][0] == "ETag"


def test_what_is_missing_has_preconditions() -> None:
    """RFC 9110 §13.1.1."""
    made = call(if_match="*")
    made.path = ("none",)
    with pytest.raises(HTTPError) as caught:
        made.existing()
    assert (caught.value.status, caught.value.headers) == (412, ())


def test_locks_stand_against_changes() -> None:
    made = call()
    made.check_locks(("a",))
    made.locks.lock(
        ("a",),
        now=0.0,
        href="/a",
        is_exclusive=True,
        is_deep=False,
        owner="",
        principal=None,
        timeout_s=100,
    )
    with pytest.raises(HTTPError) as caught:
        made.check_locks(("a",))
    assert caught.value.status == 423
