"""Exchanges of a fixed order, written as they happen and run without I/O."""

from __future__ import annotations

from collections.abc import Generator
from typing import Generic, TypeVar

from caraway.errors import CarawayError

T = TypeVar("T")

#: A course of steps: it yields how many bytes it needs next and is sent exactly
#: those; what it returns is the outcome.
Course = Generator[int, bytes, T]


class Exchange(Generic[T]):
    """Runs a course of steps over bytes that come in pieces of any size.

    A subclass gives the course. It may call :meth:`send` at any step. Once the
    course has failed, feeding fails in the same way.

    Attributes:
        outcome: What the course came to; None while it runs.
        rest: What was fed beyond the last byte of the exchange.

    Args:
        limit: Bytes that one step may ask for. A peer that announces more has
            to be refused by the course before it asks; this is the last guard.
    """

    def __init__(self, course: Course[T], *, limit: int) -> None:
        self.outcome: T | None = None
        self._course = course
        self._limit = limit
        self._buffer = bytearray()
        self._output: list[bytes] = []
        self._needs = 0
        self._failure: CarawayError | None = None

    def begin(self) -> None:
        """Take the first step, which may send something."""
        self._step(None)

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Take what has arrived and go as far as it reaches.

        Raises:
            CarawayError: What the course raises; the exchange is over then.
        """
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        self._buffer += data
        while self.outcome is None and len(self._buffer) >= self._needs:
            taken = bytes(self._buffer[: self._needs])
            del self._buffer[: self._needs]
            self._step(taken)

    def ended(self) -> CarawayError | None:
        """What it means that the other side closes now; None for nothing in particular."""
        return None

    @property
    def rest(self) -> bytes:
        """What was fed and not taken."""
        return bytes(self._buffer)

    def send(self, data: bytes) -> None:
        """Have ``data`` sent."""
        self._output.append(data)

    def take_output(self) -> bytes:
        """What is to be sent now."""
        output, self._output = self._output, []
        return b"".join(output)

    def _step(self, taken: bytes | None) -> None:
        try:
            needs = next(self._course) if taken is None else self._course.send(taken)
        except StopIteration as end:
            self.outcome = end.value
            return
        except CarawayError as error:
            self._failure = error
            raise
        assert needs <= self._limit, f"a step asks for {needs} bytes, its limit is {self._limit}"
        self._needs = needs
