"""The processes of the benchmark of sharing; run as ``python -m benchmarks._share_ends ROLE …``.

Each prints a line of JSON when it is ready, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from benchmarks._share_bridge import run_bridge
from benchmarks._share_link import Relay
from caraway.client import connect
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.guest import FolderGuest
from caraway.share.host import serve
from caraway.webdav import Application, FolderStore, Policy
from caraway.webdav.server.listen import Server as DavServer

Ready = dict[str, int]


@asynccontextmanager
async def _machine(compresses: str) -> AsyncIterator[Ready]:
    """Our server, and our agent behind its port."""
    server = Server(compresses=compresses == "lz4")
    guest = FolderGuest(server.add_port(WEBDAV_PORT))
    uri = await server.listen_tcp("127.0.0.1", 0)
    url = await guest.listen_tcp("127.0.0.1", 0)
    yield {"spice": int(uri.rpartition(":")[2]), "dav": int(url.rstrip("/").rpartition(":")[2])}
    await guest.aclose()
    await server.aclose()


def _application(folder: str) -> Application:
    return Application(FolderStore(Path(folder)), Policy(read_only=False))


@asynccontextmanager
async def _share(port: str, folder: str) -> AsyncIterator[Ready]:
    """Our client, and what answers through its port."""
    async with connect(f"spice://127.0.0.1:{port}") as session:
        host = serve(await session.wait_port(WEBDAV_PORT), _application(folder))
        yield {}
        host.close()


@asynccontextmanager
async def _bridge(port: str, folder: str) -> AsyncIterator[Ready]:
    """The same with a socket between the port and what answers."""
    dav = DavServer(_application(folder))
    url = await dav.listen_tcp("127.0.0.1", 0)
    number = int(url.rstrip("/").rpartition(":")[2])
    async with connect(f"spice://127.0.0.1:{port}") as session:
        shared = await session.wait_port(WEBDAV_PORT)
        task = asyncio.create_task(run_bridge(shared, "127.0.0.1", number))
        yield {}
        task.cancel()
    await dav.aclose()


@asynccontextmanager
async def _relay(port: str, rate: str) -> AsyncIterator[Ready]:
    """A slow link to a port."""
    yield {"spice": await Relay(int(port), float(rate)).listen()}


_ROLES: dict[str, Callable[..., AbstractAsyncContextManager[Ready]]] = {
    "machine": _machine,
    "share": _share,
    "bridge": _bridge,
    "relay": _relay,
}


async def main(role: str, *arguments: str) -> None:
    """Play a role until there is no more standard input."""
    async with _ROLES[role](*arguments) as ready:
        print(json.dumps(ready), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
