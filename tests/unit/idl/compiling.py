"""Shortcuts for the tests of the compiler's front end."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from caraway.idl import Compilation, Source, compile_source
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.model import Description, Member, Message, Struct
from caraway.idl.parser import parse
from caraway.idl.syntax import File

#: Types that most tests can do with.
TYPES = """
enum8 kind { A, B, C = 7 };
flags8 bits { X, Y, Z };
struct Pair { uint8 a; uint16 b; };
"""


def compiled(text: str, *, dialect: int = 2) -> Compilation:
    """What becomes of a whole description."""
    return compile_source(Source("test.proto", text), dialect=dialect)


def description(text: str, *, dialect: int = 2) -> Description:
    """The model of a whole description without errors."""
    return compiled(text, dialect=dialect).description


def marks(compilation: Compilation) -> list[tuple[str, str]]:
    """Each diagnostic's code and the text that it marks, in the order of the text."""
    return [
        (remark.code, remark.source.text[remark.span.start : remark.span.end])
        for remark in compilation.diagnostics
    ]


def protocol(definitions: str, body: str = "", *, number: str = "") -> str:
    """A description with the channel ``test`` that has one message, and ``definitions``."""
    return f"""{definitions}
        channel TestChannel {{ server: message {{ {body} }} m{number}; }};
        protocol Test {{ TestChannel test = 1; }};
    """


def found(body: str, definitions: str = TYPES) -> list[tuple[str, str]]:
    """The marks of a message body; declared types that it does not use are no matter."""
    every = marks(compiled(protocol(definitions, body)))
    return [(code, text) for code, text in every if code != "W301"]


def message(text: str, name: str = "m", *, channel: str = "test") -> Message:
    """A message of a description without errors."""
    known = description(text).channel(channel)
    assert known is not None
    return next(each for each in known.own if each.name == name)


def body(members: str, definitions: str = TYPES) -> Struct:
    """A message body in a description without errors."""
    return message(protocol(definitions, members)).body


def member(members: str, name: str, definitions: str = TYPES) -> Member:
    """One member of a message body in a description without errors."""
    known = body(members, definitions).member(name)
    assert known is not None
    return known


def tree(text: str) -> File:
    """The syntax tree of a text that follows the grammar."""
    diagnostics = Diagnostics(Source("test.proto", text))
    made = parse(diagnostics)
    assert diagnostics.found == []
    return made


def plain(node: object) -> object:
    """A syntax tree as plain values, without the places."""
    if isinstance(node, list | tuple):
        return [plain(each) for each in node]
    if not is_dataclass(node):
        return node
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    values.pop("span", None)
    return {"": type(node).__name__, **{name: plain(value) for name, value in values.items()}}
