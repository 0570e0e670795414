"""XML bodies: what is read, what is refused, what comes out again.

RFC 4918 §4.3 (what of a property is kept), §8.2 (bad XML), §9, §14 (the bodies), §17 (what
is not known is skipped); RFC 5689 §5.1 (mkcol); XML 1.0 §2.2 (characters).
"""

from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.paths import format_path
from caraway.webdav.properties import Renderer
from caraway.webdav.store.interface import Entry
from caraway.webdav.xml import (
    ALLPROP,
    DAV,
    LockRequest,
    Propfind,
    Propstat,
    XmlLimits,
    error_body,
    escape,
    escape_attribute,
    mkcol_body,
    parse,
    read_lockinfo,
    read_mkcol,
    read_propertyupdate,
    read_propfind,
    status_line,
    tag,
    write,
    write_multistatus,
    write_response,
    write_status,
)


def dav(name, inside="", attributes=""):
    return f'<D:{name} xmlns:D="DAV:"{attributes}>{inside}</D:{name}>'.encode()


def meaning(element):
    """An element as nested tuples: what RFC 4918 §4.3 says has to be kept."""
    merged = []
    for part in element.content:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part if isinstance(part, str) else meaning(part))
    attributes = frozenset((name, value) for name, _, value in element.attributes)
    return element.name, element.prefix, attributes, tuple(merged)


# Parsing


def test_names_are_resolved_with_default_and_prefixed_namespaces():
    root = parse(b'<a xmlns="DAV:" xmlns:x="urn:x" p="1" x:p="2"><x:b/><c xmlns=""/>t</a>')
    assert root.name == (DAV, "a")
    assert [child.name for child in root.children] == [("urn:x", "b"), ("", "c")]
    assert root.attributes == ((("", "p"), "", "1"), (("urn:x", "p"), "x", "2"))
    assert root.text == "t"


def test_text_around_comments_and_in_cdata_is_one():
    assert parse(b"<a>x<!-- no -->y<![CDATA[<&]]>&#65;&lt;</a>").text == "xy<&A<"


def test_language_and_base_are_inherited_until_declared_anew():
    root = parse(
        b'<a xml:lang="en" xml:base="http://h/"><b/><c xml:lang="de"><d/></c><e xml:lang=""/></a>'
    )
    b, c, e = root.children
    assert [each.lang for each in (root, b, c, c.children[0], e)] == ["en", "en", "de", "de", None]
    assert b.base == "http://h/"
    assert parse(b"<a/>").lang is None


def test_find_looks_in_the_namespace_of_webdav_only():
    root = parse(b'<a xmlns:D="DAV:"><b/><D:b>x</D:b></a>')
    assert root.find("b").text == "x"
    assert root.find("c") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_encodings_that_are_read(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>é</a>'
    assert parse(text.encode(encoding)).text == "é"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no element found"),
        (b"text", "syntax error"),
        (b"<a>", "no element found"),
        (b"<a/><b/>", "junk after document element"),
        (b"<a><b></a></b>", "mismatched tag"),
        (b"<x:a/>", "unbound prefix"),
        (b'<a xmlns:x=""/>', "must not undeclare prefix"),
        (b'<a xmlns:xml="urn:x"/>', "reserved prefix"),
        (b'<a b="1" b="2"/>', "duplicate attribute"),
        (b'<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>', "duplicate attribute"),
        (b"<a>&undefined;</a>", "undefined entity"),
        (b"<a>\xff</a>", "not well-formed"),
        (b"<a>\x00</a>", "not well-formed"),
        (b"<a>&#0;</a>", "reference to invalid character number"),
        (b'<a xmlns="a&#1;b"/>', "reference to invalid character number"),
        (b'<?xml version="1.0" encoding="rot13"?><a/>', "rot13"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "utf-7"),
        (b"<!DOCTYPE a><a/>", "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "document type"),
    ],
)
def test_bodies_that_are_refused(body, reason):
    with pytest.raises(BadRequest, match=reason) as caught:
        parse(body)
    assert caught.value.status == 400


@pytest.mark.parametrize("encoding", ["ascii", "utf-16", "utf-16-be"])
def test_an_entity_bomb_is_refused_before_it_expands(encoding):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "0123456789">{levels}]><a>{"&e11;" * 1000}</a>'
    prefix = b"\xfe\xff" if encoding == "utf-16-be" else b""
    before = time.process_time()
    with pytest.raises(BadRequest, match="document type"):
        parse(prefix + bomb.encode(encoding))
    assert time.process_time() - before < 0.5


def test_text_that_only_looks_like_an_entity_declaration_is_kept():
    assert parse(b"<a><![CDATA[<!DOCTYPE x [<!ENTITY y 'z'>]>]]></a>").text == (
        "<!DOCTYPE x [<!ENTITY y 'z'>]>"
    )


