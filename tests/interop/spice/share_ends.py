"""Both ends of a shared folder in one process, to be seen from outside: ``share_ends.py FOLDER``.

Our server, the guest's end and our client, joined by TCP. Its first line says where programs
connect; each line it reads is answered by one of what there is just now.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from caraway.client import connect
from caraway.net.mux import MuxTransport
from caraway.protocol.mux_streams import MuxLimits
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.guest import FolderGuest
from caraway.share.host import FolderHost
from caraway.webdav import Application, FolderStore, Policy
from caraway.webdav.server.connection import Connection

LIMITS = MuxLimits(streams=1200)


class CountingHost(FolderHost):
    """Counts connections, and sees that their numbers only ever grow."""

    opened = 0
    came_back = 0
    _last = 0

    def _accept(self, transport: MuxTransport) -> Connection:
        self.opened += 1
        self.came_back += transport.stream.stream_id <= self._last
        self._last = transport.stream.stream_id
        return super()._accept(transport)


async def _lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader


async def _run(folder: Path) -> None:
    server = Server()
    guest = FolderGuest(server.add_port(WEBDAV_PORT), limits=LIMITS)
    url = await guest.listen_tcp("127.0.0.1", 0)
    application = Application(FolderStore(folder, state=folder / ".state"), Policy(read_only=False))
    async with connect(await server.listen_tcp("127.0.0.1", 0)) as session:
        host = CountingHost(await session.wait_port(WEBDAV_PORT), application, limits=LIMITS)
        while not guest.takes_credits:
            await asyncio.sleep(0.01)
        print(json.dumps({"port": int(url.rstrip("/").rpartition(":")[2])}), flush=True)
        commands = await _lines()
        while await commands.readline():
            counts = {
                "programs": guest.connections,
                "connections": host.connections,
                "opened": host.opened,
                "came_back": host.came_back,
            }
            print(json.dumps(counts), flush=True)
        host.close()
    await guest.aclose()
    await server.aclose()


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
