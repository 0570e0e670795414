"""The processes of the soak: one end each of what carries a folder into a virtual machine.

Usage: soak_ends.py serve SPICE_PORT HTTP_PORT
       soak_ends.py share URI FOLDER STATE [--insist]

``serve`` is the virtual machine's side, our server with our guest's end; ``share``
is what ``caraway share`` does, but for how soon it comes back when it has lost the server.
Both end in order when they are terminated.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from caraway.client import SessionEvent, connect
from caraway.errors import CarawayError
from caraway.protocol.port import WEBDAV_PORT
from caraway.server import Server
from caraway.share.backoff import Backoff
from caraway.share.guest import FolderGuest
from caraway.share.lasting import LastingShare, Lost, Shared, ShareEvent
from caraway.webdav import Application, FolderStore, Policy

#: From losing the server, or not finding it, to the next try.
_RETRY_S = 1.0


class _Steady(Backoff):
    """The faults of a soak are many: what it measures is not how long we wait by then."""

    def next_delay(self, stood_s: float) -> float:
        """Always the same."""
        return _RETRY_S


def _say(text: str) -> None:
    print(text, flush=True)


def _tell(event: ShareEvent | SessionEvent) -> None:
    if isinstance(event, Shared):
        _say("sharing")
    elif isinstance(event, Lost):
        _say(f"over: {event.reason}")


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


async def _share(
    uri: str, folder: Path, state: Path, stop: asyncio.Event, *, insists: bool
) -> None:
    store = FolderStore(folder, state=state)
    # What a client before, which was killed, has not finished.
    await asyncio.to_thread(store.sweep)
    share = LastingShare(
        lambda: connect(uri),
        Application(store, Policy(read_only=False)),
        insists=insists,
        on_event=_tell,
        backoff=_Steady(),
    )
    stopping = asyncio.create_task(stop.wait())
    sharing = share.start()
    await asyncio.wait((sharing, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not sharing.done():
        await share.aclose()
        return
    try:
        sharing.result()
    except CarawayError as error:
        _say(f"over: {error}")


async def _run(arguments: Sequence[str]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    if arguments[0] == "serve":
        await _serve(int(arguments[1]), int(arguments[2]), stop)
    else:
        uri, folder, state, *options = arguments[1:]
        await _share(uri, Path(folder), Path(state), stop, insists="--insist" in options)


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1:]))
