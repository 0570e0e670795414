"""Shares a folder from a process of its own, which may be killed; see :class:`ShareProcess`."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from caraway.client import connect
from caraway.errors import CarawayError
from caraway.protocol.port import WEBDAV_PORT
from caraway.share.host import serve
from caraway.webdav import Application, FolderStore, Policy
from tests.interop.command import ended_if_it_fails, read_line
from tests.patience import PATIENCE_S


class ShareProcess:
    """A process that shares a folder that may be written to; a context manager.

    Args:
        uri: The server.
        folder: What it shares.
    """

    def __init__(self, uri: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, uri, str(folder)], stdout=subprocess.PIPE, bufsize=0
        )
        with ended_if_it_fails(self.kill):
            self._expect("shares")

    def _expect(self, word: str) -> None:
        assert self._process.stdout is not None
        line = read_line(self._process.stdout)
        assert line.startswith(word), f"it says {line!r} instead of {word!r}"

    def wait_ended(self, *, timeout_s: float = PATIENCE_S) -> str:
        """What its session ended with, if it ends by itself."""
        said, _ = self._process.communicate(timeout=timeout_s)
        return said.decode().strip()

    def kill(self) -> None:
        """End it as it stands."""
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> ShareProcess:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.kill()


async def _share(uri: str, folder: Path) -> None:
    application = Application(FolderStore(folder), Policy(read_only=False))
    try:
        async with connect(uri) as session:
            host = serve(await session.wait_port(WEBDAV_PORT), application)
            print("shares", flush=True)
            reason = await session.wait_ended()
            host.close()
            print(type(reason).__name__, reason, flush=True)
    except CarawayError as error:
        print(type(error).__name__, error, flush=True)


if __name__ == "__main__":
    asyncio.run(_share(sys.argv[1], Path(sys.argv[2])))
