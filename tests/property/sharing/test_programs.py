"""Programs through both of our ends: each has its own bytes, wherever they are cut on the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from caraway.net.memory import MemoryTransport, join_in_memory
from caraway.net.mux import MuxTransport
from caraway.net.mux_link import MuxLink
from caraway.protocol.mux_credits import write_hello
from caraway.protocol.mux_streams import MuxLimits
from caraway.share.guest import FolderGuest
from caraway.wire.record import Buffer
from tests.property.effort import examples
from tests.unit.net.cable import CableEnd

LIMITS = MuxLimits(window=4096)
#: No course takes nearly as many turns of the loop.
_TURNS = 20_000


class CutEnd(CableEnd):
    """A port whose messages are cut into pieces of the given sizes, over and over."""

    def __init__(self, sizes: list[int], *, is_plain: bool) -> None:
        super().__init__()
        self.is_open = True
        self._sizes = sizes
        self._is_plain = is_plain

    def writelines(self, pieces: list[Buffer]) -> None:
        self.write(b"".join(pieces))

    def write(self, data: Buffer) -> None:
        rest = bytes(data)
        if self._is_plain:
            # Without it, neither knows that the other one takes credits.
            rest = rest.removeprefix(write_hello(LIMITS.window))
        while rest:
            size = self._sizes[0]
            self._sizes = [*self._sizes[1:], size]
            super().write(rest[:size])
            rest = rest[size:]


class Echo(asyncio.Protocol):
    """Answers with what comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("MuxTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)


class Program(asyncio.Protocol):
    """Keeps what comes."""

    transport: MemoryTransport

    def __init__(self) -> None:
        self.received = b""
        self.is_over = False

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True


@dataclass(frozen=True)
class Work:
    """What a program sends, when, and whether it reads meanwhile."""

    pieces: list[bytes]
    begins: int
    reads_late: bool


WORK = st.builds(
    Work,
    st.lists(st.integers(1, 9000).map(lambda size: bytes([size % 251]) * size), max_size=4),
    st.integers(0, 5),
    st.booleans(),
)


async def _play(works: list[Work], sizes: list[int], is_plain: bool) -> None:
    here, there = CutEnd(sizes, is_plain=False), CutEnd(sizes, is_plain=is_plain)
    here.join(there)
    there.join(here)
    guest = FolderGuest(here, limits=LIMITS)
    host = MuxLink(there, lambda transport: Echo(), limits=LIMITS)
    programs = [Program() for _ in works]
    # All connect at first, and speak in another order.
    for program in programs:
        program.transport = join_in_memory(program, guest.accept())[0]
    for turn in range(6):
        for work, program in zip(works, programs, strict=True):
            if work.begins == turn:
                # With a plain peer, one that does not read may be ended.
                if work.reads_late and not is_plain:
                    program.transport.pause_reading()
                for piece in work.pieces:
                    program.transport.write(piece)
        await asyncio.sleep(0)
    for number in range(_TURNS):
        expected = [b"".join(work.pieces) for work in works]
        if [each.received for each in programs] == expected:
            break
        if number == 200:
            for program in programs:
                program.transport.resume_reading()
        await asyncio.sleep(0)
    assert [len(each.received) for each in programs] == [len(each) for each in expected]
    assert [each.received for each in programs] == expected
    assert guest.takes_credits is not is_plain
    host.close()
    await guest.aclose()
    for _ in range(10):
        await asyncio.sleep(0)
    assert all(each.is_over for each in programs)


@examples(60)
@given(
    works=st.lists(WORK, min_size=1, max_size=5),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=6),
    is_plain=st.booleans(),
)
def test_each_has_its_own_bytes(works: list[Work], sizes: list[int], is_plain: bool) -> None:
    asyncio.run(_play(works, sizes, is_plain))
