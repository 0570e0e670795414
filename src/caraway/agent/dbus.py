"""As much of D-Bus as it takes to call methods of a service on the system bus.

Source: D-Bus Specification 0.43, "Message Protocol" and "Authentication Protocol".
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from struct import Struct
from typing import Final

from caraway.errors import ActionFailed, CarawayError, ConnectError, RemoteProtocolError

__all__ = ["Bus", "CallFailed"]

_DEFAULT_ADDRESS: Final = "unix:path=/run/dbus/system_bus_socket"
#: How long the bus and a service may take to answer, seconds.
_PATIENCE_S: Final = 10.0
#: Bytes of an answer; the bus itself would let 128 MiB through.
_MAX_ANSWER: Final = 64 << 10

_CALL, _RETURN, _ERROR = 1, 2, 3
_PATH, _INTERFACE, _MEMBER, _ERROR_NAME, _REPLY_SERIAL, _DESTINATION = 1, 2, 3, 4, 5, 6
_SIGNATURE = 8
_HEAD: Final = Struct("<cBBBIII")
_NUMBERS: Final = {"i": Struct("<i"), "u": Struct("<I"), "q": Struct("<H")}
#: What else stands in the head of a message has one of these, and a 32-bit length first.
_TEXTS: Final = "so"


class CallFailed(ActionFailed):
    """A method was called and answered with an error.

    Attributes:
        name: Of the error, such as ``org.freedesktop.DBus.Error.ServiceUnknown``.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}" if message else name)
        self.name = name


