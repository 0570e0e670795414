"""Commands that are run when a folder comes and goes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from caraway.agent import hooks as hooks_module
from caraway.agent.hooks import Hooks
from caraway.agent.report import Report
from tests.in_loop import in_loop, until


class Told(Report):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def event(self, kind: str, text: str, **fields: object) -> None:
        self.events.append((kind, text))


def make(on_open: str | None, on_close: str | None) -> tuple[Hooks, Told]:
    told = Told()
    return Hooks({True: on_open, False: on_close}, told), told


async def run(hooks: Hooks, *states: bool) -> None:
    """What is due, one when the other has ended."""
    for is_open in states:
        hooks.run(is_open=is_open, url="http://localhost:1/")
        await hooks.finish()


@in_loop
async def test_in_order_and_with_the_url(tmp_path: Path) -> None:
    log = tmp_path / "log"
    hooks, told = make(f"echo open $CARAWAY_URL >>{log}", f"echo close >>{log}")
    await run(hooks, True, False)
    assert log.read_text() == "open http://localhost:1/\nclose\n"
    assert told.events == [
        ("command", "--on-open exit code 0"),
        ("command", "--on-close exit code 0"),
    ]


@in_loop
async def test_never_two_at_once(tmp_path: Path) -> None:
    log, go = tmp_path / "log", tmp_path / "go"
    wait = f"until [ -e {go} ]; do sleep 0.01; done"
    hooks, _ = make(f"echo open >>{log}; {wait}; echo opened >>{log}", f"echo close >>{log}")
    hooks.run(is_open=True, url="")
    # It has begun.
    await asyncio.sleep(0)
    hooks.run(is_open=False, url="")
    await until(log.exists)
    # The client comes and goes: what would undo each other is left out.
    for is_open in (True, False, True, False):
        hooks.run(is_open=is_open, url="")
    go.touch()
    await hooks.finish()
    assert log.read_text() == "open\nopened\nclose\n"
    await hooks.finish()


@in_loop
async def test_nothing_to_run() -> None:
    hooks, told = make(None, None)
    await run(hooks, True, False)
    assert told.events == []


@in_loop
async def test_failures_are_told() -> None:
    hooks, told = make("exit 3", None)
    await run(hooks, True)
    assert told.events == [
        ("command", "--on-open exit code 3"),
        ("warning", "the command of --on-open failed with exit code 3: exit 3"),
    ]


@in_loop
async def test_a_shell_that_cannot_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*words: object, **options: object) -> None:
        raise OSError("no shell")

    monkeypatch.setattr(asyncio, "create_subprocess_shell", fail)
    hooks, told = make("true", None)
    await run(hooks, True)
    assert told.events == [("warning", "the command of --on-open cannot be run: no shell")]


@in_loop
async def test_the_last_one_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks_module, "LAST_S", 0.2)
    hooks, told = make("sleep 60; true", "echo never")
    hooks.run(is_open=True, url="")
    # It has begun.
    await asyncio.sleep(0)
    hooks.run(is_open=False, url="")
    await hooks.finish()
    assert told.events == [("warning", "the last command took longer than 0 s, and was ended")]
