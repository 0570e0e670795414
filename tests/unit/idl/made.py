"""One-message protocols whose classes are generated, and compared with the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, TypeVar

import pytest

from caraway.errors import DecodeError, EncodeError, LimitExceeded
from caraway.idl import Source, compile_source
from caraway.idl.interpret import Interpreter
from caraway.idl.model import Description
from caraway.messages import Limits, Message, from_fields, to_fields
from tests.property.packages import imported
from tests.unit.idl.compiling import TYPES

T = TypeVar("T")
Fields = Mapping[str, object]


@dataclass
class Made:
    """The message of a protocol, as a class and as a model.

    Attributes:
        module: Where the class is, with everything it uses.
    """

    kind: type[Message]
    description: Description
    module: ModuleType
    minor: int | None

    def parse(self, text: str, limits: Limits | None = None) -> Any:
        """The message in bytes told in hex."""
        return self.kind.parse(bytes.fromhex(text), limits, self.minor)

    def decode(self, text: str, limits: Limits | None = None) -> Any:
        """Its fields, which both codecs agree on; so do they on refusing it."""
        interpreter = self._interpreter(limits)
        return _agreed(
            lambda: to_fields(self.parse(text, limits)),
            lambda: interpreter.decode(self._model(), bytes.fromhex(text)),
        )

    def encode(self, fields: Fields) -> str:
        """The bytes in hex, which both codecs agree on; so do they on refusing the fields."""
        interpreter = self._interpreter(None)
        return _agreed(
            lambda: from_fields(self.kind, fields, self.minor).write(self.minor).hex(),
            lambda: interpreter.encode(self._model(), fields).hex(),
        )

    def check_both_ways(self, text: str, fields: Fields) -> None:
        """``text`` decodes to ``fields``, and they encode to it."""
        text = text.replace(" ", "")
        assert self.decode(text) == fields
        assert self.encode(fields) == text
        message = self.parse(text)
        assert message == from_fields(self.kind, fields, self.minor)
        assert message.write(self.minor).hex() == text

    def _interpreter(self, limits: Limits | None) -> Interpreter:
        return Interpreter(self.description, limits=limits, minor=self.minor)

    def _model(self) -> Any:
        kind = self.kind
        return self._interpreter(None).message(kind.CHANNEL, kind.DIRECTION, kind.NAME)


def made(members: str, types: str = "", *, dialect: int = 2, minor: int | None = None) -> Made:
    """The message ``{members}``, which may use the declarations in ``types``."""
    return made_from(
        f"""{TYPES} {types}
        channel TestChannel {{ server: message {{ {members} }} m; }};
        protocol Test {{ TestChannel test = 1; }};
        """,
        dialect=dialect,
        minor=minor,
    )


def made_from(text: str, *, dialect: int = 2, minor: int | None = None) -> Made:
    """The first message of a whole description."""
    return made_all(text, dialect=dialect, minor=minor)[0]


@cache
def made_all(text: str, *, dialect: int = 2, minor: int | None = None) -> tuple[Made, ...]:
    """Every message of a whole description, in the order written."""
    description = compile_source(Source("test.proto", text), dialect=dialect).description
    found = []
    with imported(description) as registry:
        for message in description.messages:
            kind = registry.message(message.channel.name, message.direction, message.number)
            module = __import__(kind.__module__, fromlist=["*"])
            found.append(Made(kind, description, module, minor))
    return tuple(found)


def _agreed(generated: Callable[[], T], interpreted: Callable[[], T]) -> T:
    expected: T | Exception
    try:
        expected = interpreted()
    except (DecodeError, EncodeError, LimitExceeded) as error:
        expected = error
    if isinstance(expected, Exception):
        with pytest.raises(type(expected)) as refused:
            generated()
        raise refused.value
    assert generated() == expected
    return expected
