"""``caraway proto decode`` and ``encode``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Protocol

import click

from caraway.cli.proto.sources import dialect_option, load
from caraway.errors import DecodeError, ProtocolError, UsageError
from caraway.idl import model
from caraway.idl.interpret import Interpreter
from caraway.wire.limits import Limits

if TYPE_CHECKING:
    from caraway.messages import Message

#: A line is refused when it is longer: hexadecimal of the largest message, and some fields.
MAX_LINE: Final = 1 << 30

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """Which message is meant.

    Attributes:
        message: Its name or its number.
        minor: The protocol minor, None for the newest.
    """

    channel: str
    direction: str
    message: str | int
    minor: int | None


class Codec(Protocol):
    """Turns one message into fields and back."""

    def decode(self, place: Place, data: bytes) -> Fields:
        """The fields of a message body."""

    def encode(self, place: Place, fields: Fields) -> bytes:
        """The body of a message with these fields."""


class GeneratedCodec:
    """The built-in protocols, by the classes that were generated from them.

    Args:
        dialect: 2 for today's SPICE, 1 for the old protocol; the other
            built-in channels are there with both.
    """

    def __init__(self, dialect: int, limits: Limits | None) -> None:
        # Here and not above: `caraway proto check` needs none of them.
        from caraway.messages import SPICE, agent, link, mux, spice1

        main = SPICE if dialect == 2 else spice1.PROTOCOL
        self._registries = (main, link.PROTOCOL, agent.PROTOCOL, mux.PROTOCOL)
        self._limits = limits

    def decode(self, place: Place, data: bytes) -> Fields:
        """The fields of a message body."""
        from caraway.messages import to_fields

        return to_fields(self._find(place).parse(data, self._limits, place.minor), place.minor)

    def encode(self, place: Place, fields: Fields) -> bytes:
        """The body of a message with these fields."""
        from caraway.messages import from_fields

        return from_fields(self._find(place), fields, place.minor).write(place.minor)

    def _find(self, place: Place) -> type[Message]:
        for registry in self._registries:
            # Channels without a number only lend their messages to others.
            if registry.channels.get(place.channel) is not None:
                return registry.message(place.channel, place.direction, place.message)
        known = ", ".join(n for n, number in self._registries[0].channels.items() if number)
        name = self._registries[0].name
        raise DecodeError(f"{name} has no channel '{place.channel}': it has {known}")


class InterpretingCodec:
    """Any description, by the interpreter of its model."""

    def __init__(self, descriptions: list[str], dialect: int | None, limits: Limits | None) -> None:
        self._models = [load(name, dialect) for name in descriptions]
        self._limits = limits

    def decode(self, place: Place, data: bytes) -> Fields:
        """The fields of a message body."""
        interpreter, message = self._find(place)
        return interpreter.decode(message, data)

    def encode(self, place: Place, fields: Fields) -> bytes:
        """The body of a message with these fields."""
        interpreter, message = self._find(place)
        return interpreter.encode(message, fields)

    def _find(self, place: Place) -> tuple[Interpreter, model.Message]:
        """The message, looked up where its channel is listed."""
        listed = [m for m in self._models if any(c.name == place.channel for c in m.listed)]
        if not listed:
            first = self._models[0]
            known = ", ".join(channel.name for channel in first.listed)
            raise DecodeError(f"{first.name} has no channel '{place.channel}': it has {known}")
        interpreter = Interpreter(listed[0], limits=self._limits, minor=place.minor)
        return interpreter, interpreter.message(place.channel, place.direction, place.message)


def _make_codec(
    description: str | None, dialect: int | None, *, interpret: bool, strict: bool
) -> Codec:
    limits = Limits(allow_overlap=False, allow_trailing=False) if strict else None
    if description is not None:
        return InterpretingCodec([description], dialect, limits)
    if interpret:
        main = "builtin:spice1" if dialect == 1 else "builtin:spice"
        names = [main, "builtin:link", "builtin:agent", "builtin:mux"]
        return InterpretingCodec(names, None, limits)
    return GeneratedCodec(dialect or 2, limits)


def _codec_options(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments and options that decode and encode share."""
    for decorate in (
        click.option("--jsonl", is_flag=True, help="One JSON object a line, in and out."),
        click.option(
            "--minor", type=click.IntRange(0), help="Protocol minor. Default: the newest."
        ),
        dialect_option,
        click.option("--interpret", is_flag=True, help="Use the interpreter, not generated code."),
        click.option(
            "--proto",
            "description",
            metavar="DESCRIPTION",
            help="Use this description instead of the built-in ones.",
        ),
        click.argument("value", required=False),
        click.argument("message", required=False),
        click.argument("direction", required=False),
        click.argument("channel", required=False),
    ):
        command = decorate(command)
    return command


