"""Attributes: what the language has, where they belong, what excludes what."""

from __future__ import annotations

import pytest

from caraway.idl.attributes import (
    RULES,
    check_attributes,
    name_argument,
    names_of,
    number_argument,
)
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.source import Source, Span
from caraway.idl.syntax import Attribute, Name, Number
from tests.unit.idl.compiling import compiled, description, found, marks, protocol

#: Every attribute in a place where descriptions use it.
USES = {
    "anon": "kind k; switch (k) { default: uint8 a; } u @anon;",
    "as_ptr": "uint8 n; uint8 a[n] @as_ptr(length);",
    "bytes_count": "uint32 n @bytes_count(num); uint8 a[bytes(n, num)];",
    "c_ptr": "uint8 *a[2] @c_ptr;",
    "chunk": "uint8 n; uint8 a[n] @chunk;",
    "ctype": "uint8 a[2] @ctype(X);",
    "end": "uint8 n; uint8 a[n] @end;",
    "fixedsize": "kind k; switch (k) { default: uint8 a; } u @fixedsize;",
    "marshall": "Pair *a @marshall;",
    "minor": "uint8 a @minor(1);",
    "nocopy": "uint8 a[] @nocopy;",
    "nomarshal": "uint8 a[] @nomarshal;",
    "nonnull": "Pair *a @nonnull;",
    "outvar": "Pair *a @outvar(x);",
    "ptr32": "Pair *a @ptr32;",
    "ptr_array": "uint8 n; Pair a[n] @ptr_array;",
    "to_ptr": "Pair a @to_ptr;",
    "unique_flag": "bits a @unique_flag;",
    "view": "uint8 t; uint8 a[] @view(TestChannel, t);",
    "virtual": "uint8 a @virtual(1);",
    "zero": "uint8 a @zero;",
    "zero_terminated": "uint8 a[2] @zero_terminated;",
}
ELSEWHERE = {
    "declare": "struct S { uint8 x; } @declare; message M { uint8 x; } @declare;",
    "deprecated": "enum8 e { A @deprecated };",
    "ifdef": "message M { uint8 x; } @ifdef(F); channel Other {} @ifdef(F);",
    "prefix": "enum8 e { A } @prefix(P_);",
}


def check(*attributes: tuple[str, tuple[Name | Number, ...]], place: str = "member"):
    """The attributes that are left, and codes and words of the errors."""
    diagnostics = Diagnostics(Source("t", " " * 100))
    written = [
        Attribute(name, arguments, Span(10 * index, 10 * index + 5))
        for index, (name, arguments) in enumerate(attributes)
    ]
    known = check_attributes(diagnostics, written, place)
    return list(known), [(d.code, d.message, d.hint) for d in diagnostics.found]


def name(text: str) -> Name:
    return Name(text, Span(1, 2))


ONE = Number(1, Span(1, 2))


def test_the_uses_are_complete():
    assert {*USES, *ELSEWHERE} == set(RULES)


@pytest.mark.parametrize("attribute", sorted(USES))
def test_every_attribute_of_members_is_read(attribute):
    assert found(USES[attribute]) == []


@pytest.mark.parametrize("attribute", sorted(ELSEWHERE))
def test_every_other_attribute_is_read(attribute):
    every = marks(compiled(protocol(ELSEWHERE[attribute])))
    assert [code for code, _ in every if code != "W301"] == []


def test_ctype_stands_nearly_everywhere():
    description("""
        enum8 e { A @ctype(X) } @ctype(X);
        struct S {
            uint8 x @ctype(X); e k; switch (k) { default: uint8 a; } u @ctype(X);
        } @ctype(X);
        typedef t int8 @ctype(X);
        message M { S s; t t; } @ctype(X);
        channel C { M m; } @ctype(X);
        protocol P { C c; };
    """)


def test_an_unknown_attribute_fails():
    assert check(("nothing", ())) == (
        [],
        [("E103", "the language has no attribute '@nothing'", "")],
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("nonull", "nonnull"),
        ("nonnnull", "nonnull"),
        ("chunks", "chunk"),
        ("chink", "chunk"),
        ("dne", "end"),
        ("marshal", "marshall"),
        ("nomarshall", "nomarshal"),
        ("eclare", "declare"),
        ("end_", "end"),
    ],
)
def test_a_misspelt_attribute_gets_a_hint(written, meant):
    assert check((written, ()))[1][0][2] == f"did you mean '@{meant}'?"


@pytest.mark.parametrize("written", ["x", "nonsense", "ws_desc", "minorities"])
def test_what_resembles_nothing_gets_none(written):
    assert check((written, ()))[1][0][2] == ""


def test_an_argument_on_an_attribute_that_takes_none_fails():
    assert check(("zero", (ONE,))) == ([], [("E104", "'@zero' takes 0 arguments, not 1", "")])


def test_more_than_one_argument_fails():
    assert check(("minor", (ONE, ONE)))[1] == [("E104", "'@minor' takes 1 argument, not 2", "")]
    assert check(("view", (name("a"),)))[1] == [("E104", "'@view' takes 2 arguments, not 1", "")]


def test_names_and_numbers_are_not_mixed_up():
    assert check(("minor", (name("x"),)))[1] == [("E104", "'@minor' takes a number here", "")]
    assert check(("outvar", (ONE,)))[1] == [("E104", "'@outvar' takes a name here", "")]


def test_an_attribute_has_its_place():
    assert check(("deprecated", ())) == (
        [],
        [("E105", "'@deprecated' does not belong on a member", "it belongs on: item")],
    )
    assert check(("end", ()), place="item")[1][0][1] == "'@end' does not belong on an item"


def test_an_attribute_is_given_once():
    assert check(("end", ()), ("end", ())) == (["end"], [("E105", "'@end' is given twice", "")])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(
            (first, second)
            for first in ("end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk")
            for second in ("end", "to_ptr", "as_ptr", "ptr_array", "zero", "chunk")
            if first != second
        ),
        ("zero", "virtual"),
        ("view", "zero"),
        ("minor", "virtual"),
        ("nonnull", "virtual"),
    ],
)
def test_attributes_that_contradict_each_other_are_refused_without_a_crash(first, second):
    """At most one way of storing a member; upstream's generator died of a NameError here."""
    arguments = {"as_ptr": (name("n"),), "virtual": (ONE,), "minor": (ONE,)}
    arguments["view"] = (name("F"), name("n"))
    _, errors = check((first, arguments.get(first, ())), (second, arguments.get(second, ())))
    assert errors == [
        ("E105", f"'@{first}' and '@{second}' contradict each other", "keep one of them")
    ]


def test_others_go_together():
    assert check(("end", ()), ("nomarshal", ()), ("zero_terminated", ()))[1] == []
    assert check(("minor", (ONE,)), ("zero", ()))[1] == []


def test_arguments_are_looked_up():
    attributes = {
        "prefix": Attribute("prefix", (name("P_"),), Span(0, 0)),
        "minor": Attribute("minor", (ONE,), Span(0, 0)),
        "view": Attribute("view", (name("F"), name("n")), Span(0, 0)),
    }
    assert (name_argument(attributes, "prefix"), number_argument(attributes, "minor")) == ("P_", 1)
    assert (name_argument(attributes, "minor"), number_argument(attributes, "prefix")) == (
        None,
        None,
    )
    assert (name_argument(attributes, "end"), number_argument(attributes, "end")) == (None, None)
    assert [each.text for each in names_of(attributes["view"])] == ["F", "n"]
