"""A shared folder with our server and our agent, and the processes that are needed for it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from benchmarks._client import Connection, Question, WrongAnswer
from benchmarks._own_process import OwnProcess
from benchmarks._servers import ServerFailed


class End(OwnProcess):
    """One of :mod:`benchmarks._share_ends`.

    Attributes:
        ports: Where it listens.

    Raises:
        ServerFailed: It did not start.
    """

    def __init__(self, role: str, *arguments: object) -> None:
        super().__init__("benchmarks._share_ends", role, *arguments)
        self.ports: dict[str, int] = self.ready


class Shared:
    """A folder that is shared through our server and our agent; a context manager.

    Attributes:
        port: Where the folder is.
        folder: What is shared.

    Args:
        sharer: ``share`` for our way, ``bridge`` for the one it is compared with.
        rate: Bytes a second of the link between client and server; None for no limit.
        compresses: The server sends LZ4.

    Raises:
        ServerFailed: It did not come to be.
    """

    def __init__(
        self, folder: Path, *, sharer: str = "share", rate: float | None = None, compresses: bool
    ) -> None:
        self.folder = folder
        self._stack = ExitStack()
        with self._stack:
            machine = self._start("machine", "lz4" if compresses else "plain")
            self._ends = [machine]
            self.port = machine.ports["dav"]
            spice = machine.ports["spice"]
            if rate is not None:
                spice = self._start("relay", spice, rate).ports["spice"]
            self._ends.append(self._start(sharer, spice, folder))
            self._check()
            self._stack = self._stack.pop_all()

    def _start(self, role: str, *arguments: object) -> End:
        return self._stack.enter_context(End(role, *arguments))

    def _check(self) -> None:
        connection = Connection(self.port)
        try:
            connection.ask(Question("OPTIONS", "/", 200))
        except (OSError, WrongAnswer) as error:
            raise ServerFailed(f"the folder does not answer: {error}") from error
        finally:
            connection.close()

    def cpu_s(self) -> float:
        """Seconds of processor time that both ends have used."""
        return sum(end.cpu_s() for end in self._ends)

    def __enter__(self) -> Shared:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()
