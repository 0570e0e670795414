"""Generated classes against bytes that the reference implementation wrote, see README.md."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from caraway.messages import SPICE, Message, Record, Registry, from_fields, spice1, to_fields
from tests.vectors.reference import BOTH_WAYS, OLD, VECTORS, ReferenceTests, Vector, each, specified

EVERY = [*VECTORS, *OLD]


def registry(vector: Vector) -> Registry:
    return spice1.PROTOCOL if "minor" in vector else SPICE


def kind(vector: Vector) -> type[Message]:
    return registry(vector).message(vector["channel"], vector["direction"], vector["type"])


def parse(vector: Vector, *, with_view: bool = False) -> Message:
    data = bytes.fromhex(vector["hex"])
    return kind(vector).parse(memoryview(data) if with_view else data, minor=vector.get("minor"))


def write(vector: Vector, message: Message) -> bytes:
    return message.write(vector.get("minor"))


def payloads(record: Record) -> Iterator[object]:
    """Every array of bytes in a message."""
    for field in record.FIELDS:
        value = getattr(record, field.attribute)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Record):
                yield from payloads(item)
            elif isinstance(item, bytes | bytearray | memoryview):
                yield item


class TestGenerated(ReferenceTests):
    def find(self, vector: Vector, message: str | int) -> type[Message]:
        return registry(vector).message(vector["channel"], vector["direction"], message)

    def name_of(self, vector: Vector) -> str:
        return kind(vector).NAME

    def decode(self, vector: Vector, data: bytes) -> Any:
        return to_fields(kind(vector).parse(data, minor=vector.get("minor")))

    def encode(self, vector: Vector, fields: Any) -> bytes:
        minor = vector.get("minor")
        return from_fields(kind(vector), fields, minor).write(minor)


@pytest.mark.parametrize("vector", each(VECTORS))
def test_classes_know_where_they_belong(vector: Vector) -> None:
    message = kind(vector)
    assert (vector["direction"], vector["type"]) == (message.DIRECTION, message.NUMBER)
    assert SPICE.channels[vector["channel"]] == vector["channel_id"]
    assert SPICE.channel_name(vector["channel_id"]) == vector["channel"]


@pytest.mark.parametrize("vector", each([*BOTH_WAYS, *OLD]))
def test_what_is_parsed_is_written_as_it_was(vector: Vector) -> None:
    expected = specified(vector, bytes.fromhex(vector["hex"]))
    assert write(vector, parse(vector)) == expected
    assert write(vector, parse(vector, with_view=True)) == expected


@pytest.mark.parametrize("vector", each(EVERY))
def test_messages_are_values(vector: Vector) -> None:
    message = parse(vector)
    assert message == parse(vector)
    assert message == parse(vector, with_view=True)
    assert message != vector["fields"]
    assert copy.copy(message) == message
    assert copy.deepcopy(message) == message
    assert pickle.loads(pickle.dumps(message)) == message


@pytest.mark.parametrize("vector", each(EVERY))
def test_one_other_field_makes_another_message(vector: Vector) -> None:
    message = parse(vector)
    for field in dataclasses.fields(message):
        other = copy.copy(message)
        setattr(other, field.name, object())
        assert other != message


@pytest.mark.parametrize("vector", each(EVERY))
def test_messages_show_their_fields(vector: Vector) -> None:
    message = parse(vector)
    shown = repr(message)
    assert shown.startswith(f"{kind(vector).__name__}(")
    assert all(f"{field.name}=" in shown for field in dataclasses.fields(message))
    assert " at 0x" not in repr(parse(vector, with_view=True)), "no addresses"


@pytest.mark.parametrize("vector", each(EVERY))
def test_a_received_buffer_is_never_modified(vector: Vector) -> None:
    data = bytearray.fromhex(vector["hex"])
    message = kind(vector).parse(data, minor=vector.get("minor"))
    assert data.hex() == vector["hex"]
    write(vector, kind(vector).parse(memoryview(data), minor=vector.get("minor")))
    assert data.hex() == vector["hex"]
    assert message == parse(vector)


@pytest.mark.parametrize("vector", each(EVERY))
def test_payloads_are_slices_of_what_was_parsed_and_written_uncopied(vector: Vector) -> None:
    data = bytes.fromhex(vector["hex"])
    message = kind(vector).parse(memoryview(data), minor=vector.get("minor"))
    buffers = message.write_buffers(vector.get("minor"))
    for payload in payloads(message):
        if not isinstance(payload, memoryview):
            # Arrays of one size are unpacked with the numbers around them.
            continue
        assert payload.obj is data
        if payload:
            assert any(buffer is payload for buffer in buffers)
