"""A share that streams of bytes are played to, with things beside it that nobody may touch.

Around the shared folder lie files, and in it symbolic links lead to them.
Whatever a peer sends, they stay as they are and nothing of them is told.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from caraway.webdav.application import Application
from caraway.webdav.call import Moment, Policy
from caraway.webdav.http.message import Outcome, Request
from caraway.webdav.locks.table import LockTable
from caraway.webdav.server.connection import Connection
from caraway.webdav.server.interface import ConnectionSettings
from caraway.webdav.store.folder import FolderStore
from caraway.webdav.store.interface import Store
from caraway.webdav.store.memory import MemoryStore

#: What no answer may have in it.
SECRET = b"a secret that nobody shares 7e1bd1"
#: An answer has to be complete by then; the fuzzer has a limit of its own for busy loops.
PATIENCE_S = 10.0
WALL_S = 1_700_000_000.0
SETTINGS = ConnectionSettings(linger_s=0.0)

Snapshot = dict[str, tuple[object, ...]]


class Frozen(Application):
    """An application for which it is always the same moment, whose tokens are numbered."""

    def __init__(self, store: Store, *, read_only: bool) -> None:
        numbers = itertools.count()
        locks = LockTable(lambda: f"urn:uuid:{next(numbers)}")
        super().__init__(store, Policy(read_only=read_only), locks=locks)

    def handle(self, request: Request, moment: Moment) -> Outcome:
        return super().handle(request, Moment(0.0, WALL_S))


class Stream(asyncio.Transport):
    """Keeps what is written to it."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__({"peername": ("192.0.2.1", 50000)})
        self.written = bytearray()
        self.lost = asyncio.Event()
        self._protocol = protocol

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.lost.is_set(), "written after the end"
        self.written += data

    def is_closing(self) -> bool:
        return self.lost.is_set()

    def close(self) -> None:
        if not self.lost.is_set():
            self.lost.set()
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    abort = close

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        """The other end is not told apart from nothing more being written."""

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Takes everything at once."""

    def pause_reading(self) -> None:
        """What is fed, is fed."""

    def resume_reading(self) -> None:
        """What is fed, is fed."""


class Faults(logging.Handler):
    """Keeps what the server says of faults of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []
        for name in ("caraway.webdav", "asyncio"):
            logger = logging.getLogger(name)
            logger.addHandler(self)
            logger.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def raise_first(self) -> None:
        """Raise the exception that the server met, as if it had not been caught.

        Raises:
            AssertionError: There was one.
        """
        records, self.records = self.records, []
        for record in records:
            error = record.exc_info[1] if record.exc_info else None
            raise AssertionError(f"a fault was logged: {record.getMessage()}") from error


class Player:
    """Plays streams to connections, on an event loop of its own."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._faults = Faults()

    def play(self, store: Store, pieces: Iterable[bytes], *, read_only: bool = False) -> bytes:
        """Everything that one connection answers to a stream that comes in pieces.

        Raises:
            AssertionError: The server had a fault, or did not come to an end.
        """
        answer = self._runner.run(self._play(Frozen(store, read_only=read_only), pieces))
        self._faults.raise_first()
        return answer

    async def _play(self, application: Application, pieces: Iterable[bytes]) -> bytes:
        connection = Connection(application, SETTINGS)
        stream = Stream(connection)
        connection.connection_made(stream)
        for piece in pieces:
            if stream.lost.is_set():
                break
            connection.data_received(piece)
            # Answers that are given by tasks get a chance between the pieces.
            await asyncio.sleep(0)
        if not stream.lost.is_set():
            connection.eof_received()
        await asyncio.wait_for(stream.lost.wait(), PATIENCE_S)
        await asyncio.sleep(0)
        return bytes(stream.written)


def steady(answer: bytes) -> bytes:
    """An answer without what depends on the time of day and on when the bytes came."""
    without_date = re.sub(rb"\r\n(Date: [^\r]*|Connection: close)", b"", answer)
    without_boundary = re.sub(rb"caraway-[0-9a-f]{32}", b"", without_date)
    return without_boundary.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")


class Grounds:
    """A folder with a share in it, and what lies beside it."""

    def __init__(self, folder: Path) -> None:
        self.share = folder / "share"
        self._folder = folder
        outside = folder / "outside"
        outside.mkdir()
        (outside / "secret").write_bytes(SECRET)
        (folder / "secret").write_bytes(SECRET)
        for name in ("share", "state", "share-not"):
            (folder / name).mkdir()
        (folder / "share-not" / "secret").write_bytes(SECRET)
        self._before = self._snapshot()

    def restore(self) -> None:
        """Make the share as it was at first."""
        shutil.rmtree(self.share, ignore_errors=True)
        inside = self.share / "d" / "e"
        inside.mkdir(parents=True)
        (self.share / "a").write_bytes(b"0123456789")
        (inside / "b").write_bytes(b"inside")
        for name, target in {
            "in": "d/e",
            "file": "../secret",
            "up": "..",
            "absolute": os.fspath(self._folder / "outside"),
            "not": "../share-not",
            "dangling": "../fresh",
            "loop": "loop",
            "d/up": "../../outside",
            "d/chain": "../up/outside/secret",
        }.items():
            (self.share / name).symlink_to(target)

    def store(self) -> FolderStore:
        """The share, to be written to; its state lies outside."""
        return FolderStore(self.share, state=self._folder / "state")

    def check(self, answer: bytes) -> None:
        """Nothing outside was touched, and nothing of it is in the answer.

        Raises:
            AssertionError: Something was.
        """
        assert SECRET not in answer, "the answer tells the secret"
        changed = set(self._snapshot().items()) ^ set(self._before.items())
        assert not changed, f"changed outside: {sorted(changed)}"

    def _snapshot(self) -> Snapshot:
        found: Snapshot = {}
        for folder, folders, files in os.walk(self._folder):
            for skipped in ("share", "state"):
                if folder == os.fspath(self._folder) and skipped in folders:
                    folders.remove(skipped)
            for name in (".", *folders, *files):
                path = os.path.join(folder, name)
                status = os.lstat(path)
                content = Path(path).read_bytes() if name in files else b""
                attributes = tuple(os.listxattr(path, follow_symlinks=False))
                times = status.st_mtime_ns if path != os.path.join(self._folder, ".") else 0
                found[path] = (content, status.st_mode, status.st_nlink, times, attributes)
        return found


def fast_folder() -> str | None:
    """Where files are kept in memory, if that is somewhere."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def furnished_memory() -> MemoryStore:
    """A store like the share, which is always of the same age."""
    ticks = itertools.count(int(WALL_S) * 1_000_000_000, 1_000_000_000)
    store = MemoryStore(now_ns=lambda: next(ticks))
    store.make_collection(("d",))
    store.make_collection(("d", "e"))
    for path, content in ((("a",), b"0123456789"), (("d", "e", "b"), b"inside")):
        writer = store.create(path)
        writer.write(content)
        writer.commit()
    return store
