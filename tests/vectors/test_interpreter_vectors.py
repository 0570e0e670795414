"""The interpreter against bytes that the reference implementation wrote, see README.md."""

from __future__ import annotations

import random
from typing import Any

import pytest

from caraway.errors import DecodeError, EncodeError, LimitExceeded
from caraway.idl.interpret import Interpreter
from caraway.idl.model import Message
from tests.vectors.reference import (
    OLD,
    VECTORS,
    ReferenceTests,
    Vector,
    description,
    each,
    model_of,
)


def interpreter(vector: Vector) -> Interpreter:
    return Interpreter(model_of(vector), minor=vector.get("minor"))


class TestInterpreter(ReferenceTests):
    def find(self, vector: Vector, message: str | int) -> Message:
        return interpreter(vector).message(vector["channel"], vector["direction"], message)

    def name_of(self, vector: Vector) -> str:
        return self.find(vector, vector["type"]).name

    def decode(self, vector: Vector, data: bytes) -> Any:
        return interpreter(vector).decode(self.find(vector, vector["type"]), data)

    def encode(self, vector: Vector, fields: Any) -> bytes:
        return interpreter(vector).encode(self.find(vector, vector["type"]), fields)

    @pytest.mark.parametrize("vector", each(VECTORS))
    def test_channels_have_the_numbers_of_the_reference(self, vector: Vector) -> None:
        channel = description("spice.proto", 2).channel(vector["channel"])
        assert channel is not None
        assert channel.number == vector["channel_id"]

    @pytest.mark.parametrize("vector", each([*VECTORS, *OLD]))
    def test_damage_is_refused_or_read_but_nothing_else(self, vector: Vector) -> None:
        data = bytes.fromhex(vector["hex"])
        chance = random.Random(vector["name"])
        for _ in range(40 if data else 0):
            damaged = bytearray(data)
            for _ in range(chance.randrange(1, 4)):
                damaged[chance.randrange(len(damaged))] = chance.choice([0, 1, 4, 0x7F, 0xFF])
            try:
                encoded = self.encode(vector, self.decode(vector, damaged))
            except (DecodeError, LimitExceeded, EncodeError):
                # What was read cannot be sent where a null pointer has a count, or an empty
                # target must not be null.
                continue
            assert self.encode(vector, self.decode(vector, encoded)) == encoded
