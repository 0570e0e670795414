"""Compile the protocol, decode messages as real peers send them, and print what they say.

Run it as ``python examples/decode_messages.py``.
"""

from __future__ import annotations

import json
import sys
import textwrap
import time
from importlib.resources import files

from caraway.idl import Description, Source, compile_source
from caraway.idl.interpret import Interpreter
from caraway.messages import SPICE, Message, to_fields

#: Message bodies without their data header, as spice-server 0.15.1 and its client write them.
MESSAGES = [
    (
        "main",
        "server",
        "init",
        "4d3c2b1a010000000300000002000000010000000a00000040e2010000008000",
    ),
    ("main", "server", "channels_list", "0500000002000300040005000600"),
    ("main", "server", "name", "060000006d792d766d00"),
    ("display", "server", "surface_create", "0000000000040000000300002000000001000000"),
    (
        "display",
        "server",
        "draw_fill",
        "000000000000000000000000e00100008002000000010080ff00080000000000000000000000000000",
    ),
    (
        "display",
        "server",
        "draw_copy",
        "000000000000000000000000040000000400000000390000000000000000000000040000000400000008"
        "000000000000000000000000000000080706050403020100000400000002000000080404000000020000"
        "001000000000000000030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc",
    ),
    ("inputs", "client", "mouse_motion", "fbffffff070000000100"),
    (
        "port",
        "server",
        "init",
        "1600000009000000016f72672e71656d752e6d6f6e69746f722e716d703000",
    ),
]


def compile_protocol() -> Description:
    """The model of the built-in spice.proto, with a line that says what is in it."""
    text = files("caraway.descriptions").joinpath("spice.proto").read_text("utf-8")
    start = time.perf_counter()
    description = compile_source(Source("spice.proto", text)).description
    took_s = time.perf_counter() - start
    lines, channels = len(text.splitlines()), len(description.listed)
    print(
        f"compiled spice.proto: {lines} lines, {channels} channels, "
        f"{len(description.messages)} messages, {len(description.enums)} enums "
        f"in {took_s * 1000:.0f} ms\n"
    )
    return description


def show(message: Message, size: int) -> None:
    """Print one message: where it belongs, how long it is, what it says."""
    arrow = "→ client" if message.DIRECTION == "server" else "→ server"
    print(f"{message.CHANNEL} {message.NAME} ({message.NUMBER}) {arrow}, {size} bytes")
    print(textwrap.fill(repr(message), 100, initial_indent="  ", subsequent_indent="    "), "\n")


def main() -> int:
    """Decode everything twice, by generated code and by the interpreter, and compare."""
    interpreter = Interpreter(compile_protocol())
    for channel, direction, name, text in MESSAGES:
        body = bytes.fromhex(text)
        message = SPICE.message(channel, direction, name).parse(body)
        show(message, len(body))
        fields = interpreter.decode(interpreter.message(channel, direction, name), body)
        if fields != to_fields(message) or message.write() != body:
            print(f"generated code and interpreter disagree:\n{json.dumps(fields)}")
            return 1
    print(f"{len(MESSAGES)} messages decoded, by generated code and by the interpreter alike;")
    print("each was written back to the bytes it came from.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
