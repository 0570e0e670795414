"""What the reference implementation wrote and read, see README.md, and what any codec owes it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from caraway.errors import DecodeError
from caraway.idl import Source, compile_source
from caraway.idl.interpret_rules import counted_by
from caraway.idl.model import Array, Description, Message, Pointer, Struct, Switch, Type, walk

Vector = dict[str, Any]

RECORDED = json.loads(Path(__file__).with_name("spice-messages.json").read_text("utf-8"))
VECTORS: list[Vector] = RECORDED["vectors"]
PROBES: list[Vector] = RECORDED["probes"]
OLD: list[Vector] = RECORDED["vectors_v1"]

#: A NUL follows the text that its count leaves out; we read it and do not write it.
DECODES_ONLY = {"base_notify"}
BOTH_WAYS = [vector for vector in VECTORS if vector["name"] not in DECODES_ONLY]


def each(vectors: Iterable[Vector]) -> list[Any]:
    """The vectors as parameters of a test, by name."""
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


def named(name: str) -> Vector:
    """The vector, probe or old vector of that name."""
    return next(vector for vector in [*VECTORS, *PROBES, *OLD] if vector["name"] == name)


def specified(vector: Vector, data: bytes) -> bytes:
    """``data`` with zeros where the reference leaves what was in memory before."""
    masked = bytearray(data)
    for start, end in vector.get("unspecified_byte_ranges", []):
        masked[start:end] = bytes(end - start)
    return bytes(masked)


class ReferenceTests:
    """What a codec must do with the vectors; a test class derives from it and says how."""

    def find(self, vector: Vector, message: str | int) -> Any:
        """The message ``message`` on the vector's channel, by name or number.

        Raises:
            DecodeError: There is none.
        """
        raise NotImplementedError

    def name_of(self, vector: Vector) -> str:
        """The name of the message with the vector's number."""
        raise NotImplementedError

    def decode(self, vector: Vector, data: bytes) -> Any:
        """The fields that ``data`` has as the vector's message."""
        raise NotImplementedError

    def encode(self, vector: Vector, fields: Any) -> bytes:
        """The bytes of the vector's message with these fields."""
        raise NotImplementedError

    def accepts(self, vector: Vector, data: bytes) -> bool:
        """Whether ``data`` is a body of the vector's message."""
        try:
            self.decode(vector, data)
        except DecodeError:
            return False
        return True

    # The current protocol

    @pytest.mark.parametrize("vector", each(VECTORS))
    def test_names_and_numbers_are_those_of_the_reference(self, vector: Vector) -> None:
        assert self.find(vector, vector["type"]) is self.find(vector, vector["message"])
        assert self.name_of(vector) == vector["message"]

    @pytest.mark.parametrize("vector", each(VECTORS))
    def test_bytes_decode_to_their_fields(self, vector: Vector) -> None:
        assert self.decode(vector, bytes.fromhex(vector["hex"])) == vector["fields"]

    @pytest.mark.parametrize("vector", each(BOTH_WAYS))
    def test_fields_encode_to_their_bytes(self, vector: Vector) -> None:
        assert self.encode(vector, vector["fields"]).hex() == vector["hex"]

    def test_notify_is_written_without_its_nul(self) -> None:
        vector = named("base_notify")
        assert self.encode(vector, vector["fields"]) + b"\0" == bytes.fromhex(vector["hex"])

    @pytest.mark.parametrize("vector", each(BOTH_WAYS))
    def test_counts_need_not_be_given(self, vector: Vector) -> None:
        assert self.encode(vector, fields_without_counts(vector)).hex() == vector["hex"]

    @pytest.mark.parametrize("vector", each(VECTORS))
    def test_prefixes_are_accepted_as_by_the_reference(self, vector: Vector) -> None:
        data = bytes.fromhex(vector["hex"])
        expected = {n for a, b in vector["accepted_prefix_lengths"] for n in range(a, b + 1)}
        found = {n for n in range(len(data) + 1) if self.accepts(vector, data[:n])}
        assert found == expected

    @pytest.mark.parametrize("vector", each(VECTORS))
    def test_one_more_byte_is_accepted_as_by_the_reference(self, vector: Vector) -> None:
        accepted = self.accepts(vector, bytes.fromhex(vector["hex"]) + b"\xee")
        assert accepted is vector["accepts_one_trailing_byte"]

    # None is refused that the reference accepts.
    @pytest.mark.parametrize("probe", each(PROBES))
    def test_odd_bodies_have_the_verdict_of_the_reference(self, probe: Vector) -> None:
        data = bytes.fromhex(probe["hex"])
        if probe["upstream"] == "accept":
            assert self.decode(probe, data) == probe["fields"]
        else:
            with pytest.raises(DecodeError):
                self.decode(probe, data)

    # The old protocol

    @pytest.mark.parametrize("vector", each(OLD))
    def test_old_bytes_decode_to_their_fields(self, vector: Vector) -> None:
        assert self.name_of(vector) == vector["message"]
        assert self.decode(vector, bytes.fromhex(vector["hex"])) == vector["fields"]

    @pytest.mark.parametrize("vector", each(OLD))
    @pytest.mark.parametrize("counts", [True, False])
    def test_old_fields_encode_to_their_bytes(self, vector: Vector, counts: bool) -> None:
        fields = vector["fields"] if counts else fields_without_counts(vector)
        encoded = self.encode(vector, fields)
        assert encoded == specified(vector, bytes.fromhex(vector["hex"])), "padding is zero"

    @pytest.mark.parametrize("vector", each(OLD))
    def test_old_bodies_may_be_longer_but_not_shorter(self, vector: Vector) -> None:
        data = bytes.fromhex(vector["hex"])
        assert self.accepts(vector, data + b"\xee")
        assert not any(self.accepts(vector, data[:n]) for n in range(len(data)))


# The models, and fields as a program would give them


@cache
def description(name: str, dialect: int) -> Description:
    """The model of a built-in description."""
    text = (files("caraway") / "descriptions" / name).read_text("utf-8")
    return compile_source(Source(name, text), dialect=dialect).description


def model_of(vector: Vector) -> Description:
    """The protocol that the vector belongs to."""
    return description("spice1.proto", 1) if "minor" in vector else description("spice.proto", 2)


def fields_without_counts(vector: Vector) -> Any:
    """The vector's fields without the members that say how long an array is."""
    channel = model_of(vector).channel(vector["channel"])
    assert channel is not None
    messages: list[Message] = channel.messages(vector["direction"])
    message = next(each for each in messages if each.number == vector["type"])
    return without_counts(message.body, vector["fields"])


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
    """The same for the value of a switch."""
    if value is None:
        return None
    ((name, inner),) = value.items()
    if any(path[-1] == name for path in counts if len(path) == 2):
        return {}
    # Cases of one name (glyphs of three depths) have the same members.
    case = next(case for case in switch.cases if case.member.name == name)
    return {name: without_counts(case.member.type, inner)}


def counted(struct: Struct) -> set[tuple[str, ...]]:
    """The paths of all members that count an array of ``struct``."""
    found = set()
    for member in walk(struct):
        array = member.type.target if isinstance(member.type, Pointer) else member.type
        if isinstance(array, Array):
            found.add(counted_by(array))
    return {path for path in found if path is not None}
