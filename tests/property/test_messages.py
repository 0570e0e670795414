"""Every message of every built-in protocol: fields become bytes and the same fields again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caraway.errors import DecodeError, LimitExceeded
from caraway.messages import Limits, Message, Record, from_fields, to_fields
from caraway.wire.schema import Items, Kind, Nested, Octets, Reference, Union
from fuzz.agreement import decode, encode
from fuzz.protocols import LIMITS, Subject
from tests.property.effort import examples
from tests.property.fields import without_counts
from tests.property.mutation import damaged, tampered
from tests.property.places import PLACES, Place, draw_fields, draw_wire, every_message

STRICT = Limits(allow_overlap=False, allow_trailing=False)


@every_message
@examples(6)
@given(data=st.data())
def test_fields_become_bytes_and_fields_again(places: list[Place], data: st.DataObject) -> None:
    for subject, minor in places:
        fields = draw_fields(data, subject, minor)
        wire = encode(subject, fields, minor)
        assert wire is not None, f"{subject} cannot be sent: {fields}"
        for limits in (None, STRICT):
            message = decode(subject, wire, limits, minor)
            assert message is not None, f"{subject} cannot be read: {wire.hex(' ', 4)}"
            assert to_fields(message, minor) == fields
            assert message == from_fields(subject.kind, fields, minor)


@every_message
@examples(3)
@given(data=st.data())
def test_any_buffer_will_do(places: list[Place], data: st.DataObject) -> None:
    for subject, minor in places:
        wire = draw_wire(data, subject, minor)
        message = subject.kind.parse(wire, minor=minor)
        changeable = bytearray(wire)
        assert subject.kind.parse(changeable, minor=minor) == message
        viewed = subject.kind.parse(memoryview(changeable), minor=minor)
        assert viewed == message
        payloads = [each for each in payloads_of(viewed) if len(each)]
        assert all(isinstance(each, memoryview) for each in payloads)
        assert all(each.obj is changeable for each in payloads)
        parts = viewed.write_buffers(minor)
        assert b"".join(parts) == viewed.write(minor) == message.write(minor) == wire
        views = [each for each in parts if isinstance(each, memoryview) and len(each)]
        assert [each.obj for each in views] == [changeable] * len(payloads), "sent as they came"
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
@examples(3)
@given(data=st.data(), limits=st.sampled_from([None, STRICT]))
def test_cut_anywhere_both_codecs_agree(
    places: list[Place], data: st.DataObject, limits: Limits | None
) -> None:
    for subject, minor in places:
        wire = draw_wire(data, subject, minor)
        # Every length of what is short; of what is long the start, and here and there.
        lengths = range(len(wire))
        for length in [*lengths[:80], *lengths[80::7]]:
            decode(subject, wire[:length], limits, minor)


@every_message
@examples(6)
@given(data=st.data(), limits=st.sampled_from(LIMITS))
def test_damaged_anyhow_both_codecs_agree(
    places: list[Place], data: st.DataObject, limits: Limits | None
) -> None:
    for subject, minor in places:
        wire = data.draw(damaged(draw_wire(data, subject, minor)))
        message = decode(subject, wire, limits, minor)
        if message is not None:
            check_written_again(subject, message, minor)


@every_message
@examples(6)
@given(data=st.data())
def test_whatever_fields_hold_both_codecs_agree(places: list[Place], data: st.DataObject) -> None:
    for subject, minor in places:
        fields = draw_fields(data, subject, minor)
        encode(subject, data.draw(tampered(fields)), minor)
        encode(subject, without_counts(subject.model.body, fields), minor)


@examples(60)
@given(wire=st.binary(max_size=80), limits=st.sampled_from(LIMITS))
def test_both_codecs_agree_on_noise(wire: bytes, limits: Limits | None) -> None:
    for subject, minor in PLACES:
        decode(subject, wire, limits, minor)


def check_written_again(subject: Subject, message: Message, minor: int | None) -> None:
    """What was read is refused by both writers, or can be read again."""
    wire = encode(subject, to_fields(message, minor), minor)
    if wire is not None:
        again = subject.kind.parse(wire, STRICT, minor)
        assert again.write(minor) == wire


@pytest.mark.parametrize("limits", LIMITS, ids=str)
def test_nothing_but_documented_exceptions_leaves(limits: Limits) -> None:
    for subject, minor in PLACES:
        for length in (0, 1, 41, 4096):
            for octet in (0, 1, 0x7F, 0xFF):
                try:
                    subject.kind.parse(bytes([octet]) * length, limits, minor)
                except (DecodeError, LimitExceeded):
                    continue
