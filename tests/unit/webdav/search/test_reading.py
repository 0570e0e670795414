"""Bodies of SEARCH (RFC 5323 §2.2, §4.1, §5)."""

from __future__ import annotations

import pytest

from caraway.webdav.errors import BadRequest, HTTPError
from caraway.webdav.search.query import (
    And,
    Compare,
    Contains,
    IsCollection,
    IsDefined,
    LanguageDefined,
    LanguageMatches,
    Like,
    Not,
    Or,
    Order,
    Query,
    SchemaQuestion,
    Scope,
)
from caraway.webdav.search.reading import (
    MAX_LITERAL,
    MAX_OPERATORS,
    MAX_ORDER_KEYS,
    MAX_SCOPES,
    read_pattern,
    read_search,
)
from caraway.webdav.xml.requests import ALLPROP, MAX_NAMES, Propfind

SELECT = "<D:select><D:prop><D:getetag/></D:prop></D:select>"
FROM = "<D:from><D:scope><D:href>/a</D:href><D:depth>1</D:depth></D:scope></D:from>"
NAME = "<D:prop><D:displayname/></D:prop>"
DISPLAYNAME = ("DAV:", "displayname")
LITERAL = "<D:literal>x</D:literal>"


def body(inside: str, *, root: str = "searchrequest") -> bytes:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return f'<D:{root} xmlns:D="DAV:" {xsi}>{inside}</D:{root}>'.encode()


def basic(inside: str) -> bytes:
    return body(f"<D:basicsearch>{inside}</D:basicsearch>")


def where(condition: str) -> bytes:
    return basic(f"{SELECT}{FROM}<D:where>{condition}</D:where>")


def read(data: bytes) -> Query:
    query = read_search(data)
    assert isinstance(query, Query)
    return query


def test_the_least_there_can_be() -> None:
    assert read(basic(SELECT + FROM)) == Query(
        Propfind("prop", (("DAV:", "getetag"),)), (Scope("/a", "1"),)
    )


def test_all_parts() -> None:
    order = (
        f"<D:orderby><D:order caseless='yes'>{NAME}<D:descending/></D:order>"
        "<D:order><D:prop><x:a xmlns:x='urn:x'/></D:prop><D:ascending/></D:order></D:orderby>"
    )
    query = read(
        basic(
            "<D:select><D:allprop/></D:select><D:from>"
            "<D:scope><D:href> </D:href><D:depth>Infinity</D:depth></D:scope>"
            "<D:scope><D:href>b</D:href><D:depth> 0 </D:depth></D:scope></D:from>"
            f"<D:where><D:is-collection/></D:where>{order}"
            "<D:limit><D:nresults> 12 </D:nresults></D:limit><x:unknown xmlns:x='urn:x'/>"
        )
    )
    assert query == Query(
        ALLPROP,
        (Scope("", "infinity"), Scope("b", "0")),
        IsCollection(),
        (Order(DISPLAYNAME, True, True), Order(("urn:x", "a"))),
        12,
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("<D:is-collection/>", IsCollection()),
        (f"<D:is-defined>{NAME}</D:is-defined>", IsDefined(DISPLAYNAME)),
        (f"<D:not><D:is-defined>{NAME}</D:is-defined></D:not>", Not(IsDefined(DISPLAYNAME))),
        ("<D:and><D:is-collection/></D:and>", And((IsCollection(),))),
        (
            "<D:or><D:is-collection/><D:contains>A  b\n</D:contains></D:or>",
            Or((IsCollection(), Contains("a b"))),
        ),
        (f"<D:eq>{NAME}{LITERAL}</D:eq>", Compare("eq", DISPLAYNAME, "x")),
        (
            f"<D:gte caseless='yes'>{NAME}<D:literal> x </D:literal></D:gte>",
            Compare("gte", DISPLAYNAME, " x ", None, True),
        ),
        (
            f"<D:lt>{NAME}<D:typed-literal xsi:type='xs:integer'>1</D:typed-literal></D:lt>",
            Compare("lt", DISPLAYNAME, "1", "number"),
        ),
        (
            f"<D:lte>{NAME}<D:typed-literal>1</D:typed-literal></D:lte>",
            Compare("lte", DISPLAYNAME, "1", "string"),
        ),
        (
            f"<D:gt caseless='no'>{NAME}<D:typed-literal xsi:type='dateTime'>1"
            "</D:typed-literal></D:gt>",
            Compare("gt", DISPLAYNAME, "1", "time"),
        ),
        (
            f"<D:like caseless='yes'>{NAME}<D:literal>a%</D:literal></D:like>",
            Like(DISPLAYNAME, (("a",), ()), True),
        ),
        (f"<D:language-defined>{NAME}</D:language-defined>", LanguageDefined(DISPLAYNAME)),
        (
            f"<D:language-matches>{NAME}<D:literal> en </D:literal></D:language-matches>",
            LanguageMatches(DISPLAYNAME, "en"),
        ),
    ],
)
def test_conditions(condition: str, expected: object) -> None:
    assert read(where(condition)).where == expected


@pytest.mark.parametrize("inside", [False, True])
def test_the_question_for_the_schema(inside: bool) -> None:
    grammar = f"<D:basicsearch>{FROM}</D:basicsearch>"
    if inside:
        discovery = f"<D:query-schema-discovery>{grammar}</D:query-schema-discovery>"
        data = body(discovery)
    else:
        data = body(grammar, root="query-schema-discovery")
    assert read_search(data) == SchemaQuestion((Scope("/a", "1"),))


