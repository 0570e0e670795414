"""Decodes and encodes messages of any description, without generating code.

It follows the model step by step and is written to be compared with: generated
code must do the same to every message. What the values look like is told at
:data:`Fields`.
"""

from __future__ import annotations

from collections.abc import Mapping

from caraway.errors import DecodeError
from caraway.idl.interpret_decode import BodyDecoder
from caraway.idl.interpret_encode import BodyEncoder
from caraway.idl.interpret_rules import Fields, number_at
from caraway.idl.interpret_values import hex_bytes
from caraway.idl.model import DIRECTIONS, Channel, Description, Message
from caraway.wire.limits import Limits

__all__ = ["Fields", "Interpreter"]


class Interpreter:
    """The messages of one description.

    Args:
        description: A model without errors.
        limits: What a decoded message may be, by default ``DEFAULT_LIMITS``.
        minor: Protocol minor that decides which ``@minor`` members are on the
            wire, or None for the newest, where all of them are.

    >>> from caraway.idl import Source, compile_source
    >>> interpreter = Interpreter(compile_source(Source("demo.proto", '''
    ... channel EchoChannel { server: message { uint16 size; uint8 data[size]; } echo; };
    ... protocol Demo { EchoChannel echo = 1; };
    ... ''')).description)
    >>> echo = interpreter.message("echo", "server", "echo")
    >>> interpreter.decode(echo, b"\\x02\\x00Hi")
    {'size': 2, 'data': {'hex': '4869'}}
    >>> interpreter.encode(echo, {"data": {"hex": "4869"}})
    b'\\x02\\x00Hi'
    """

    def __init__(
        self, description: Description, *, limits: Limits | None = None, minor: int | None = None
    ) -> None:
        self._description = description
        self._limits = limits
        self._minor = minor

    def message(self, channel: str, direction: str, message: str | int) -> Message:
        """A message by its name or number, inherited ones included.

        Args:
            channel: As the protocol block calls it; channels that it does not
                list go by their type name without ``Channel``, in lower case.
            direction: ``server`` or ``client``, the side that sends it.

        Raises:
            DecodeError: There is no such channel, direction or message.
        """
        family = self._description.channel(channel)
        if family is None:
            names = [each.name for each in self._description.channels]
            raise DecodeError(f"no channel {channel!r}", hint=f"there is {', '.join(names)}")
        for side in DIRECTIONS:
            if side == direction:
                messages = family.messages(side)
                break
        else:
            raise DecodeError(
                f"no direction {direction!r}", hint=f"there is {', '.join(DIRECTIONS)}"
            )
        for each in messages:
            if message in (each.name, each.number):
                return each
        listed = ", ".join(f"{each.name} ({each.number})" for each in messages) or "none at all"
        raise DecodeError(
            f"no {direction} message {message!r} in channel {channel!r}",
            hint=f"there is {listed}",
        )

    def decode(self, message: Message, data: bytes | bytearray | memoryview) -> dict[str, Fields]:
        """The members of a message.

        Args:
            data: The body without its header. It is not changed or kept.

        Raises:
            DecodeError: The bytes are not such a message. The text has the
                path of the member, ``position`` the byte.
            LimitExceeded: They ask for more than the limits allow.
        """
        decoder = BodyDecoder(
            memoryview(data),
            pointer_size=self._description.pointer_size,
            limits=self._limits,
            minor=self._minor,
        )
        return decoder.decode(message.body)

    def encode(self, message: Message, fields: Mapping[str, object]) -> bytes:
        """The body of a message.

        Args:
            fields: As :meth:`decode` returns them, not changed. Numbers that
                count an array may be missing or None and are then derived
                from it; ``@virtual`` members and descriptors may be missing.

        Raises:
            EncodeError: They are not what the message can carry.
        """
        encoder = BodyEncoder(pointer_size=self._description.pointer_size, minor=self._minor)
        return encoder.encode(message.body, fields)

    def view(
        self, message: Message, fields: Mapping[str, object]
    ) -> tuple[Message, dict[str, Fields]] | None:
        """What the bytes of the message's ``@view`` member hold, decoded in turn.

        Args:
            fields: Of ``message``, as :meth:`decode` returns them.

        Returns:
            The message inside and its members, or None where ``message`` has
            no such member (only the outermost are looked at), its pointer is
            null, or the number selects no layout.

        Raises:
            DecodeError: The bytes are not what their number says; positions
                count from the first of them.
            LimitExceeded: They ask for more than the limits allow.
            EncodeError: The member in ``fields`` is not bytes.
        """
        for member in message.body.members:
            if member.view is not None:
                family, path = member.view
                inner = _numbered(family, message, number_at(fields, path))
                payload = fields.get(member.name)
                if inner is None or payload is None:
                    return None
                return inner, self.decode(inner, hex_bytes(payload, member.name))
        return None


def _numbered(family: Channel, outer: Message, number: int) -> Message | None:
    """The family's message of that number, one of ``outer``'s direction if it has both."""
    sides = sorted(DIRECTIONS, key=lambda side: side != outer.direction)
    found = [each for side in sides for each in family.messages(side) if each.number == number]
    return found[0] if found else None
