"""Calling methods on the system bus."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest

from caraway.agent import dbus
from caraway.agent.dbus import Body, Bus, CallFailed, _read_fields
from caraway.errors import ConnectError, RemoteProtocolError
from tests.in_loop import in_loop, until
from tests.patience import PATIENCE_S
from tests.unit.agent.fake_bus import Answer, FakeBus, message


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bus"
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
        yield path


async def call(answer: Answer, path: Path, *, patience_s: float = PATIENCE_S) -> str:
    async with FakeBus(path, lambda method: answer):
        bus = await Bus.connect()
        try:
            with patch.object(dbus, "_PATIENCE_S", patience_s):
                return await bus.call("a.b", "/", "a.b.C", signature="u", values=(1,))
        finally:
            bus.close()


@in_loop
async def test_a_call(path: Path) -> None:
    async with FakeBus(path, lambda method: "/object" if method == "a.b.Make" else None) as fake:
        bus = await Bus.connect()
        assert fake.users == [b"\0AUTH EXTERNAL %s\r\n" % str(os.geteuid()).encode().hex().encode()]
        assert await bus.call("a.b", "/", "a.b.Make") == "/object"
        assert await bus.call("a.b", "/object", "a.b.Do", signature="qs", values=(5, "x")) == ""
        bus.close()
    assert fake.calls == [
        ("org.freedesktop.DBus.Hello", b""),
        ("a.b.Make", b""),
        ("a.b.Do", bytes.fromhex("0500 0000 01000000 7800")),
    ]


@in_loop
async def test_an_error(path: Path) -> None:
    with pytest.raises(CallFailed, match=r"a\.Error: why") as caught:
        await call(("a.Error", "why"), path)
    assert caught.value.name == "a.Error"
    assert str(CallFailed("a.Error", "")) == "a.Error"


@in_loop
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"B" + bytes(15), "byte order"),
        (dbus._HEAD.pack(b"l", 2, 0, 1, 1 << 20, 1, 0), "the limit is 65536"),
        (message(2, [(5, "s", "x")]).replace(b"\1s", b"\1x"), "makes no sense: a field of type"),
        (dbus._HEAD.pack(b"l", 2, 0, 1, 0, 1, 1) + bytes(8), "makes no sense"),
    ],
)
async def test_an_answer_that_is_none(answer: bytes, says: str, path: Path) -> None:
    with pytest.raises(RemoteProtocolError, match=says):
        await call(answer, path)


@in_loop
async def test_no_answer(path: Path) -> None:
    with pytest.raises(ConnectError, match=r"no answer to a\.b\.C: timeout"):
        await call(b"", path, patience_s=0.05)
    # The answer to something else is no answer either.
    other = message(2, [(5, "u", 99)]) + message(3, [(5, "s", "x")])
    with pytest.raises(ConnectError, match="timeout"):
        await call(other, path, patience_s=0.05)


@in_loop
async def test_who_is_not_let_in(path: Path) -> None:
    with pytest.raises(ConnectError, match=f"no system bus at {path}: "):
        await Bus.connect()
    async with FakeBus(path, lambda method: None) as fake:
        fake.greeting = b"REJECTED\r\n"
        with pytest.raises(ConnectError, match="says b'REJECTED"):
            await Bus.connect()
        fake.greeting = b""
        patience = patch.object(dbus, "_PATIENCE_S", 0.05)
        with patience, pytest.raises(ConnectError, match="does not let us in"):
            await Bus.connect()


@in_loop
async def test_nobody_waits_any_more(path: Path) -> None:
    async with FakeBus(path, lambda method: None) as fake:
        fake.greeting = b""
        connecting = asyncio.create_task(Bus.connect())
        await until(lambda: fake.users)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        await until(lambda: not fake.connections)


@in_loop
async def test_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "tcp:host=x;unix:abstract=/a")
    with pytest.raises(ConnectError, match="has no path"):
        await Bus.connect()


def test_values() -> None:
    body = Body()
    body.add("iiussssqaay", (1, -1, 0, "n", "", "", "", 9843, [b"path=/"]))
    assert body.data == bytes.fromhex(
        "01000000 ffffffff 00000000"
        "01000000 6e00 0000 00000000 00 000000 00000000 00 000000 00000000 00 00"
        "7326 0a000000 06000000 706174683d2f"
    )


def test_fields() -> None:
    data = message(2, [(5, "u", 3), (6, "s", ":1.5"), (8, "g", "o")])
    assert _read_fields(data[16:47]) == {5: 3, 6: ":1.5", 8: "o"}
