"""The XML parser: RFC 4918 §8.2 (bad XML), §17 (what is not known is skipped)."""

from __future__ import annotations

import time

import pytest

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.xml.parser import DAV, XmlLimits, parse


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