@pytest.mark.parametrize(
    ("limits", "fits", "too_much"),
    [
        (XmlLimits(depth=2), b"<a><b/></a>", b"<a><b><c/></b></a>"),
        (XmlLimits(elements=2), b"<a><b/></a>", b"<a><b/><c/></a>"),
        (XmlLimits(attributes=1), b'<a b="1"/>', b'<a b="1" c="2"/>'),
        (
            XmlLimits(prefixes=1),
            b'<a><b xmlns:x="u"/><b xmlns:y="u"/></a>',
            b'<a xmlns:x="u"><b xmlns:y="u"/></a>',
        ),
    ],
)
def test_each_limit_holds(limits, fits, too_much):
    parse(fits, limits)
    with pytest.raises(BadRequest):
        parse(too_much, limits)


def test_a_body_over_the_size_limit_is_413_with_both_numbers():
    parse(b"<a></a>", XmlLimits(size=7))
    with pytest.raises(HTTPError, match="8 bytes, at most 7") as caught:
        parse(b"<a> </a>", XmlLimits(size=7))
    assert caught.value.status == 413


# Writing


@pytest.mark.parametrize(
    ("text", "escaped", "in_attribute"),
    [
        ("plain é 🚀", "plain é 🚀", "plain é 🚀"),
        ("a<b>&\"'", "a&lt;b&gt;&amp;\"'", "a&lt;b>&amp;&quot;'"),
        ("\t\n\r", "\t\n&#13;", "&#9;&#10;&#13;"),
        ("\x00\x1f\x0b\ufffe\uffff\udcff", "�" * 6, "�" * 6),
    ],
)
def test_escaping(text, escaped, in_attribute):
    assert (escape(text), escape_attribute(text)) == (escaped, in_attribute)


_NO_CHAR = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_whatever_is_escaped_stays_well_formed(text):
    parsed = parse(f'<a b="{escape_attribute(text)}">{escape(text)}</a>'.encode())
    assert parsed.text == parsed.attributes[0][2] == _NO_CHAR.sub("\ufffd", text)


@pytest.mark.parametrize(
    ("body", "written"),
    [
        (b'<r xmlns="u"><p><q/></p></r>', '<p xmlns="u"><q/></p>'),
        (b"<r><p>t</p></r>", '<p xmlns="">t</p>'),
        (b'<r xmlns:x="u"><x:p/></r>', '<x:p xmlns:x="u"/>'),
        (b'<r xmlns:x="u"><x:p><q/></x:p></r>', '<x:p xmlns="" xmlns:x="u"><q/></x:p>'),
        (b'<r xmlns:x="u" xmlns:y="v"><x:p y:a="1"/></r>',
         '<x:p xmlns:x="u" xmlns:y="v" y:a="1"/>'),
        (b'<r><p xmlns="u" a="1"/></r>', '<p xmlns="u" a="1"/>'),
        (b'<r xmlns:x="u"><x:p xmlns:x="v"/></r>', '<x:p xmlns:x="v"/>'),
        (b'<r xmlns:x="u"><p xmlns="">x:qname</p></r>', '<p xmlns="" xmlns:x="u">x:qname</p>'),
        (b'<r xmlns:x="u"><p xmlns="" t="x:q"/></r>', '<p xmlns="" xmlns:x="u" t="x:q"/>'),
        (b'<r xmlns:x="u"><p xmlns="">at 12:30</p></r>', '<p xmlns="">at 12:30</p>'),
        (b'<r xml:lang="de"><p xmlns=""/></r>', '<p xmlns="" xml:lang="de"/>'),
        (b'<r xml:lang="de"><p xmlns="" xml:lang="en"/></r>', '<p xmlns="" xml:lang="en"/>'),
        (b'<r><p xmlns="">a<b>c</b>d &lt; &#13;</p></r>',
         '<p xmlns="">a<b>c</b>d &lt; &#13;</p>'),
    ],
)  # fmt: skip
def test_a_property_is_written_so_that_it_stands_alone(body, written):
    element = parse(body).children[0]
    assert write(element) == written
    # In a listing it stands below a default namespace and a prefix of ours.
    again = parse(f'<m xmlns="DAV:" xmlns:D="DAV:">{written}</m>'.encode()).children[0]
    assert (again.name, again.content and again.text) == (
        element.name,
        element.content and element.text,
    )


_NAME = st.sampled_from(["a", "b-c", "é"])
_PREFIX = st.sampled_from(["", "x:", "y:"])
_TEXT = st.text(st.sampled_from("ab:xy<&>\"'\r\n\t é🚀"), max_size=6)


@st.composite
def _xml(draw, depth=3):
    name = draw(_PREFIX) + draw(_NAME)
    declared = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{draw(st.sampled_from(["urn:1", "DAV:"]))}"'
        for prefix in draw(st.sets(st.sampled_from(["", "x", "y"])))
    )
    attributes = "".join(
        f' {each}="{escape_attribute(draw(_TEXT))}"'
        for each in draw(st.sets(st.sampled_from(["p", "x:p", "xml:lang"]), max_size=2))
    )
    inside = ""
    if depth:
        parts = st.one_of(_TEXT.map(escape), _xml(depth - 1))
        inside = "".join(draw(st.lists(parts, max_size=3)))
    return f"<{name}{declared}{attributes}>{inside}</{name}>"


