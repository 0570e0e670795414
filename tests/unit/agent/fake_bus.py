"""A system bus with a service on it that does what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from caraway.agent.dbus import _HEAD, Body, _padded, _read_fields

#: What a call is answered with: a string or object path, nothing, an error's name, or raw bytes.
Answer = str | None | tuple[str, str] | bytes


def message(kind: int, fields: list[tuple[int, str, object]], body: bytes = b"") -> bytes:
    """A message as a bus sends it."""
    head = Body()
    for code, signature, value in fields:
        if signature == "u":
            assert isinstance(value, int)
            head.data = _padded(head.data, 8) + bytes([code, 1]) + b"u\0"
            head.add("u", (value,))
        else:
            head.add_field(code, signature, str(value))
    start = _HEAD.pack(b"l", kind, 0, 1, len(body), 7, len(head.data))
    return _padded(start + head.data, 8) + body


class FakeBus:
    """A bus; a context manager.

    Attributes:
        calls: Method and body of each call.
        users: Who has said that he comes.

    Args:
        path: Of its socket.
        answer: Makes the answer to a method.
    """

    def __init__(self, path: Path, answer: Callable[[str], Answer]) -> None:
        self._path = path
        self._answer = answer
        self.calls: list[tuple[str, bytes]] = []
        self.users: list[bytes] = []
        self.greeting = b"OK 0123\r\n"
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    @property
    def connections(self) -> int:
        """How many there are."""
        return len(self._connections)

    async def __aenter__(self) -> FakeBus:
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in self._connections:
            writer.transport.abort()
        await asyncio.gather(*filter(None, self._connections.values()))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections[writer] = asyncio.current_task()
        try:
            self.users.append(await reader.readline())
            writer.write(self.greeting)
            await reader.readline()
            while True:
                await self._take(reader, writer)
        except asyncio.IncompleteReadError:
            return
        finally:
            del self._connections[writer]
            writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, _, _, _, size, serial, fields_size = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        rest = -(-fields_size // 8) * 8
        data = await reader.readexactly(rest + size)
        fields = _read_fields(data[:fields_size])
        method = f"{fields[2]}.{fields[3]}"
        self.calls.append((method, data[rest:]))
        # The bus tells something in between.
        writer.write(message(4, [(1, "o", "/"), (8, "g", "s")], b"\1\0\0\0x\0"))
        answer = None if method.endswith("Hello") else self._answer(method)
        if isinstance(answer, bytes):
            writer.write(answer)
        elif isinstance(answer, tuple):
            body = Body()
            body.add("s", (answer[1],))
            reply: list[tuple[int, str, object]] = [(4, "s", answer[0]), (5, "u", serial)]
            writer.write(message(3, [*reply, (8, "g", "s")], body.data))
        elif answer is None:
            writer.write(message(2, [(5, "u", serial)]))
        else:
            body = Body()
            body.add("o", (answer,))
            writer.write(message(2, [(5, "u", serial), (8, "g", "o")], body.data))