@click.command()
@_codec_options
@click.option("--strict", is_flag=True, help="Refuse bytes left over and overlapping targets.")
def decode(
    channel: str | None,
    direction: str | None,
    message: str | None,
    value: str | None,
    description: str | None,
    interpret: bool,
    dialect: int | None,
    minor: int | None,
    jsonl: bool,
    strict: bool,
) -> None:
    """Print the fields of a message as JSON.

    CHANNEL is as in main or display, or one of link, agent, agent_stream and
    mux, DIRECTION says who sends it, server or client, MESSAGE is a name or a
    number, VALUE its body in hexadecimal without the data header; without
    VALUE it is read from standard input.

    With --jsonl there are no arguments: standard input has a line for each
    message, {"channel": …, "direction": …, "message": …, "hex": …}, and each is
    answered by the same object with "fields" or "error"; the exit code is 0
    when all were.
    """
    codec = _make_codec(description, dialect, interpret=interpret, strict=strict)
    if jsonl:
        _refuse_arguments(channel)
        _answer_lines(minor, "fields", lambda place, line: _decode_line(codec, place, line))
        return
    place = _place(channel, direction, message, minor)
    fields = codec.decode(place, _from_hex(_given(value)))
    click.echo(json.dumps(fields, indent=2, ensure_ascii=False))


@click.command()
@_codec_options
def encode(
    channel: str | None,
    direction: str | None,
    message: str | None,
    value: str | None,
    description: str | None,
    interpret: bool,
    dialect: int | None,
    minor: int | None,
    jsonl: bool,
) -> None:
    """Print the body of a message in hexadecimal.

    VALUE is a JSON object of its fields, as decode prints them; without VALUE
    it is read from standard input. Counts may be left out.

    With --jsonl there are no arguments: standard input has a line for each
    message, {"channel": …, "direction": …, "message": …, "fields": …}, and each
    is answered by the same object with "hex" or "error"; the exit code is 0
    when all were.
    """
    codec = _make_codec(description, dialect, interpret=interpret, strict=False)
    if jsonl:
        _refuse_arguments(channel)
        _answer_lines(minor, "hex", lambda place, line: _encode_line(codec, place, line))
        return
    place = _place(channel, direction, message, minor)
    text = _given(value)
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the fields are not JSON: {error}") from error
    click.echo(codec.encode(place, fields).hex())


def _refuse_arguments(channel: str | None) -> None:
    if channel is not None:
        raise UsageError(f"--jsonl takes no arguments, but there is '{channel}'")


def _place(
    channel: str | None, direction: str | None, message: str | None, minor: int | None
) -> Place:
    if channel is None or direction is None or message is None:
        raise UsageError(
            "CHANNEL, DIRECTION and MESSAGE are needed",
            hint="as in: main server init; or use --jsonl",
        )
    number = message.isdecimal() and message.isascii() and len(message) < 10
    return Place(channel, direction, int(message) if number else message, minor)


def _given(value: str | None) -> str:
    if value is not None and value != "-":
        return value
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input: byte {error.start} is not UTF-8") from error


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise UsageError(f"not hexadecimal: {error}") from error


# Lines of JSON


def _answer_lines(
    minor: int | None, key: str, answer: Callable[[Place, dict[str, object]], object]
) -> None:
    for line in _lines(sys.stdin.buffer):
        click.echo(json.dumps(_answer(line, minor, key, answer)))


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """The lines; None for one that is longer than :data:`MAX_LINE`."""
    while line := stream.readline(MAX_LINE):
        if len(line) < MAX_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def _answer(
    line: bytes | None,
    minor: int | None,
    key: str,
    answer: Callable[[Place, dict[str, object]], object],
) -> dict[str, object]:
    if line is None:
        return {"error": f"the line is longer than {MAX_LINE} bytes"}
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"the line is not JSON: {error}"}
    if not isinstance(parsed, dict):
        return {"error": "the line is not a JSON object"}
    # What an earlier run answered is no answer of this one.
    parsed.pop("error", None)
    try:
        return {**parsed, key: answer(_place_of(parsed, minor), parsed)}
    except (ProtocolError, UsageError) as error:
        parsed.pop(key, None)
        return {**parsed, "error": str(error)}


def _place_of(line: dict[str, object], minor: int | None) -> Place:
    channel, direction = line.get("channel"), line.get("direction")
    message = line.get("message", line.get("type"))
    if not isinstance(channel, str) or not isinstance(direction, str):
        raise UsageError("the line needs texts for 'channel' and 'direction'")
    if isinstance(message, bool) or not isinstance(message, str | int):
        raise UsageError("the line needs a name or a number for 'message'")
    own = line.get("minor")
    if isinstance(own, int) and not isinstance(own, bool):
        minor = own
    return Place(channel, direction, message, minor)


def _decode_line(codec: Codec, place: Place, line: dict[str, object]) -> Fields:
    text = line.get("hex")
    if not isinstance(text, str):
        raise UsageError("the line needs a text for 'hex'")
    return codec.decode(place, _from_hex(text))


def _encode_line(codec: Codec, place: Place, line: dict[str, object]) -> str:
    fields = line.get("fields")
    if not isinstance(fields, Mapping):
        raise UsageError("the line needs an object for 'fields'")
    return codec.encode(place, fields).hex()
