"""The interpreter against bytes that the reference implementation wrote, see README.md."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from caraway.errors import DecodeError, EncodeError, LimitExceeded
from caraway.idl import Source, compile_source
from caraway.idl.interpret import Interpreter
from caraway.idl.interpret_rules import counted_by
from caraway.idl.model import Array, Description, Message, Pointer, Struct, Switch, Type, walk

Vector = dict[str, Any]

RECORDED = json.loads(Path(__file__).with_name("spice-messages.json").read_text("utf-8"))
VECTORS: list[Vector] = RECORDED["vectors"]
PROBES: list[Vector] = RECORDED["probes"]
OLD: list[Vector] = RECORDED["vectors_v1"]

#: A NUL follows the text that its count leaves out; we read it and do not write it.
DECODES_ONLY = {"base_notify"}


def each(vectors: Iterable[Vector]) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


@cache
def description(name: str, dialect: int) -> Description:
    text = (files("caraway") / "descriptions" / name).read_text("utf-8")
    return compile_source(Source(name, text), dialect=dialect).description


def current() -> Interpreter:
    return Interpreter(description("spice.proto", 2))


def old(vector: Vector) -> Interpreter:
    return Interpreter(description("spice1.proto", 1), minor=vector["minor"])


def find(interpreter: Interpreter, vector: Vector) -> Message:
    return interpreter.message(vector["channel"], vector["direction"], vector["type"])


def accepts(interpreter: Interpreter, message: Message, data: bytes) -> bool:
    try:
        interpreter.decode(message, data)
    except DecodeError:
        return False
    return True


# The current protocol


@pytest.mark.parametrize("vector", each(VECTORS))
def test_names_and_numbers_are_those_of_the_reference(vector: Vector) -> None:
    message = find(current(), vector)
    assert message.name == vector["message"]
    channel = description("spice.proto", 2).channel(vector["channel"])
    assert channel is not None
    assert channel.number == vector["channel_id"]


@pytest.mark.parametrize("vector", each(VECTORS))
def test_bytes_decode_to_their_fields(vector: Vector) -> None:
    message = find(current(), vector)
    assert current().decode(message, bytes.fromhex(vector["hex"])) == vector["fields"]


@pytest.mark.parametrize("vector", each(v for v in VECTORS if v["name"] not in DECODES_ONLY))
def test_fields_encode_to_their_bytes(vector: Vector) -> None:
    message = find(current(), vector)
    assert current().encode(message, vector["fields"]).hex() == vector["hex"]


def test_notify_is_written_without_its_nul() -> None:
    vector = next(v for v in VECTORS if v["name"] == "base_notify")
    encoded = current().encode(find(current(), vector), vector["fields"])
    assert encoded + b"\0" == bytes.fromhex(vector["hex"])


@pytest.mark.parametrize("vector", each(v for v in VECTORS if v["name"] not in DECODES_ONLY))
def test_counts_need_not_be_given(vector: Vector) -> None:
    message = find(current(), vector)
    fields = without_counts(message.body, vector["fields"])
    assert current().encode(message, fields).hex() == vector["hex"]


@pytest.mark.parametrize("vector", each(VECTORS))
def test_prefixes_are_accepted_as_by_the_reference(vector: Vector) -> None:
    message, data = find(current(), vector), bytes.fromhex(vector["hex"])
    expected = {n for a, b in vector["accepted_prefix_lengths"] for n in range(a, b + 1)}
    found = {n for n in range(len(data) + 1) if accepts(current(), message, data[:n])}
    assert found == expected


@pytest.mark.parametrize("vector", each(VECTORS))
def test_one_more_byte_is_accepted_as_by_the_reference(vector: Vector) -> None:
    data = bytes.fromhex(vector["hex"]) + b"\xee"
    accepted = accepts(current(), find(current(), vector), data)
    assert accepted is vector["accepts_one_trailing_byte"]


# None is refused that the reference accepts.
@pytest.mark.parametrize("probe", each(PROBES))
def test_odd_bodies_have_the_verdict_of_the_reference(probe: Vector) -> None:
    interpreter, data = current(), bytes.fromhex(probe["hex"])
    if probe["upstream"] == "accept":
        assert interpreter.decode(find(interpreter, probe), data) == probe["fields"]
    else:
        with pytest.raises(DecodeError):
            interpreter.decode(find(interpreter, probe), data)


# The old protocol


@pytest.mark.parametrize("vector", each(OLD))
def test_old_bytes_decode_to_their_fields(vector: Vector) -> None:
    interpreter = old(vector)
    message = find(interpreter, vector)
    assert message.name == vector["message"]
    assert interpreter.decode(message, bytes.fromhex(vector["hex"])) == vector["fields"]


@pytest.mark.parametrize("vector", each(OLD))
@pytest.mark.parametrize("counts", [True, False])
def test_old_fields_encode_to_their_bytes(vector: Vector, counts: bool) -> None:
    interpreter = old(vector)
    message = find(interpreter, vector)
    fields = vector["fields"] if counts else without_counts(message.body, vector["fields"])
    encoded = bytearray(interpreter.encode(message, fields))
    expected = bytearray.fromhex(vector["hex"])
    for start, end in vector.get("unspecified_byte_ranges", []):
        assert encoded[start:end] == bytes(end - start), "padding is zero"
        encoded[start:end] = expected[start:end]
    assert encoded == expected


@pytest.mark.parametrize("vector", each(OLD))
def test_old_bodies_may_be_longer_but_not_shorter(vector: Vector) -> None:
    interpreter = old(vector)
    message, data = find(interpreter, vector), bytes.fromhex(vector["hex"])
    assert accepts(interpreter, message, data + b"\xee")
    assert not any(accepts(interpreter, message, data[:n]) for n in range(len(data)))


# Damaged bytes


@pytest.mark.parametrize("vector", each([*VECTORS, *OLD]))
def test_damage_is_refused_or_read_but_nothing_else(vector: Vector) -> None:
    interpreter = old(vector) if "minor" in vector else current()
    message, data = find(interpreter, vector), bytes.fromhex(vector["hex"])
    chance = random.Random(vector["name"])
    for _ in range(40 if data else 0):
        damaged = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.choice([0, 1, 4, 0x7F, 0xFF])
        try:
            encoded = interpreter.encode(message, interpreter.decode(message, damaged))
        except (DecodeError, LimitExceeded, EncodeError):
            # What was read cannot be sent where a null pointer has a count, or an empty
            # target must not be null.
            continue
        assert interpreter.encode(message, interpreter.decode(message, encoded)) == encoded


# Fields as a program would give them


def without_counts(type_: Type, value: Any) -> Any:
    """``value`` without the members that say how long an array is."""
    if value is None:
        return None
    match type_:
        case Pointer():
            return without_counts(type_.target, value)
        case Array():
            if type_.is_bytes:
                return value
            return [without_counts(type_.element, element) for element in value]
        case Struct():
            counts = counted(type_)
            return {
                member.name: without_switched_counts(member.type, value[member.name], counts)
                if isinstance(member.type, Switch)
                else without_counts(member.type, value[member.name])
                for member in type_.members
                if member.name in value and (member.name,) not in counts
            }
        case _:
            return value


def without_switched_counts(switch: Switch, value: Any, counts: set[tuple[str, ...]]) -> Any:
    if value is None:
        return None
    ((name, inner),) = value.items()
    if any(path[-1] == name for path in counts if len(path) == 2):
        return {}
    # Cases of one name (glyphs of three depths) have the same members.
    case = next(case for case in switch.cases if case.member.name == name)
    return {name: without_counts(case.member.type, inner)}


def counted(struct: Struct) -> set[tuple[str, ...]]:
    found = set()
    for member in walk(struct):
        array = member.type.target if isinstance(member.type, Pointer) else member.type
        if isinstance(array, Array):
            found.add(counted_by(array))
    return {path for path in found if path is not None}
