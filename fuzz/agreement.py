"""Reads and writes messages by generated code and by the interpreter, which must agree."""

from __future__ import annotations

from collections.abc import Mapping

from caraway.errors import DecodeError, EncodeError, LimitExceeded
from caraway.idl.interpret import Interpreter
from caraway.messages import Limits, Message, from_fields, to_fields
from fuzz.protocols import Subject

Fields = Mapping[str, object]


def interpreter(subject: Subject, limits: Limits | None, minor: int | None) -> Interpreter:
    """What follows the model of ``subject``."""
    return Interpreter(subject.description, limits=limits, minor=minor)


def decode(
    subject: Subject, data: bytes, limits: Limits | None = None, minor: int | None = None
) -> Message | None:
    """The message in ``data``, None where it is refused; either way by both codecs.

    Any other exception than those that parsers document leaves.
    """
    found: Message | DecodeError | LimitExceeded
    expected: Fields | DecodeError | LimitExceeded
    try:
        found = subject.kind.parse(data, limits, minor)
    except (DecodeError, LimitExceeded) as error:
        found = error
    try:
        expected = interpreter(subject, limits, minor).decode(subject.model, data)
    except (DecodeError, LimitExceeded) as error:
        expected = error
    where = f"{subject}, minor {minor}, {limits}: {data.hex(' ', 4)}"
    if isinstance(found, Exception):
        assert isinstance(expected, Exception), (
            f"only generated code refuses\n{where}\n{found!r}\n{expected}"
        )
        return None
    assert not isinstance(expected, Exception), (
        f"only the interpreter refuses\n{where}\n{found}\n{expected!r}"
    )
    fields = to_fields(found, minor)
    assert fields == expected, f"read differently\n{where}\n{fields}\n{expected}"
    return found


def encode(subject: Subject, fields: Fields, minor: int | None = None) -> bytes | None:
    """The wire form of ``fields``, None where they are refused; either way by both codecs.

    Any other exception than EncodeError leaves.
    """
    found: bytes | EncodeError
    expected: bytes | EncodeError
    try:
        found = from_fields(subject.kind, fields, minor).write(minor)
    except EncodeError as error:
        found = error
    try:
        expected = interpreter(subject, None, minor).encode(subject.model, fields)
    except EncodeError as error:
        expected = error
    where = f"{subject}, minor {minor}: {fields}"
    if isinstance(found, Exception):
        assert isinstance(expected, Exception), (
            f"only generated code refuses\n{where}\n{found!r}\n{expected.hex(' ', 4)}"
        )
        return None
    assert not isinstance(expected, Exception), (
        f"only the interpreter refuses\n{where}\n{found.hex(' ', 4)}\n{expected!r}"
    )
    assert found == expected, (
        f"written differently\n{where}\n{found.hex(' ', 4)}\n{expected.hex(' ', 4)}"
    )
    return found
