"""Server, agent and client in one process: through sockets of this machine."""

from __future__ import annotations

import asyncio
import os
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from caraway.client import connect
from caraway.share.backoff import Backoff
from caraway.share.embedded import machine, share_here
from caraway.share.lasting import LastingShare, Shared
from caraway.webdav import Exchange
from tests.in_loop import until
from tests.unit.server.joined import run
from tests.unit.share.requests import BIG, application


def ask(url: str, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    program = HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        program.request(method, path, body)
        answer = program.getresponse()
        return answer.status, answer.read()
    finally:
        program.close()


def test_all_the_way() -> None:
    async def work() -> None:
        done: list[Exchange] = []
        async with share_here(application(), on_exchange=done.append) as here:
            assert here.url.startswith("http://127.0.0.1:")
            assert await asyncio.to_thread(ask, here.url, "PUT", "/big", BIG) == (201, b"")
            assert await asyncio.to_thread(ask, here.url, "GET", "/big") == (200, BIG)
            assert here.host.takes_credits
            assert here.guest.takes_credits
            assert [each.status for each in done] == [201, 200]
        with pytest.raises(ConnectionRefusedError):
            await asyncio.to_thread(ask, here.url, "GET", "/big")

    run(work())


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    async def work() -> None:
        async with share_here(application()) as here:
            assert len(list(tmp_path.iterdir())) == 1
            port = urlsplit(here.url).port or 0
            with pytest.raises(OSError, match="in use"):
                async with share_here(application(), port=port):
                    raise AssertionError("two on one port")
        assert list(tmp_path.iterdir()) == []

    run(work())


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_sessions_leave_no_descriptors_behind() -> None:
    class AtOnce(Backoff):
        def next_delay(self, stood_s: float) -> float:
            return 0.0

    async def work() -> None:
        shared = 0

        def count(event: object) -> None:
            nonlocal shared
            shared += isinstance(event, Shared)

        async with machine() as here:
            share = LastingShare(
                lambda: connect(here.uri),
                application(),
                insists=True,
                on_event=count,
                backoff=AtOnce(),
            )
            share.start()
            await until(lambda: shared == 1)
            before, tasks = open_descriptors(), len(asyncio.all_tasks())
            for number in range(2, 6):
                # Another client takes over, and loses it again.
                async with connect(here.uri) as other:
                    await other.wait_ended()
                await until(lambda number=number: shared == number)
            # The server may have been making a key then.
            await until(lambda: open_descriptors() <= before)
            await until(lambda: len(asyncio.all_tasks()) <= tasks)
            await share.aclose()

    run(work())