def test_the_question_for_the_schema_of_the_target() -> None:
    data = body("<D:basicsearch/>", root="query-schema-discovery")
    assert read_search(data) == SchemaQuestion((Scope("", "infinity"),))


_MANY = "".join(f"<D:p{index}/>" for index in range(MAX_NAMES + 1))
_SCOPE = FROM.removeprefix("<D:from>").removesuffix("</D:from>")
_KEY = f"<D:order>{NAME}</D:order>"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<x",
        b'<x xmlns="DAV:"/>',
        body("", root="searchrequest"),
        body("<D:basicsearch/><D:basicsearch/>"),
        basic(""),
        basic(SELECT),
        basic(FROM),
        basic(SELECT + SELECT + FROM),
        basic(SELECT + FROM + FROM),
        basic("<D:select/>" + FROM),
        basic("<D:select><D:propname/></D:select>" + FROM),
        basic(f"<D:select><D:prop>{_MANY}</D:prop></D:select>" + FROM),
        basic(SELECT + "<D:from/>"),
        basic(f"{SELECT}<D:from>{_SCOPE * (MAX_SCOPES + 1)}</D:from>"),
        basic(SELECT + FROM.replace("1", "2")),
        basic(SELECT + FROM.replace("<D:depth>1</D:depth>", "")),
        basic(SELECT + FROM.replace("<D:href>/a</D:href>", "")),
        basic(SELECT + FROM + "<D:where/>"),
        basic(SELECT + FROM + "<D:orderby/>"),
        basic(f"{SELECT}{FROM}<D:orderby>{_KEY * (MAX_ORDER_KEYS + 1)}</D:orderby>"),
        basic(f"{SELECT}{FROM}<D:orderby><D:order/></D:orderby>"),
        basic(
            f"{SELECT}{FROM}<D:orderby><D:order>{NAME}<D:ascending/><D:descending/></D:order>"
            "</D:orderby>"
        ),
        basic(SELECT + FROM + "<D:limit/>"),
        basic(SELECT + FROM + "<D:limit><D:nresults>-1</D:nresults></D:limit>"),
        basic(SELECT + FROM + "<D:limit><D:nresults>²</D:nresults></D:limit>"),
        basic(SELECT + FROM + "<D:limit><D:nresults>12345678901</D:nresults></D:limit>"),
        where("<D:and/>"),
        where("<D:or/>"),
        where("<D:not/>"),
        where("<D:not><D:is-collection/><D:is-collection/></D:not>"),
        where(f"<D:and>{'<D:is-collection/>' * MAX_OPERATORS}</D:and>"),
        where("<D:is-defined/>"),
        where("<D:is-defined><D:prop/></D:is-defined>"),
        where("<D:is-defined><D:prop><D:a/><D:b/></D:prop></D:is-defined>"),
        where(f"<D:eq>{NAME}</D:eq>"),
        where(f"<D:eq>{LITERAL}</D:eq>"),
        where(f"<D:eq>{NAME}{LITERAL}<D:typed-literal>x</D:typed-literal></D:eq>"),
        where(f"<D:eq caseless='maybe'>{NAME}{LITERAL}</D:eq>"),
        where(f"<D:eq>{NAME}<D:literal><D:x/></D:literal></D:eq>"),
        where(f"<D:eq>{NAME}<D:literal>{'x' * (MAX_LITERAL + 1)}</D:literal></D:eq>"),
        where(f"<D:like>{NAME}<D:literal>\\a</D:literal></D:like>"),
        where(f"<D:like>{NAME}<D:literal>a\\</D:literal></D:like>"),
        where("<D:contains> \n</D:contains>"),
        where("<D:not>" * 80 + "<D:is-collection/>" + "</D:not>" * 80),
    ],
)
def test_what_cannot_be_read_is_400(data: bytes) -> None:
    with pytest.raises(BadRequest):
        read_search(data)


@pytest.mark.parametrize(
    ("data", "condition"),
    [
        (body("<D:sql/>"), "search-grammar-supported"),
        (body("<basicsearch/>"), "search-grammar-supported"),
        (body("<D:sql/>", root="query-schema-discovery"), "search-grammar-supported"),
        (where("<D:near/>"), None),
        (where("<x:eq xmlns:x='urn:x'/>"), None),
        (
            where(f"<D:eq>{NAME}<D:typed-literal xsi:type='xs:QName'>x</D:typed-literal></D:eq>"),
            None,
        ),
        (basic(f"{SELECT}{FROM}<D:orderby><D:order><D:score/></D:order></D:orderby>"), None),
    ],
)
def test_what_is_not_known_is_422(data: bytes, condition: str | None) -> None:
    with pytest.raises(HTTPError) as raised:
        read_search(data)
    assert (raised.value.status, raised.value.condition) == (422, condition)


def test_a_body_beyond_the_limit_is_413() -> None:
    """RFC 9110 §15.5.14; nothing of it is parsed."""
    with pytest.raises(HTTPError) as raised:
        read_search(b" " * ((1 << 20) + 1))
    assert raised.value.status == 413


@pytest.mark.parametrize(
    ("pattern", "segments"),
    [
        ("", ((),)),
        ("%", ((), ())),
        ("a_b", (("a", None, "b"),)),
        (r"\%\_\\", (("%", "_", "\\"),)),
        ("%%", ((), (), ())),
    ],
)
def test_patterns(pattern: str, segments: tuple[tuple[str | None, ...], ...]) -> None:
    """RFC 5323 §5.14."""
    assert read_pattern(pattern) == segments
