"""One-message protocols for the tests of the interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from caraway.idl import Source, compile_source
from caraway.idl.interpret import Fields, Interpreter
from caraway.idl.model import Message
from caraway.wire.limits import Limits


@dataclass
class Demo:
    """A protocol with one message, its bytes told in hex."""

    interpreter: Interpreter
    message: Message

    def decode(self, text: str) -> dict[str, Fields]:
        return self.interpreter.decode(self.message, bytes.fromhex(text))

    def encode(self, fields: Mapping[str, object]) -> str:
        return self.interpreter.encode(self.message, fields).hex()

    def check_both_ways(self, text: str, fields: dict[str, Fields]) -> None:
        """``text`` decodes to ``fields``, and they encode to it."""
        assert self.decode(text) == fields
        assert self.encode(fields) == text.replace(" ", "")


def demo(
    members: str,
    types: str = "",
    *,
    dialect: int = 2,
    limits: Limits | None = None,
    minor: int | None = None,
) -> Demo:
    """The message ``{members}``, which may use the declarations in ``types``."""
    text = f"""
        enum8 kind {{ A, B, C = 7 }};
        flags8 bits {{ X, Y, Z }};
        struct Pair {{ uint8 a; uint16 b; }};
        {types}
        channel DemoChannel {{ server: message {{ {members} }} demo; }};
        protocol P {{ DemoChannel demo = 1; }};
    """
    description = compile_source(Source("demo.proto", text), dialect=dialect).description
    interpreter = Interpreter(description, limits=limits, minor=minor)
    return Demo(interpreter, interpreter.message("demo", "server", "demo"))
