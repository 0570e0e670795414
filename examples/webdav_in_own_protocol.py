"""Serve WebDAV inside a protocol of one's own: many HTTP connections over one byte stream.

A frame is a stream's number in four bytes, a length in two, and as many bytes
of that stream; a length of 0 ends the stream in that direction. A connection
takes any asyncio transport: here it gets a :class:`Stream`. Read-only; ``python
examples/webdav_in_own_protocol.py FOLDER`` says where it listens.
"""

from __future__ import annotations

import asyncio
import struct
import sys

from caraway.webdav import Application, Connection, FolderStore

HEAD = struct.Struct("!IH")
LARGEST = 0xFFFF


class Stream(asyncio.Transport):
    """One of the streams: what a connection asks of it, it asks of the link."""

    def __init__(self, link: Link, number: int) -> None:
        super().__init__({"peername": (f"stream {number}", 0)})
        self.link, self.number = link, number
        self.is_over = self.peer_is_over = False
        self.connection = Connection(link.application)
        self.connection.connection_made(self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        for start in range(0, 0 if self.is_over else len(data), LARGEST):
            self.link.send(self.number, data[start : start + LARGEST])

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.link.send(self.number, b"")
            self.link.settle(self)
            asyncio.get_running_loop().call_soon(self.connection.connection_lost, None)

    abort = close

    def is_closing(self) -> bool:
        return self.is_over

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Those of the link hold for all."""

    # One slow upload makes all wait; frames that grant each stream an amount would mend that.
    def pause_reading(self) -> None:
        self.link.waiting.add(self)
        self.link.transport.pause_reading()

    def resume_reading(self) -> None:
        self.link.waiting.discard(self)
        if not self.link.waiting:
            self.link.transport.resume_reading()


class Link(asyncio.Protocol):
    """What carries the streams; a number means another stream when both sides have ended it."""

    transport: asyncio.Transport

    def __init__(self, application: Application) -> None:
        self.application = application
        self.streams: dict[int, Stream] = {}
        self.waiting: set[Stream] = set()
        self.received = bytearray()
        self.is_full = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.watch()

    def watch(self) -> None:
        """Each second, let go of streams whose peer takes too long."""
        loop = asyncio.get_running_loop()
        for stream in list(self.streams.values()):
            stream.connection.check(loop.time())
        self.timer = loop.call_later(1, self.watch)

    def data_received(self, data: bytes) -> None:
        self.received += data
        while len(self.received) >= HEAD.size:
            number, length = HEAD.unpack_from(self.received)
            end = HEAD.size + length
            if len(self.received) < end:
                return
            content = bytes(self.received[HEAD.size : end])
            del self.received[:end]
            if number not in self.streams:
                self.streams[number] = Stream(self, number)
                if self.is_full:
                    self.streams[number].connection.pause_writing()
            self.take(self.streams[number], content)

    def take(self, stream: Stream, content: bytes) -> None:
        if not content:
            stream.peer_is_over = True
            if not stream.is_over and not stream.connection.eof_received():
                stream.close()
            self.settle(stream)
        elif not stream.is_over:
            stream.connection.data_received(content)

    def send(self, number: int, content: bytes | bytearray | memoryview) -> None:
        self.transport.write(HEAD.pack(number, len(content)) + content)

    def settle(self, stream: Stream) -> None:
        stream.resume_reading()
        if stream.is_over and stream.peer_is_over:
            self.streams.pop(stream.number, None)

    def pause_writing(self) -> None:
        self.is_full = True
        for stream in list(self.streams.values()):
            stream.connection.pause_writing()

    def resume_writing(self) -> None:
        self.is_full = False
        for stream in list(self.streams.values()):
            stream.connection.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self.timer.cancel()
        for stream in list(self.streams.values()):
            stream.close()


async def serve(folder: str) -> None:
    """Listen for links, and say where."""
    loop = asyncio.get_running_loop()
    application = Application(FolderStore(folder))
    server = await loop.create_server(lambda: Link(application), "127.0.0.1", 0)
    print("frames are taken at", server.sockets[0].getsockname(), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
