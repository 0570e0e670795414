"""A SPICE server in a thread, for commands that run in the test's own."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from caraway.cli.serve.source import Source
from caraway.cli.serve.supply import Supply
from caraway.server import Server, ServerPort
from tests.patience import PATIENCE_S

T = TypeVar("T")

#: For processes: without what would connect them otherwise.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SPICE_")}


class ServerThread:
    """An event loop in a thread, and servers in it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self._servers: list[Server] = []
        self._supplies: list[Supply] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine comes to there."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    def call(self, function: Callable[[], T]) -> T:
        """What a function returns there."""

        async def work() -> T:
            return function()

        return self.run(work())

    def server(self, **settings: Any) -> Server:
        """A server that does not listen yet."""
        server = self.call(lambda: Server(**settings))
        self._servers.append(server)
        return server

    def start(self, server: Server, **settings: Any) -> str:
        """Have it listen on a free port; its URI."""
        return self.run(server.listen_tcp("127.0.0.1", 0, **settings))

    def port(self, server: Server, name: str, **settings: Any) -> ServerPort:
        """A new port of it."""
        return self.call(lambda: server.add_port(name, **settings))

    def echo(self, server: Server, name: str) -> ServerPort:
        """A port that says what it is told."""
        port = self.port(server, name)
        self.call(lambda: setattr(port, "on_data", port.write))
        return port

    def supply(self, server: Server, name: str, source: Source) -> None:
        """A port with something behind it."""
        port = self.port(server, name)
        self._supplies.append(self.call(lambda: Supply(port, source, tell=lambda what, why: None)))

    def close(self) -> None:
        """Close the servers and end the thread."""
        for server in self._servers:
            self.run(server.aclose())
        for supply in self._supplies:
            self.run(supply.aclose())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE_S)
        self.loop.close()
