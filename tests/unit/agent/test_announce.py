"""Telling Avahi."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from caraway.agent.announce import Announcement
from tests.in_loop import in_loop, until
from tests.unit.agent.fake_bus import Answer, FakeBus

GROUP = "org.freedesktop.Avahi.EntryGroup"


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bus"
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
        yield path


class Avahi:
    """Answers as Avahi does."""

    def __init__(self) -> None:
        self.collisions = 0
        self.is_there = self.knows = True

    def __call__(self, method: str) -> Answer:
        if not self.is_there:
            return ("org.freedesktop.DBus.Error.ServiceUnknown", "not activatable")
        if method.endswith("GetState") and not self.knows:
            return ("org.freedesktop.DBus.Error.UnknownMethod", "no such group")
        if method.endswith("EntryGroupNew"):
            self.knows = True
            return "/Client0/EntryGroup0"
        if method.endswith("AddService") and self.collisions:
            self.collisions -= 1
            return ("org.freedesktop.Avahi.CollisionError", "Local name collision")
        return None


@in_loop
async def test_it_is_there_while_the_folder_is(path: Path) -> None:
    async with FakeBus(path, Avahi()) as fake:
        announcement = Announcement(9843)
        announcement.set(is_open=False)
        announcement.set(is_open=True)
        announcement.set(is_open=True)
        await until(lambda: announcement.is_there)
        assert [method for method, _ in fake.calls[1:]] == [
            "org.freedesktop.Avahi.Server.EntryGroupNew",
            f"{GROUP}.AddService",
            f"{GROUP}.Commit",
        ]
        body = fake.calls[2][1]
        assert b"Folder of the SPICE client\0" in body
        assert b"_webdav._tcp\0" in body
        assert fake.connections == 1
        announcement.set(is_open=False)
        assert not announcement.is_there
        await until(lambda: fake.connections == 0)


@in_loop
async def test_names_that_others_have(path: Path) -> None:
    avahi = Avahi()
    async with FakeBus(path, avahi) as fake:
        avahi.collisions = 2
        announcement = Announcement(9843)
        announcement.set(is_open=True)
        await until(lambda: announcement.is_there)
        assert b"Folder of the SPICE client #3\0" in fake.calls[-2][1]
        announcement.set(is_open=False)


@in_loop
async def test_too_many_of_them(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "caraway.agent")
    avahi = Avahi()
    async with FakeBus(path, avahi) as fake:
        avahi.collisions = 99
        announcement = Announcement(9843)
        announcement.set(is_open=True)
        await until(lambda: "Avahi is told nothing" in caplog.text)
        await until(lambda: fake.connections == 0)
        assert "collision" in caplog.text
        announcement.set(is_open=False)


@in_loop
async def test_a_machine_without_avahi(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "caraway.agent")
    announcement = Announcement(9843)
    announcement.set(is_open=True)
    await until(lambda: "Avahi is told nothing: no system bus" in caplog.text)
    announcement.set(is_open=False)


@in_loop
async def test_a_machine_without_loopback(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(name: str) -> int:
        raise OSError(f"no interface with this name: {name}")

    monkeypatch.setattr(socket, "if_nametoindex", none)
    caplog.set_level(logging.INFO, "caraway.agent")
    async with FakeBus(path, Avahi()) as fake:
        announcement = Announcement(9843)
        announcement.set(is_open=True)
        await until(lambda: "no interface" in caplog.text)
        await until(lambda: not fake.connections)
        announcement.set(is_open=False)


@in_loop
async def test_the_folder_goes_at_once(path: Path) -> None:
    async with FakeBus(path, lambda method: b"") as fake:
        announcement = Announcement(9843)
        announcement.set(is_open=True)
        await until(lambda: len(fake.calls) == 2)
        announcement.set(is_open=False)
        await until(lambda: fake.connections == 0)
        announcement.set(is_open=True)
        announcement.set(is_open=False)


@in_loop
async def test_avahi_that_starts_later(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "caraway.agent")
    avahi = Avahi()
    avahi.is_there = False
    async with FakeBus(path, avahi) as fake:
        announcement = Announcement(9843, look_s=0.001)
        announcement.set(is_open=True)
        await until(lambda: len(fake.calls) > 10)
        avahi.is_there = True
        await until(lambda: announcement.is_there)
        assert caplog.text.count("Avahi is told nothing") == 1
        announcement.set(is_open=False)


@in_loop
async def test_avahi_that_was_restarted(path: Path) -> None:
    avahi = Avahi()
    async with FakeBus(path, avahi) as fake:
        announcement = Announcement(9843, look_s=0.001)
        announcement.set(is_open=True)

        def told() -> int:
            return [method for method, _ in fake.calls].count(f"{GROUP}.Commit")

        def looked() -> int:
            return [method for method, _ in fake.calls].count(f"{GROUP}.GetState")

        await until(lambda: looked() > 3)
        assert told() == 1
        avahi.knows = False
        await until(lambda: told() == 2)
        assert fake.connections <= 2
        announcement.set(is_open=False)
        await until(lambda: fake.connections == 0)


@in_loop
async def test_a_bus_that_comes_and_goes(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "caraway.agent")
    announcement = Announcement(9843, look_s=0.001)
    announcement.set(is_open=True)
    await until(lambda: "no system bus" in caplog.text)
    async with FakeBus(path, Avahi()):
        await until(lambda: announcement.is_there)
    await until(lambda: not announcement.is_there)
    announcement.set(is_open=False)


@in_loop
async def test_a_cancellation_that_is_lost(path: Path) -> None:
    """As :func:`asyncio.wait_for` of Python 3.9 does when an answer comes in that moment."""
    async with FakeBus(path, Avahi()) as fake:
        announcement = Announcement(9843, look_s=0.001)
        announcement.set(is_open=True)
        await until(lambda: announcement.is_there)
        announcement._working = None
        await until(lambda: not fake.connections)
        assert not announcement.is_there