class Bus:
    """A connection to the system bus, of who runs this process."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._serial = 0

    @classmethod
    async def connect(cls) -> Bus:
        """Connect.

        Raises:
            ConnectError: There is no bus, or it does not want us.
        """
        address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", _DEFAULT_ADDRESS)
        path = _socket_path(address)
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise ConnectError(f"no system bus at {path}: {error}") from error
        bus = cls(reader, writer)
        try:
            await asyncio.wait_for(bus._greet(), _PATIENCE_S)
        except (OSError, EOFError, asyncio.TimeoutError) as error:  # noqa: UP041 - Python 3.9
            bus.close()
            raise ConnectError(f"the system bus at {path} does not let us in: {error}") from error
        except BaseException:
            bus.close()
            raise
        return bus

    async def _greet(self) -> None:
        user = str(os.geteuid()).encode().hex()
        self._writer.write(b"\0AUTH EXTERNAL %s\r\n" % user.encode())
        answer = await self._reader.readline()
        if not answer.startswith(b"OK "):
            raise ConnectError(f"the system bus says {answer[:100]!r} to who we are")
        self._writer.write(b"BEGIN\r\n")
        await self._call("org.freedesktop.DBus", "/org/freedesktop/DBus", "Hello")

    async def call(
        self,
        service: str,
        path: str,
        method: str,
        *,
        signature: str = "",
        values: Sequence[object] = (),
    ) -> str:
        """Call a method and wait for its answer.

        Args:
            service: The name of the service.
            path: Of the object.
            method: ``INTERFACE.METHOD``.
            signature: Of the values: numbers ``i``, ``u`` and ``q``, strings ``s``, and
                ``aay``, which is a sequence of bytes.
            values: As many.

        Returns:
            The string or object path that the answer begins with, if it does; else nothing.

        Raises:
            CallFailed: It answered with an error.
            ConnectError: The bus is gone, or takes too long.
            RemoteProtocolError: What came is no answer.
        """
        interface, _, member = method.rpartition(".")
        calling = self._call(
            service, path, member, interface=interface, signature=signature, values=values
        )
        try:
            return await asyncio.wait_for(calling, _PATIENCE_S)
        except CarawayError:
            raise
        except (OSError, EOFError, asyncio.TimeoutError) as error:  # noqa: UP041 - Python 3.9
            raise ConnectError(f"no answer to {method}: {str(error) or 'timeout'}") from error

    async def _call(
        self,
        service: str,
        path: str,
        member: str,
        *,
        interface: str = "org.freedesktop.DBus",
        signature: str = "",
        values: Sequence[object] = (),
    ) -> str:
        self._serial += 1
        body = Body()
        body.add(signature, values)
        fields = Body()
        for code, kind, text in (
            (_PATH, "o", path),
            (_INTERFACE, "s", interface),
            (_MEMBER, "s", member),
            (_DESTINATION, "s", service),
            (_SIGNATURE, "g", signature),
        ):
            fields.add_field(code, kind, text)
        head = _HEAD.pack(b"l", _CALL, 0, 1, len(body.data), self._serial, len(fields.data))
        self._writer.write(_padded(head + fields.data, 8) + body.data)
        while True:
            answer, reply_to, name, words = await self._receive()
            # Signals and the like come in between.
            if reply_to == self._serial and answer == _RETURN:
                return words
            if reply_to == self._serial and answer == _ERROR:
                raise CallFailed(name, words)

    async def _receive(self) -> tuple[int, int, str, str]:
        """The kind of the next message, what it answers, its error's name, and its first text."""
        head = await self._reader.readexactly(_HEAD.size)
        order, kind, _, _, size, _, fields_size = _HEAD.unpack(head)
        if order != b"l":
            raise RemoteProtocolError("the bus answers in another byte order than it was asked in")
        rest = -(-fields_size // 8) * 8
        if rest + size > _MAX_ANSWER:
            # A bus that is not what it says could have us keep whatever it wants.
            raise RemoteProtocolError(
                f"an answer of {rest + size} bytes came from the bus, the limit is {_MAX_ANSWER}"
            )
        data = await self._reader.readexactly(rest + size)
        try:
            fields = _read_fields(data[:fields_size])
        except (ValueError, IndexError) as error:
            raise RemoteProtocolError(f"the head of an answer makes no sense: {error}") from error
        text = ""
        if str(fields.get(_SIGNATURE, ""))[:1] in ("s", "o"):
            length = int.from_bytes(data[rest : rest + 4], "little")
            text = data[rest + 4 : rest + 4 + length].decode(errors="replace")
        reply_to = fields.get(_REPLY_SERIAL, 0)
        return (
            kind,
            reply_to if isinstance(reply_to, int) else 0,
            str(fields.get(_ERROR_NAME, "")),
            text,
        )

    def close(self) -> None:
        """Leave the bus; what services keep for us is gone with it."""
        self._writer.close()


class Body:
    """Values as they stand in a message.

    >>> body = Body()
    >>> body.add("qs", (1, "a"))
    >>> body.data.hex(" ", -4)
    '01000000 01000000 6100'
    """

    def __init__(self) -> None:
        self.data = b""

    def add(self, signature: str, values: Sequence[object]) -> None:
        """Add values of these types."""
        for kind, value in zip(signature.replace("aay", "A"), values):  # noqa: B905 - Python 3.9
            if kind in _NUMBERS:
                form = _NUMBERS[kind]
                self.data = _padded(self.data, form.size) + form.pack(value)
            elif kind in _TEXTS:
                encoded = str(value).encode()
                self._add_size(len(encoded))
                self.data += encoded + b"\0"
            else:
                assert kind == "A", f"values of type {kind} are not used here"
                assert isinstance(value, Sequence)
                inner = Body()
                for each in value:
                    inner._add_size(len(each))
                    inner.data += each
                self._add_size(len(inner.data))
                self.data += inner.data

    def add_field(self, code: int, kind: str, text: str) -> None:
        """Add a field of a message's head."""
        self.data = _padded(self.data, 8) + bytes([code, 1]) + kind.encode() + b"\0"
        if kind == "g":
            self.data += bytes([len(text)]) + text.encode() + b"\0"
        else:
            self.add(kind, (text,))

    def _add_size(self, size: int) -> None:
        self.data = _padded(self.data, 4) + size.to_bytes(4, "little")


def _padded(data: bytes, unit: int) -> bytes:
    return data + bytes(-len(data) % unit)


def _read_fields(data: bytes) -> dict[int, int | str]:
    """The fields of a head.

    Raises:
        ValueError: One has a type that none should have.
        IndexError: They end early.
    """
    found: dict[int, int | str] = {}
    at = 0
    while at < len(data):
        at = -(-at // 8) * 8
        code, size, kind = data[at], data[at + 1], chr(data[at + 2])
        at += 4
        if size != 1 or kind not in "sogu":
            raise ValueError(f"a field of type {kind!r}")
        if kind == "g":
            length, at = data[at], at + 1
        else:
            at = -(-at // 4) * 4
            length, at = int.from_bytes(data[at : at + 4], "little"), at + 4
        if kind == "u":
            found[code] = length
            continue
        found[code] = data[at : at + length].decode(errors="replace")
        at += length + 1
    return found


def _socket_path(address: str) -> str:
    """The path in the first of a bus's addresses that has one.

    >>> _socket_path("tcp:host=a;unix:path=/run/dbus/bus,guid=1")
    '/run/dbus/bus'
    """
    for each in address.split(";"):
        transport, _, words = each.partition(":")
        for word in words.split(","):
            key, _, value = word.partition("=")
            if transport == "unix" and key == "path":
                return value
    raise ConnectError(f"the address of the system bus, '{address}', has no path")
