"""Servers that send back what they get: ours and two of plain asyncio; one in a process.

Run as ``python -m benchmarks._echo_servers NAME FOLDER``: it prints where it listens, as JSON,
and ends with its standard input. ``FOLDER`` has ``cert.pem`` and ``key.pem``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import cast

from caraway.errors import CarawayError
from caraway.server import Server, ServerLimits
from caraway.server.port import ServerPort
from caraway.wire.record import Buffer

#: Ports of our server; the second one answers from a callback, as protocols of asyncio do.
ECHO = "org.example.echo"
CALLBACK_ECHO = "org.example.echo.callback"
#: Sessions with a port that one server can have: the number of a port is one byte.
PORTS = 250

Addresses = dict[str, str | int]


async def _echo(port: ServerPort) -> None:
    while True:
        await port.wait_open()
        # The client goes away between two samples.
        with contextlib.suppress(CarawayError):
            while data := await port.read():
                port.write(data)
                await port.drain()


def echo_by_callback(port: ServerPort) -> None:
    """Have a port send back what comes, and take no more than it can send."""
    draining: set[asyncio.Task[None]] = set()

    async def go_on() -> None:
        with contextlib.suppress(CarawayError):
            await port.drain()
            port.resume()

    def take(data: Buffer) -> None:
        port.write(data)
        if not port.is_writable:
            port.pause()
            task = asyncio.get_running_loop().create_task(go_on())
            draining.add(task)
            task.add_done_callback(draining.discard)

    port.on_data = take


async def serve_caraway(folder: Path, tls: ssl.SSLContext) -> Addresses:
    """Our server with both ports."""
    server = Server(limits=ServerLimits(max_linking_per_peer=128))
    # Held by the loop alone they might be collected.
    server.echo = asyncio.create_task(_echo(server.add_port(ECHO)))  # type: ignore[attr-defined]
    echo_by_callback(server.add_port(CALLBACK_ECHO))
    return {
        "tcp": await server.listen_tcp("127.0.0.1", 0),
        "unix": await server.listen_unix(folder / "caraway.sock"),
        "tls": await server.listen_tcp("127.0.0.1", 0, tls=tls),
    }


class PlainEcho(asyncio.Protocol):
    """What asyncio does at best: each piece goes back from where it came."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has connected."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self._transport.write(data)

    def pause_writing(self) -> None:
        """Take no more than can be sent."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """There is room again."""
        self._transport.resume_reading()


async def _echo_stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(256 << 10):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _plain_addresses(
    folder: Path, name: str, listen: Callable[..., Awaitable[asyncio.Server]], tls: ssl.SSLContext
) -> Addresses:
    loop = asyncio.get_running_loop()
    path = str(folder / f"{name}.sock")
    if name == "streams":
        unix = await asyncio.start_unix_server(_echo_stream, path)
    else:
        unix = await loop.create_unix_server(PlainEcho, path)
    tcp = await listen("127.0.0.1", 0)
    encrypted = await listen("127.0.0.1", 0, ssl=tls)
    # They listen as long as somebody holds them.
    loop.held = (unix, tcp, encrypted)  # type: ignore[attr-defined]
    return {
        "tcp": tcp.sockets[0].getsockname()[1],
        "unix": path,
        "tls": encrypted.sockets[0].getsockname()[1],
    }


async def serve_many(_folder: Path, _tls: ssl.SSLContext) -> Addresses:
    """A server for 1,000 clients, and some that have a port for each of theirs."""
    limits = ServerLimits(max_linking_per_peer=128)
    servers = [Server(clients=1000, limits=limits)]
    for _ in range(1000 // PORTS):
        server = Server(clients=PORTS, limits=limits)
        for number in range(PORTS):
            echo_by_callback(server.add_port(f"org.example.port.{number}"))
        servers.append(server)
    uris = [await server.listen_tcp("127.0.0.1", 0) for server in servers]
    return {str(number): uri for number, uri in enumerate(uris)}


async def _serve(name: str, folder: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    loop = asyncio.get_running_loop()
    if name == "asyncio":
        addresses = await _plain_addresses(
            folder, name, partial(loop.create_server, PlainEcho), tls
        )
    elif name == "streams":
        addresses = await _plain_addresses(
            folder, name, partial(asyncio.start_server, _echo_stream), tls
        )
    else:
        addresses = await {"caraway": serve_caraway, "many": serve_many}[name](folder, tls)
    print(json.dumps(addresses), flush=True)
    ended = loop.create_future()
    loop.add_reader(sys.stdin.fileno(), ended.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await ended


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2])))
