"""Preconditions (RFC 9110 §13), references (RFC 4918 §8.3), the If header (RFC 4918 §10.4)."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from caraway.webdav.conditions import (
    MAX_CONDITIONS,
    MAX_HEADER,
    MISSING,
    Condition,
    ConditionList,
    Entity,
    State,
    check,
    locate,
    parse_if,
    parse_lock_token,
    parse_tags,
)
from caraway.webdav.errors import BadRequest

# 784111777 seconds, the date that RFC 9110 uses in its examples.
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT"
AFTER = "Sun, 06 Nov 1994 08:49:38 GMT"
FILE = Entity(exists=True, etag="e", mtime_s=784_111_777, variants=("e-gzip",))
FOLDER = Entity(exists=True)

READING = ("GET", "HEAD")
CHANGING = ("PUT", "DELETE", "MOVE", "COPY", "PROPPATCH", "PATCH", "LOCK", "MKCOL", "PROPFIND")


def judge(method, entity=FILE, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return check(method, named, entity, now=1.7e9)


# Entity tags


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("*", None),
        (" * ", None),
        ('"a"', ((False, "a"),)),
        ('""', ((False, ""),)),
        ('W/"a"', ((True, "a"),)),
        (' , "a" ,, W/"b,c"\t,', ((False, "a"), (True, "b,c"))),
        ('"\xe9!#~"', ((False, "\xe9!#~"),)),
    ],
)
def test_lists_of_entity_tags(value, tags):  # RFC 9110 §8.8.3, §13.1.1
    assert parse_tags(value) == tags


@pytest.mark.parametrize(
    "value",
    ["", ",", "a", '"a', 'a"', 'w/"a"', 'W/ "a"', '"a" "b"', '"a"b', '*, "a"', '"a", *', '"a b"',
     '"a\x7f"', "'a'", '"a"' * 2, ",".join(['"a"'] * (MAX_CONDITIONS + 1)), '"' + "a" * MAX_HEADER],
)  # fmt: skip
@pytest.mark.parametrize("name", ["if_match", "if_none_match"])
def test_bad_lists_of_entity_tags_are_400(value, name):
    with pytest.raises(BadRequest):
        judge("PUT", **{name: value})


# RFC 9110 §13.1.1


@pytest.mark.parametrize("method", READING + CHANGING)
@pytest.mark.parametrize(
    ("value", "entity", "expected"),
    [
        ('"e"', FILE, None),
        ('"x", "e"', FILE, None),
        ('"e-gzip"', FILE, None),
        ("*", FILE, None),
        ("*", FOLDER, None),
        ('"x"', FILE, 412),
        ('W/"e"', FILE, 412),
        ('""', FOLDER, 412),
        ("*", MISSING, 412),
        ('"e"', MISSING, 412),
    ],
)
def test_if_match(method, value, entity, expected):
    assert judge(method, entity, if_match=value) == expected


# RFC 9110 §13.1.2


@pytest.mark.parametrize("method", READING + CHANGING)
@pytest.mark.parametrize(
    ("value", "entity", "is_met"),
    [
        ('"x"', FILE, True),
        ('"e"', FILE, False),
        ('W/"e"', FILE, False),
        ('"x", "e"', FILE, False),
        ("*", FILE, False),
        ("*", FOLDER, False),
        ('""', FOLDER, True),
        ("*", MISSING, True),
        ('"e"', MISSING, True),
    ],
)
def test_if_none_match(method, value, entity, is_met):
    refusal = 304 if method in READING else 412
    assert judge(method, entity, if_none_match=value) == (None if is_met else refusal)


def test_the_tag_of_another_encoding_stops_a_change_but_not_a_read():
    assert judge("GET", if_none_match='"e-gzip"') is None
    assert judge("PUT", if_none_match='"e-gzip"') == 412


# RFC 9110 §13.1.3, §13.1.4


@pytest.mark.parametrize(
    ("date", "expected"),
    [(BEFORE, None), (DATE, 304), (AFTER, 304), ("Sunday, 06-Nov-94 08:49:38 GMT", 304),
     ("Sun Nov  6 08:49:37 1994", 304), ("yesterday", None), ("", None), ("784111778", None)],
)  # fmt: skip
def test_if_modified_since(date, expected):
    for method in READING:
        assert judge(method, if_modified_since=date) == expected
        assert judge(method, FOLDER, if_modified_since=date) is None
    for method in CHANGING:
        assert judge(method, if_modified_since=date) is None


@pytest.mark.parametrize("method", READING + CHANGING)
@pytest.mark.parametrize(
    ("date", "expected"),
    [(BEFORE, 412), (DATE, None), (AFTER, None), ("Sunday, 06-Nov-94 08:49:36 GMT", 412),
     ("Sun Nov  6 08:49:36 1994", 412), ("yesterday", None), ("", None)],
)  # fmt: skip
def test_if_unmodified_since(method, date, expected):
    assert judge(method, if_unmodified_since=date) == expected
    assert judge(method, MISSING, if_unmodified_since=date) is None


# RFC 9110 §13.2.2


def test_the_order_of_steps():
    # 1 before 2: with If-Match, If-Unmodified-Since says nothing.
    assert judge("PUT", if_match='"e"', if_unmodified_since=BEFORE) is None
    # 3 before 4: with If-None-Match, If-Modified-Since says nothing.
    assert judge("GET", if_none_match='"x"', if_modified_since=AFTER) is None
    # A failed 1 or 2 is 412, even where 3 or 4 would be 304.
    assert judge("GET", if_match='"x"', if_none_match='"e"') == 412
    assert judge("GET", if_unmodified_since=BEFORE, if_none_match='"e"') == 412
    # Passed 1 and 2 lead on.
    assert judge("GET", if_match='"e"', if_none_match='"e"') == 304
    assert judge("GET", if_unmodified_since=DATE, if_modified_since=DATE) == 304
    assert judge("GET") is None


# References


@pytest.mark.parametrize(
    ("reference", "host", "path"),
    [
        ("/", "here", ()),
        ("/a%20b/c/", "here", ("a b", "c")),
        ("/a?query", "here", ("a",)),
        ("http://here/a", "here", ("a",)),
        ("http://here", "here", ()),
        ("HTTP://HERE:80/a", "here", ("a",)),
        ("https://here:443/a", "Here", ("a",)),
        ("https://here/a", "here:443", ("a",)),
        ("http://user:secret@here/a", "here", ("a",)),
        ("http://here:8080/a?query", "here:8080", ("a",)),
        ("http://[::1]:80/a", "[::1]", ("a",)),
        ("http://[::1]/a", "[::1]:80", ("a",)),
        ("http://here:8080/a", "here", None),
        ("http://there/a", "here", None),
        ("http://here/a", "", None),
        ("http:///a", "", None),
        ("http:/a", "here", None),
        ("ftp://here/a", "here", None),
        ("urn:uuid:1", "here", None),
    ],
)
def test_where_a_reference_leads(reference, host, path):
    assert locate(reference, host) == path


@pytest.mark.parametrize(
    "reference",
    ["", "a", "a/b", "//here/a", "?a", "/a#b", "http://here/a#b", "/a b", "/é", "/a\n", "/../a",
     "http://here/%2e%2e/a", "/a%00", "/a%2fb", "/a%", "http://[::1/a"],
)  # fmt: skip
def test_references_that_are_refused(reference):
    with pytest.raises(BadRequest):
        locate(reference, "here")


# The If header

T1, T2 = "urn:uuid:1", "urn:uuid:2"
HERE = ("here",)
STATES = {
    HERE: State("e", frozenset([T1]), ("e-gzip",)),
    ("other",): State("o", frozenset([T2])),
    ("folder",): State("", frozenset()),
}


def holds(value):
    return parse_if(value, HERE, host="h").holds(lambda path: STATES.get(path, State()))


def test_an_if_header_as_values():  # §10.4.2
    header = parse_if(
        f'<http://h/a> (<{T1}>["e"])(Not[W/"f"]) </b> (<DAV:no-lock>)',
        HERE,
        host="h",
    )
    assert header.lists == (
        ConditionList(("a",), (Condition(False, False, T1), Condition(False, True, "e"))),
        ConditionList(("a",), (Condition(True, True, "f"),)),
        ConditionList(("b",), (Condition(False, False, "DAV:no-lock"),)),
    )
    assert header.tokens == {T1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # State tokens and entity tags, §10.4.3
        (f"(<{T1}>)", True),
        (f"(<{T2}>)", False),
        ('(["e"])', True),
        ('(["e-gzip"])', True),
        ('(["x"])', False),
        ('([W/"e"])', True),
        ('([ "e" ])', True),
        ('([""])', False),
        # All of a list, §10.4.3
        (f'(<{T1}> ["e"])', True),
        (f'(<{T1}> ["x"])', False),
        (f'(<{T1}>["e"])', True),
        # One of several lists, §10.4.6
        (f'(<{T2}>) (["e"])', True),
        (f'(<{T2}>)(["x"])', False),
        # Not, §10.4.7
        (f"(Not <{T2}>)", True),
        (f"(Not <{T1}>)", False),
        (f'(not<{T2}> NOT ["x"])', True),
        ('(Not ["e"])', False),
        # §10.4.8
        ("(<DAV:no-lock>)", False),
        ("(Not <DAV:no-lock>)", True),
        (f"(<{T2}>) (Not <DAV:no-lock>)", True),
        ("(<opaquelocktoken:unknown>)", False),
        # Tagged lists, §10.4.9, §10.4.10
        (f"</other> (<{T2}>)", True),
        (f"</other> (<{T1}>)", False),
        (f"<http://h/other> (<{T2}>)", True),
        (f"<http://h:80/other>(<{T2}>)", True),
        (f"</other> (<{T1}>) (<{T2}>)", True),
        (f"</other> (<{T1}>) </here> (<{T1}>)", True),
        (f"</other> (<{T1}>) </here> (<{T2}>)", False),
        ('</folder> (["x"])', False),
        ('</folder> ([""])', False),
        # Another server: nothing holds, not even a negation.
        ("<http://elsewhere/other> (Not <DAV:no-lock>)", False),
        ("<http://elsewhere/other> (Not <DAV:no-lock>) </other> (Not <DAV:no-lock>)", True),
        # Nothing there, §10.4.4
        (f"</missing> (<{T1}>)", False),
        (f"</missing> (Not <{T1}>)", True),
        ('</missing> (Not ["e"])', True),
        ("\t( <DAV:no-lock>\tNot  <DAV:no-lock> )  ", False),
    ],
)
def test_what_an_if_header_comes_to(value, expected):
    assert holds(value) is expected


@pytest.mark.parametrize(
    "value",
    ["", " ", "()", "(", ")", f"(<{T1}>", f"<{T1}>", f"<{T1}>)", "(Not)", "(Not", "(Not Not <a:b>)",
     f"(<{T1}>) </other> (<{T2}>)", "</other>", "</other> </here> (<a:b>)", "</other> (<a:b>) </x>",
     f"(<{T1}>) x", "(x)", "(e)", '("e")', '[e]', '(["e)', '(["e"', '(["e] )', "(<>)", "(<a b:c>)",
     "(<no-scheme>)", "(</path>)", "(<1:a>)", "((<a:b>))", "(<a:b>),(<a:b>)", "(Not(<a:b>))",
     "Not (<a:b>)", "(Notx <a:b>)", "(<a:b)", "<relative> (<a:b>)", "</../x> (<a:b>)",
     "</a%00> (<a:b>)", "<//h/x> (<a:b>)", "<http://h/#f> (<a:b>)", "(<a:\xe9>)", "(<a:b>\x00)",
     '["e"] (<a:b>)', '(["e"x])', '([W/ "e"])', '([w"e"])', "(Not )"],
)  # fmt: skip
def test_bad_syntax_is_400(value):
    with pytest.raises(BadRequest) as caught:
        parse_if(value, HERE, host="h")
    assert caught.value.status == 400


def test_all_tokens_are_submitted_wherever_they_stand():  # §10.4.1
    value = f"<http://elsewhere/x> (Not <{T1}>) </a> (<{T2}> <DAV:no-lock>) (<urn:x>)"
    assert parse_if(value, HERE, host="h").tokens == {T1, T2, "urn:x"}


def test_each_path_is_looked_up_once_and_only_if_it_matters():
    asked = []

    def lookup(path):
        asked.append(path)
        return State("e")

    header = parse_if('</a> (["x"]) (["y"]) </b> (["e"]) </c> (["e"])', HERE, host="h")
    assert header.holds(lookup)
    assert asked == [("a",), ("b",)]


def test_the_number_of_conditions_is_limited():
    parse_if("(<a:b>)" * MAX_CONDITIONS, HERE, host="h")
    with pytest.raises(BadRequest, match="more than 1000 conditions"):
        parse_if("(<a:b>)" * (MAX_CONDITIONS + 1), HERE, host="h")
    with pytest.raises(BadRequest, match="at most 65536"):
        parse_if(" " * MAX_HEADER + "(<a:b>)", HERE, host="h")


@pytest.mark.parametrize(
    "value",
    ["(" * MAX_HEADER, "<" * MAX_HEADER, " " * MAX_HEADER, "(<" + "a" * (MAX_HEADER - 2),
     '(["' + "a" * (MAX_HEADER - 3), "(" + "Not " * (MAX_HEADER // 4 - 1),
     '(["a"' + " " * (MAX_HEADER - 5), "(["  + "\t" * (MAX_HEADER - 2)],
)  # fmt: skip
def test_long_nonsense_is_refused_in_linear_time(value):
    before = time.process_time()
    with pytest.raises(BadRequest):
        parse_if(value, HERE, host="h")
    assert time.process_time() - before < 0.2


_CONDITION = st.tuples(st.booleans(), st.sampled_from([T1, T2, '"e"', 'W/"o"']))
_LIST = st.lists(_CONDITION, min_size=1, max_size=4)
_TAGGED = st.lists(
    st.tuples(st.sampled_from(["here", "other", "missing"]), st.lists(_LIST, min_size=1)),
    min_size=1,
    max_size=3,
)


@given(_TAGGED, st.sampled_from(["", " ", "\t "]))
def test_what_is_written_is_judged_as_it_was_meant(tagged, space):
    written, expected = "", False
    for name, lists in tagged:
        written += f"<http://h/{name}>{space}"
        state = STATES.get((name,), State())
        for conditions in lists:
            parts, all_hold = [], True
            for negated, what in conditions:
                is_tag = what.endswith('"')
                parts.append(("Not " if negated else "") + (f"[{what}]" if is_tag else f"<{what}>"))
                there = what.strip('W/"') == state.etag if is_tag else what in state.tokens
                all_hold &= there != negated
            written += f"({space.join(parts)}){space}"
            expected |= all_hold
    assert holds(written) is expected


@given(st.text(st.sampled_from('(<>)[]"W/ \tNot:urnabc,\x00é')))
@example("(Not <a:b>)")
def test_nothing_but_400_leaves_the_parser(value):
    with suppress(BadRequest):
        parse_if(value, HERE, host="h")
    with suppress(BadRequest):
        parse_tags(value)


# Lock-Token


def test_lock_token():  # RFC 4918 §10.5
    assert parse_lock_token(" <urn:uuid:1>\t") == "urn:uuid:1"


@pytest.mark.parametrize(
    "value", ["", "urn:uuid:1", "<>", "<urn:uuid:1", "<a>", "(<a:b>)", '["e"]', "<a:b> <a:b>"]
)
def test_bad_lock_token_is_400(value):
    with pytest.raises(BadRequest):
        parse_lock_token(value)
