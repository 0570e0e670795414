"""A SPICE server to be maltreated: ``spice_served.py LINK_TIMEOUT_S``, password ``secret``."""

from __future__ import annotations

import asyncio
import sys

from caraway.server import Server, ServerLimits


async def serve(link_timeout_s: float) -> None:
    """Serve until the process is ended."""
    server = Server(password="secret", name="victim", limits=ServerLimits(link_timeout_s))
    # Nobody reads what comes to this one.
    server.add_port("deaf")
    echo = server.add_port("echo")
    echo.on_data = lambda data: echo.write(data)
    print(await server.listen_tcp("127.0.0.1", 0), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
