"""Bodies of answers: RFC 4918 §13, §14, §16; RFC 5689 §5.2."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from caraway.webdav.paths import format_path
from caraway.webdav.properties.listing import Renderer
from caraway.webdav.store.interface import Entry
from caraway.webdav.xml.answers import (
    Propstat,
    error_body,
    mkcol_body,
    status_line,
    write_multistatus,
    write_response,
    write_status,
)
from caraway.webdav.xml.parser import DAV, parse
from caraway.webdav.xml.requests import Propfind
from caraway.webdav.xml.writer import tag


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
    assert len(body) <= 220 * 1000 + sum(map(len, hrefs)) + 150
