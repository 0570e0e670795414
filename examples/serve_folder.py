"""Serve a folder by WebDAV until Ctrl-C: ``python examples/serve_folder.py FOLDER``.

It can be changed by anybody on this machine, and by nobody else: the server
listens on the loopback, and answers to no name but localhost.
"""

from __future__ import annotations

import asyncio
import sys

from caraway.webdav import Application, FolderStore, Policy, Server


async def serve(folder: str) -> None:
    """Print the URL, and answer requests until cancelled."""
    policy = Policy(read_only=False, hosts=frozenset())
    server = Server(Application(FolderStore(folder), policy))
    print(await server.listen_tcp("127.0.0.1", 0), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.finish()


if __name__ == "__main__":
    try:
        asyncio.run(serve(sys.argv[1]))
    except KeyboardInterrupt:
        print("stopped")
