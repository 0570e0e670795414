"""The processes of the soak: one end each of what carries a folder into a virtual machine.

Usage: soak_ends.py serve SPICE_PORT HTTP_PORT
       soak_ends.py share URI FOLDER STATE [--once]

``serve`` is the virtual machine's side, our server with our guest's end; ``share``
is a client that shares a folder and comes back whenever it has lost the server.
Both end in order when they are terminated.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from caraway.client import connect
from caraway.errors import CarawayError
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.guest import FolderGuest
from caraway.share.host import serve as share_through
from caraway.webdav import Application, FolderStore, Policy

#: From losing the server, or not finding it, to the next try.
_RETRY_S = 0.5
#: For whoever took over to use what it took.
_YIELD_S = 3.0


def _say(text: str) -> None:
    print(text, flush=True)


async def _serve(spice_port: int, http_port: int, stop: asyncio.Event) -> None:
    server = Server()
    port = server.add_port(WEBDAV_PORT)
    guest = FolderGuest(port)
    await server.listen_tcp("127.0.0.1", spice_port)
    await guest.listen_tcp("127.0.0.1", http_port)
    _say("ready")
    loop = asyncio.get_running_loop()

    def obey() -> None:
        """One line: how long the port is to be closed, seconds."""
        line = sys.stdin.readline()
        if line:
            port.close()
            loop.call_later(float(line), port.open)
        else:
            loop.remove_reader(sys.stdin)

    loop.add_reader(sys.stdin, obey)
    await stop.wait()
    await guest.aclose()
    await server.aclose()


async def _share_once(uri: str, application: Application) -> str:
    """Share until the session is over; why it is."""
    async with connect(uri) as session:
        host = share_through(await session.wait_port(WEBDAV_PORT), application)
        _say("sharing")
        try:
            return str(await session.wait_ended())
        finally:
            host.close()


async def _share(uri: str, folder: Path, state: Path, *, once: bool) -> None:
    store = FolderStore(folder, state=state)
    # What a client before, which was killed, has not finished.
    await asyncio.to_thread(store.sweep)
    application = Application(store, Policy(read_only=False))
    while True:
        delay_s = _RETRY_S
        try:
            _say(f"over: {await _share_once(uri, application)}")
            delay_s = _YIELD_S
        except CarawayError as error:
            _say(f"failed: {error}")
        if once:
            return
        await asyncio.sleep(delay_s)


async def _run(arguments: Sequence[str]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    if arguments[0] == "serve":
        await _serve(int(arguments[1]), int(arguments[2]), stop)
        return
    sharing = asyncio.create_task(
        _share(arguments[1], Path(arguments[2]), Path(arguments[3]), once="--once" in arguments)
    )
    stopping = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait((sharing, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in (sharing, stopping):
        task.cancel()
    await asyncio.gather(sharing, stopping, return_exceptions=True)
    if sharing in done:
        sharing.result()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1:]))
