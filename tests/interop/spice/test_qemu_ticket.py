"""Our client and QEMU: who is let in, and what the session then knows."""

from __future__ import annotations

from uuid import UUID as Number

import pytest

from caraway.client import connect
from caraway.errors import AuthError, TakenOver
from tests.in_loop import in_loop
from tests.interop.spice.conftest import StartQemu
from tests.interop.spice.qemu import MONITOR, NAME, UUID, Qemu

PASSWORD = "the right one"
MAIN, INPUTS, PORT = 1, 3, 10


@pytest.fixture
def machine(start_qemu: StartQemu) -> Qemu:
    return start_qemu(password=PASSWORD)


@in_loop
async def test_right_password(machine: Qemu) -> None:
    async with connect(machine.uri, password=PASSWORD) as session:
        assert session.name == NAME
        assert session.uuid == Number(UUID)
        assert (PORT, 0) in session.channels
        # The real server lists the main channel too.
        assert (MAIN, 0) not in session.channels
        assert session.port(MONITOR).is_open
        assert session.init.agent_tokens == 10
        assert not session.is_agent_connected
        assert sorted(machine.channels()) == [(MAIN, 0), (PORT, 0)]


@in_loop
async def test_session_leaves_nothing_behind(machine: Qemu) -> None:
    async with connect(machine.uri, password=PASSWORD):
        assert machine.channels()
    async with connect(machine.uri, password=PASSWORD) as again:
        assert again.name == NAME
        assert len(machine.channels()) == 2


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), "x" * 60])
@in_loop
async def test_wrong_password(machine: Qemu, password: str) -> None:
    with pytest.raises(AuthError, match="password"):
        await connect(machine.uri, password=password)
    assert machine.channels() == []


@in_loop
async def test_password_that_no_ticket_holds(machine: Qemu) -> None:
    with pytest.raises(AuthError, match="61 bytes, a ticket holds 60"):
        await connect(machine.uri, password="x" * 61)


@in_loop
async def test_longest_password(start_qemu: StartQemu) -> None:
    password = "ü" * 29 + "x"
    machine = start_qemu(password=password)
    async with connect(machine.uri, password=password) as session:
        assert session.name == NAME


@in_loop
async def test_password_of_60_bytes(start_qemu: StartQemu) -> None:
    """spice-server 0.15.1 takes 60 bytes for a password and keeps 59 of them."""
    machine = start_qemu(password="x" * 60)
    with pytest.raises(AuthError) as caught:
        await connect(machine.uri, password="x" * 60)
    assert caught.value.hint == "some servers keep only the first 59 bytes of a password"
    async with connect(machine.uri, password="x" * 59) as session:
        assert session.name == NAME


@in_loop
async def test_password_ends_at_nul(machine: Qemu) -> None:
    """spice-server 0.15.1 compares up to the first NUL."""
    async with connect(machine.uri, password=f"{PASSWORD}\0and more") as session:
        assert session.name == NAME


@in_loop
async def test_expired_password(machine: Qemu) -> None:
    machine.qmp("expire_password", protocol="spice", time="now")
    with pytest.raises(AuthError) as caught:
        await connect(machine.uri, password=PASSWORD)
    # The server does not tell the one from the other; what can be done is told for both.
    assert caught.value.hint is not None
    assert "still valid" in caught.value.hint
    machine.qmp("expire_password", protocol="spice", time="never")
    async with connect(machine.uri, password=PASSWORD) as session:
        assert session.name == NAME


@in_loop
async def test_password_changes_while_connected(machine: Qemu) -> None:
    async with connect(machine.uri, password=PASSWORD) as session:
        machine.qmp("set_password", protocol="spice", password="another")
        assert not session.is_over
        with pytest.raises(AuthError):
            await connect(machine.uri, password=PASSWORD)
        # Who is refused disconnects nobody.
        assert not session.is_over
        assert len(machine.channels()) == 2


@in_loop
async def test_nobody_has_to_show_a_password(start_qemu: StartQemu) -> None:
    machine = start_qemu()
    async with connect(machine.uri) as session:
        assert session.name == NAME
    async with connect(machine.uri, password="needless") as session:
        assert session.name == NAME


@in_loop
async def test_another_client_takes_over(machine: Qemu) -> None:
    async with connect(machine.uri, password=PASSWORD) as first:
        port = first.port(MONITOR)
        async with connect(machine.uri, password=PASSWORD) as second:
            reason = await first.wait_ended()
            assert isinstance(reason, TakenOver), reason
            assert "another client" in str(reason)
            assert port.is_gone
            with pytest.raises(TakenOver):
                port.write(b"{}")
            # Finding out why disconnects nobody.
            assert not second.is_over
            assert len(machine.channels()) == 2


@in_loop
async def test_administrator_disconnects_us(machine: Qemu) -> None:
    async with connect(machine.uri, password=PASSWORD) as session:
        machine.qmp("set_password", protocol="spice", password="another", connected="disconnect")
        reason = await session.wait_ended()
        # The server gives no reason; it is still there, so it did this on purpose.
        assert isinstance(reason, TakenOver)
        assert "an administrator disconnected us" in str(reason)