@given(_xml())
def test_a_property_keeps_its_meaning(text):
    outside = f'<r xmlns="urn:0" xmlns:x="urn:1" xmlns:y="urn:2">{text}</r>'
    element = parse(outside.encode()).children[0]
    again = parse(f'<m xmlns="DAV:" xmlns:x="urn:9">{write(element)}</m>'.encode()).children[0]
    assert meaning(again) == meaning(element)
    # Written once more, nothing is added.
    assert write(again) == write(element)


def test_a_megabyte_of_text_is_written_in_linear_time():
    element = parse(b"<a xmlns:x='u'>" + b"x" * 500_000 + b":" * 500_000 + b"</a>")
    before = time.process_time()
    assert len(write(element)) > 1_000_000
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    ("name", "content", "prefix", "expected"),
    [
        ((DAV, "a"), "", "D:", "<D:a/>"),
        ((DAV, "a"), "1", "", "<a>1</a>"),
        (("", "a"), "", "", '<a xmlns=""/>'),
        (('u"&', "a"), "1", "D:", '<a xmlns="u&quot;&amp;">1</a>'),
    ],
)
def test_tag(name, content, prefix, expected):
    assert tag(name, content, prefix=prefix) == expected


# Bodies of requests


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


# Bodies of answers


def test_status_lines():
    assert status_line(207) == "HTTP/1.1 207 Multi-Status"
    assert status_line(507) == "HTTP/1.1 507 Insufficient Storage"


def test_an_error_names_its_condition():
    body = error_body("lock-token-submitted", ["/a&b", "/c"])
    root = parse(body).find("lock-token-submitted")
    assert [child.text for child in root.children] == ["/a&b", "/c"]
    assert parse(error_body("propfind-finite-depth")).children[0].content == []


def test_a_response_with_a_status():
    text = write_status("/a", 423, condition="lock-token-submitted", hrefs=["/a"])
    assert text == (
        "<D:response><D:href>/a</D:href><D:status>HTTP/1.1 423 Locked</D:status>"
        "<D:error><D:lock-token-submitted><D:href>/a</D:href></D:lock-token-submitted></D:error>"
        "</D:response>"
    )
    assert "error" not in write_status("/a", 424)


def test_a_response_with_propstats():
    propstats = [
        Propstat(403, (tag((DAV, "getetag")),), "cannot-modify-protected-property"),
        Propstat(424, ("<D:a/>", "<D:b/>")),
    ]
    assert write_response("/a", propstats) == (
        "<D:response><D:href>/a</D:href>"
        "<D:propstat><D:prop><D:getetag/></D:prop><D:status>HTTP/1.1 403 Forbidden</D:status>"
        "<D:error><D:cannot-modify-protected-property/></D:error></D:propstat>"
        "<D:propstat><D:prop><D:a/><D:b/></D:prop>"
        "<D:status>HTTP/1.1 424 Failed Dependency</D:status></D:propstat></D:response>"
    )
    assert write_response("/a", propstats, prefix="").startswith("<response><href>/a</href>")
    # RFC 5689 §5.2 has the same without a response around it.
    answer = parse(mkcol_body(propstats))
    assert answer.name == (DAV, "mkcol-response")
    assert [each.find("status").text[9:12] for each in answer.children] == ["403", "424"]


@pytest.mark.parametrize("prefix", ["D:", ""])
def test_a_multistatus_comes_in_pieces_and_is_whole(prefix):
    responses = (write_response(f"/{n}", [], prefix=prefix) for n in range(100))
    pieces = list(write_multistatus(responses, prefix=prefix, sync_token="urn:a&b", piece=500))
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 700
    root = ElementTree.fromstring(b"".join(pieces))
    assert root.tag == "{DAV:}multistatus"
    assert [each.findtext("{DAV:}href") for each in root][:2] == ["/0", "/1"]
    assert root.findtext("{DAV:}sync-token") == "urn:a&b"


def test_responses_are_made_only_as_they_are_taken():
    taken = []

    def responses():
        for number in range(1000):
            taken.append(number)
            yield "<D:response/>"

    pieces = write_multistatus(responses(), piece=130)
    next(pieces)
    assert len(taken) == 10


def test_an_entry_of_a_listing_has_at_most_220_bytes_and_its_href():
    names = ((DAV, "getcontentlength"), (DAV, "getlastmodified"), (DAV, "resourcetype"))
    entries = [Entry(f"file {n}", False, 1000 + n, n, n, "e") for n in range(1000)]
    hrefs = [format_path((entry.name,), is_collection=False) for entry in entries]
    listing = Renderer(Propfind("prop", names), prefix="")
    body = b"".join(write_multistatus(map(listing.render, hrefs, entries), prefix=listing.prefix))
    assert len(ElementTree.fromstring(body)) == 1000
    assert len(body) <= 220 * 1000 + sum(map(len, hrefs)) + 100
