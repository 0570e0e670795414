"""Standard input and output as the other end of a port, and the terminal's keys."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final, NoReturn

from caraway.errors import UsageError

__all__ = ["Keys", "Output", "StandardInput", "caret", "parse_key", "raw_terminal"]

#: Bytes that are read at once, and how many such pieces wait to be sent.
_PIECE: Final = 64 << 10
_PIECES: Final = 4
#: Ctrl-^, which is Ctrl-6 on most keyboards.
BREAK_KEY: Final = 0x1E


class StandardInput:
    """Reads standard input, whatever it is, without holding up the event loop.

    A thread waits for it: files, pipes and terminals are awaited in different
    ways, and some in none. It ends with the process.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._room = threading.Semaphore(_PIECES)
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()
        threading.Thread(target=self._run, name="standard input", daemon=True).start()

    def _run(self) -> None:
        data = b"-"
        while data:
            self._room.acquire()
            try:
                data = os.read(self._descriptor, _PIECE)
            except OSError:
                # A terminal that was hung up.
                data = b""
            try:
                self._loop.call_soon_threadsafe(self._pieces.put_nowait, data)
            except RuntimeError:
                # The loop is closed: nobody wants to know any more.
                return

    async def read(self) -> bytes:
        """What comes next; nothing at the end."""
        data = await self._pieces.get()
        self._room.release()
        return data


class Output:
    """Writes to a descriptor without holding up the event loop."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def write(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            BrokenPipeError: Nobody reads it any more.
        """
        await asyncio.to_thread(self._write, data)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while len(view):
            view = view[os.write(self._descriptor, view) :]


@dataclass(frozen=True, slots=True)
class Keys:
    """Finds the keys that are not for the port.

    Attributes:
        escape: Leaves; None for no key.

    >>> Keys(0x1D).split(b"ab\\x1ec\\x1dd")
    ([b'ab', None, b'c'], True)
    """

    escape: int | None

    def split(self, data: bytes) -> tuple[list[bytes | None], bool]:
        """What to send, with None for a BREAK; and whether the escape key ends it."""
        is_over = False
        if self.escape is not None and self.escape in data:
            data = data[: data.index(self.escape)]
            is_over = True
        parts: list[bytes | None] = []
        for index, piece in enumerate(data.split(bytes([BREAK_KEY]))):
            if index:
                parts.append(None)
            if piece:
                parts.append(piece)
        return parts, is_over


def parse_key(text: str) -> int | None:
    r"""A control character from ``^`` and its letter; None for ``none``.

    Raises:
        UsageError: It is something else, or the key for BREAK.

    >>> parse_key("^]"), parse_key("^a"), parse_key("none")
    (29, 1, None)
    """
    if text == "none":
        return None
    if len(text) == 2 and text[0] == "^" and (text[1].isalpha() or text[1] in "[\\]_"):
        return ord(text[1].upper()) & 0x1F
    raise UsageError(
        f"'{text}' is no key", hint="write '^' and a letter or one of [\\]_, or 'none'"
    )


def caret(key: int) -> str:
    """How :func:`parse_key` has a control character.

    >>> caret(0x1D)
    '^]'
    """
    return f"^{chr(key | 0x40)}"


@contextmanager
def raw_terminal() -> Iterator[bool]:
    """Standard input in raw mode, if it is a terminal; as it was, afterwards.

    Yields:
        Whether it is one.
    """
    descriptor = sys.stdin.fileno()
    if not os.isatty(descriptor):
        yield False
        return
    before = termios.tcgetattr(descriptor)
    # Whoever ends us gets the terminal back as it was.
    handlers = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        tty.setraw(descriptor)
        yield True
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
