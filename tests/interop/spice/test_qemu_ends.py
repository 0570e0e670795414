"""QEMU ends, or falls silent, at every stage: our client says what happened, in time."""

from __future__ import annotations

import asyncio
import time

import pytest

from caraway.client import Ended, connect
from caraway.errors import ConnectError, DeadlineExceeded, TakenOver
from tests.in_loop import in_loop
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.qemu import MONITOR
from tests.interop.spice.relay import Relay
from tests.patience import PATIENCE_S

MAIN, PORT = 0, 1
#: Which stream, and how many bytes of the server have come on it.
STAGES = {
    "before the reply": (MAIN, 0),
    "inside the reply": (MAIN, 100),
    # Header, reply and two words of capabilities.
    "behind the reply": (MAIN, 202),
    "behind the result": (MAIN, 206),
    "inside INIT": (MAIN, 220),
    "behind INIT": (MAIN, 206 + 38),
    "before the reply for a port": (PORT, 0),
    "behind the reply for a port": (PORT, 202),
    "behind the result for a port": (PORT, 206),
    "inside PORT_INIT": (PORT, 210),
}


@in_loop
async def test_nobody_is_there(start_qemu: StartQemu) -> None:
    machine = start_qemu()
    machine.kill()
    with pytest.raises(ConnectError, match="refused"):
        await connect(machine.uri)


@pytest.mark.parametrize("stage", STAGES)
@in_loop
async def test_killed(start_qemu: StartQemu, stage: str) -> None:
    machine = start_qemu()
    stream, size = STAGES[stage]
    async with Relay(machine.port, stream=stream, size=size, then=machine.kill) as relay:
        with pytest.raises(ConnectError) as caught:
            await connect(f"spice://127.0.0.1:{relay.port}", timeout_s=20)
        assert not isinstance(caught.value, TakenOver)
        assert str(relay.port) in str(caught.value)


@pytest.mark.parametrize("stage", STAGES)
@in_loop
async def test_silent(start_qemu: StartQemu, stage: str) -> None:
    machine = start_qemu()
    stream, size = STAGES[stage]
    async with Relay(machine.port, stream=stream, size=size, then=machine.freeze) as relay:
        begun = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            await connect(f"spice://127.0.0.1:{relay.port}", timeout_s=0.5)
        assert 0.4 < time.monotonic() - begun < 5


@in_loop
async def test_silent_from_the_beginning(start_qemu: StartQemu) -> None:
    """The kernel takes the connection, and nobody answers."""
    machine = start_qemu()
    machine.freeze()
    with pytest.raises(DeadlineExceeded, match=r"within 0\.3 s|longer than 0\.3 s"):
        await connect(machine.uri, timeout_s=0.3)


@in_loop
async def test_killed_with_a_session(start_qemu: StartQemu) -> None:
    machine = start_qemu()
    async with connect(machine.uri) as session:
        port = session.port(MONITOR)
        await port.read()
        reading = asyncio.create_task(port.read())
        await asyncio.sleep(0)
        machine.kill()
        reason = await asyncio.wait_for(session.wait_ended(), PATIENCE_S)
        assert isinstance(reason, ConnectError)
        assert "is gone" in str(reason)
        # Who reads is told; closed first, and gone with the session.
        assert await reading == b""
        with pytest.raises(ConnectError, match="is gone"):
            await port.read()
        with pytest.raises(ConnectError, match="is gone"):
            port.write(b"x")
        events = [event async for event in session.events()]
        assert events[-1] == Ended(reason)


@in_loop
async def test_quits_with_a_session(start_qemu: StartQemu) -> None:
    machine = start_qemu()
    async with connect(machine.uri) as session:
        machine.qmp("quit")
        reason = await asyncio.wait_for(session.wait_ended(), PATIENCE_S)
        assert isinstance(reason, ConnectError)
    assert machine.wait() == 0
