"""Every message of every built-in protocol: fields become bytes and the same fields again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.errors import DecodeError, LimitExceeded
from caraway.messages import Limits, Record, from_fields, to_fields
from caraway.wire.schema import Items, Kind, Nested, Octets, Reference, Union
from fuzz.agreement import Fields, decode, encode
from fuzz.protocols import LIMITS, Subject, subjects
from tests.property.effort import examples
from tests.property.fields import fields_of
from tests.property.mutation import damaged

STRICT = Limits(allow_overlap=False, allow_trailing=False)

SUBJECTS = list(subjects())


def title(value: object) -> str:
    return str(value) if isinstance(value, Subject) else f"minor-{value}"


every_message = pytest.mark.parametrize(("subject", "minor"), SUBJECTS, ids=title)


def sendable(subject: Subject, minor: int | None) -> st.SearchStrategy[Fields]:
    return fields_of(subject.model.body, subject.description.pointer_size, minor)


@every_message
@examples(4)
@given(data=st.data())
def test_fields_become_bytes_and_fields_again(
    subject: Subject, minor: int | None, data: st.DataObject
) -> None:
    fields = data.draw(sendable(subject, minor))
    wire = encode(subject, fields, minor)
    assert wire is not None, f"{subject} cannot be sent: {fields}"
    for limits in (None, STRICT):
        message = decode(subject, wire, limits, minor)
        assert message is not None, f"{subject} cannot be read: {wire.hex(' ', 4)}"
        assert to_fields(message) == fields
        assert message == from_fields(subject.kind, fields)


@every_message
@examples(2)
@given(data=st.data())
def test_any_buffer_will_do(subject: Subject, minor: int | None, data: st.DataObject) -> None:
    wire = encode(subject, data.draw(sendable(subject, minor)), minor)
    assert wire is not None
    message = subject.kind.parse(wire, minor=minor)
    changeable = bytearray(wire)
    assert subject.kind.parse(changeable, minor=minor) == message
    viewed = subject.kind.parse(memoryview(changeable), minor=minor)
    assert viewed == message
    payloads = [each for each in payloads_of(viewed) if len(each)]
    assert all(type(each) is memoryview and each.obj is changeable for each in payloads)
    parts = viewed.write_buffers(minor)
    assert b"".join(parts) == viewed.write(minor) == message.write(minor) == wire
    sent = [part for part in parts if type(part) is memoryview and part.obj is changeable and part]
    assert len(sent) == len(payloads), "payloads go out as they came in"
    assert changeable == wire, "the input is not touched"
    assert viewed == message, "nor is the message"


def payloads_of(record: Record) -> Iterator[memoryview]:
    """Arrays of bytes of no constant length."""
    for field in record.FIELDS:
        value = getattr(record, field.attribute)
        kind: Kind | None = field.kind
        if isinstance(kind, Union):
            number = record
            for name in kind.path:
                number = getattr(number, name)
            choice = kind.choose(int(number))  # type: ignore[call-overload]  # ends at a number
            kind = choice.kind if choice else None
        if isinstance(kind, Reference):
            kind = kind.target
        if value is None:
            continue
        if isinstance(kind, Octets) and not isinstance(kind.size, int):
            yield value
        elif isinstance(kind, Items):
            for element in value:
                if isinstance(element, Record):
                    yield from payloads_of(element)
        elif isinstance(kind, Nested):
            yield from payloads_of(value)


@every_message
@examples(2)
@given(data=st.data())
def test_cut_anywhere_both_codecs_agree(
    subject: Subject, minor: int | None, data: st.DataObject
) -> None:
    wire = encode(subject, data.draw(sendable(subject, minor)), minor)
    assert wire is not None
    limits = data.draw(st.sampled_from([None, STRICT]))
    lengths = range(len(wire))
    for length in lengths if len(wire) < 120 else [*lengths[:60], *lengths[60::7]]:
        decode(subject, wire[:length], limits, minor)


@every_message
@examples(3)
@given(data=st.data())
def test_damaged_anyhow_both_codecs_agree(
    subject: Subject, minor: int | None, data: st.DataObject
) -> None:
    wire = encode(subject, data.draw(sendable(subject, minor)), minor)
    assert wire is not None
    limits = data.draw(st.sampled_from(LIMITS))
    message = decode(subject, data.draw(damaged(wire)), limits, minor)
    if message is not None:
        check_written_again(subject, to_fields(message), minor)


@every_message
@examples(3)
@given(wire=st.binary(max_size=80), limits=st.sampled_from(LIMITS))
def test_both_codecs_agree_on_noise(
    subject: Subject, minor: int | None, wire: bytes, limits: Limits | None
) -> None:
    decode(subject, wire, limits, minor)


def check_written_again(subject: Subject, fields: Fields, minor: int | None) -> None:
    """What was read is refused by both writers, or comes back as it was."""
    wire = encode(subject, fields, minor)
    if wire is not None:
        message = subject.kind.parse(wire, STRICT, minor)
        assert message.write(minor) == wire


@pytest.mark.parametrize("limits", LIMITS[1:], ids=str)
@pytest.mark.parametrize(("subject", "minor"), SUBJECTS[::17], ids=title)
def test_nothing_but_documented_exceptions_leaves(
    subject: Subject, minor: int | None, limits: Limits
) -> None:
    for length in (0, 1, 41, 4096):
        for octet in (0, 1, 0x7F, 0xFF):
            try:
                subject.kind.parse(bytes([octet]) * length, limits, minor)
            except (DecodeError, LimitExceeded):
                continue
