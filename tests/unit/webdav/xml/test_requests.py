"""Bodies of requests: RFC 4918 §9, §14; RFC 5689 §5.1 (mkcol)."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.xml.parser import DAV
from caraway.webdav.xml.requests import (
    ALLPROP,
    LockRequest,
    Propfind,
    read_lockinfo,
    read_mkcol,
    read_propertyupdate,
    read_propfind,
)
from caraway.webdav.xml.writer import write
from tests.unit.webdav.xml.bodies import dav


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ALLPROP),
        (dav("propfind", "<D:allprop/>"), ALLPROP),
        (dav("propfind", "<D:propname/>"), Propfind("propname")),
        (dav("propfind", "<D:prop/>"), Propfind("prop")),
        (
            dav("propfind", '<D:prop><D:a/><b xmlns="u"/><c xmlns=""/><D:a/></D:prop>'),
            Propfind("prop", ((DAV, "a"), ("u", "b"), ("", "c"))),
        ),
        (
            dav("propfind", "<D:allprop/><D:include><D:a/></D:include>"),
            Propfind("allprop", ((DAV, "a"),)),
        ),
        # RFC 4918 §17: what is not known is as if it were not there.
        (dav("propfind", "<x/><D:later/><D:propname/>", ' a="1"'), Propfind("propname")),
        (dav("propfind", "<D:propname/>" + " " * 5000), Propfind("propname")),
    ],
)
def test_propfind(body, expected):
    assert read_propfind(body) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (dav("propfind"), "0 of propname"),
        (dav("propfind", "<D:prop/><D:allprop/>"), "2 of propname"),
        (dav("propfind", "<D:include/>"), "0 of propname"),
        (dav("propfind", "<prop/>"), "0 of propname"),
        (dav("other", "<D:prop/>"), "needs DAV:propfind"),
        (b"<propfind><prop/></propfind>", "needs DAV:propfind"),
        (b"no xml", "not well-formed"),
        (
            dav("propfind", "<D:prop>" + "".join(f"<a{n}/>" for n in range(1001)) + "</D:prop>"),
            "1001 properties, at most 1000",
        ),
    ],
)
def test_bad_propfind_is_400(body, reason):
    for _ in range(2):
        with pytest.raises(BadRequest, match=reason):
            read_propfind(body)


def test_the_same_propfind_is_parsed_once():
    body = dav("propfind", "<D:prop><D:once/></D:prop>")
    assert read_propfind(body) is read_propfind(bytes(bytearray(body)))


def test_propertyupdate_keeps_document_order():
    changes = read_propertyupdate(
        dav(
            "propertyupdate",
            "<D:set><D:prop><D:a>1</D:a><b xmlns='u'/></D:prop></D:set><D:ignored/>"
            "<D:remove><D:prop><D:a>content counts for nothing</D:a></D:prop></D:remove>"
            "<D:set><D:prop><D:a>2</D:a></D:prop></D:set>",
        )
    )
    assert [(each.name, each.value and each.value.text) for each in changes] == [
        ((DAV, "a"), "1"),
        (("u", "b"), ""),
        ((DAV, "a"), None),
        ((DAV, "a"), "2"),
    ]


def test_a_property_inherits_the_language_of_what_is_around_it():
    (change,) = read_propertyupdate(
        dav("propertyupdate", '<D:set><D:prop xml:lang="fr"><D:a>x</D:a></D:prop></D:set>')
    )
    assert write(change.value) == '<D:a xmlns:D="DAV:" xml:lang="fr">x</D:a>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        dav("propertyupdate"),
        dav("propertyupdate", "<D:set/>"),
        dav("propertyupdate", "<D:set><D:prop/></D:set>"),
        dav("mkcol", "<D:set><D:prop><D:a/></D:prop></D:set>"),
        dav("propertyupdate", f"<D:set><D:prop>{'<a/>' * 1001}</D:prop></D:set>"),
    ],
)
def test_bad_propertyupdate_is_400(body):
    with pytest.raises(BadRequest):
        read_propertyupdate(body)


def test_mkcol_with_properties():
    body = dav(
        "mkcol",
        "<D:set><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop></D:set>"
        "<D:later/><D:set><D:prop><D:displayname>x</D:displayname></D:prop></D:set>",
    )
    assert [each.name[1] for each in read_mkcol(body)] == ["resourcetype", "displayname"]
    assert read_mkcol(b"") == ()


def test_mkcol_with_another_body_is_415():
    with pytest.raises(HTTPError, match="other") as caught:
        read_mkcol(dav("other"))
    assert caught.value.status == 415


@pytest.mark.parametrize("body", [dav("mkcol"), dav("mkcol", "<D:set/>"), b"<"])
def test_bad_mkcol_is_400(body):
    with pytest.raises(BadRequest):
        read_mkcol(body)


def lockinfo(scope="<D:exclusive/>", kind="<D:write/>", owner=""):
    return dav(
        "lockinfo",
        f"<D:lockscope>{scope}</D:lockscope><D:locktype>{kind}</D:locktype>{owner}",
    )


def test_lockinfo():
    assert read_lockinfo(lockinfo()) == LockRequest(True, "")
    assert read_lockinfo(lockinfo("<D:shared/>")) == LockRequest(False, "")
    assert read_lockinfo(b"") is None


def test_the_owner_is_kept_with_all_that_is_inside():
    request = read_lockinfo(
        lockinfo(owner='<D:owner><D:href>http://me/</D:href> &amp; <x xmlns="u" a="1"/></D:owner>')
    )
    assert request.owner == (
        '<D:owner xmlns:D="DAV:"><D:href>http://me/</D:href> &amp; <x xmlns="u" a="1"/></D:owner>'
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (dav("lockinfo"), 400),
        (dav("lockinfo", "<D:lockscope><D:shared/></D:lockscope>"), 400),
        (dav("other"), 400),
        (lockinfo(scope=""), 422),
        (lockinfo(scope="<D:local/>"), 422),
        (lockinfo(scope="<D:shared/><D:exclusive/>"), 422),
        (lockinfo(kind="<D:read/>"), 422),
    ],
)
def test_bad_lockinfo(body, status):
    with pytest.raises(HTTPError) as caught:
        read_lockinfo(body)
    assert caught.value.status == status
