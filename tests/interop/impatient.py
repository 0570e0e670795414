"""Serves a folder with limits that it is told: ``impatient.py FOLDER '{"linger_s": 0.5}'``."""

from __future__ import annotations

import asyncio
import json
import sys
import threading

from caraway.webdav.application import Application, make_token
from caraway.webdav.call import Policy
from caraway.webdav.locks.table import LockTable
from caraway.webdav.server.interface import ConnectionSettings
from caraway.webdav.server.listen import Server
from caraway.webdav.store.folder import FolderStore


async def serve(folder: str, settings: ConnectionSettings) -> None:
    """Serve until the process is ended."""
    locks = LockTable(make_token, guard=threading.RLock())
    store = FolderStore(folder)
    server = Server(Application(store, Policy(read_only=False), locks=locks), settings)
    url = await server.listen_tcp("127.0.0.1", 0)
    print(json.dumps({"event": "listening", "url": url}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], ConnectionSettings(**json.loads(sys.argv[2]))))
