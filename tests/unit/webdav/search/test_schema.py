"""The query schema (RFC 5323 §4, §5.19)."""

from __future__ import annotations

from typing import get_args
from xml.etree import ElementTree

from caraway.webdav.search.query import Operator
from caraway.webdav.search.schema import schema_response
from caraway.webdav.search.values import SEARCHED

D = "{DAV:}"


def test_the_schema_tells_of_properties_and_operators() -> None:
    response = ElementTree.fromstring(
        schema_response("/a&b/").replace("<D:response>", '<D:response xmlns:D="DAV:">', 1)
    )
    assert response.findtext(f"{D}href") == "/a&b/"
    assert response.findtext(f"{D}status") == "HTTP/1.1 200 OK"
    described = response.findall(f".//{D}propdesc")
    assert len(described) == len(SEARCHED) + 1
    length = next(
        each for each in described if each.find(f"{D}prop/{D}getcontentlength") is not None
    )
    datatype = length.find(f"{D}datatype")
    assert datatype is not None
    assert datatype[0].tag == "{http://www.w3.org/2001/XMLSchema}decimal"
    assert length.find(f"{D}caseless") is None
    operators = {each[0].tag.removeprefix(D) for each in response.iter(f"{D}opdesc")}
    assert {*get_args(Operator), "like", "contains", "is-collection", "is-defined"} <= operators
