"""``caraway serve`` as a process, and its events."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from tests.interop.spice.json_command import JsonCommand


class ServeCommand(JsonCommand):
    """A process that serves a folder which clients share; a context manager.

    In the end it is asked to end, and has to do so in order.

    Attributes:
        uri: Where clients connect to.
        url: Where the folder is.
    """

    def __init__(self) -> None:
        super().__init__("serve", "--webdav-listen", "127.0.0.1:0")
        self.uri = ""
        self.url = ""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.url = (await self.event("folder listening"))["url"]
        self.uri = (await self.event("listening"))["uri"]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self.process.returncode is None:
                self.process.terminate()
            code = await self.end()
        finally:
            await super().__aexit__(kind, value, traceback)
        if kind is None:
            assert code == 0, f"it ended with {code}"

    @property
    def port(self) -> str:
        """Where clients connect to on 127.0.0.1."""
        return self.uri.rpartition(":")[2]
