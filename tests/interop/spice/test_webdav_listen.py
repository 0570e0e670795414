"""``caraway serve --webdav-listen``: what clients share, for rclone on the host."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.in_loop import in_loop
from tests.interop.command import Result, eventually, run
from tests.interop.private_mount import mounted
from tests.interop.spice.pointer import Pointer
from tests.interop.spice.screen import Screen, Viewer
from tests.interop.spice.serve_command import ServeCommand
from tests.interop.spice.share_command import ShareCommand
from tests.interop.spice.spicegtk import SpiceGtk
from tests.interop.trees import contents

#: Some times what may be on its way.
CONTENT = bytes(range(256)) * (16 << 10)


@pytest.fixture
def folder(place: Path) -> Path:
    """What is shared."""
    folder = place / "shared"
    (folder / "below").mkdir(parents=True)
    (folder / "big").write_bytes(CONTENT)
    for number in range(20):
        (folder / "below" / f"ümlaut {number}").write_text("small" * number)
    return folder


def rclone(home: Path, url: str, *arguments: str) -> Result:
    """Run rclone on the folder, which it calls ``there:``, and never try anything twice."""
    settings = home / "rclone.conf"
    settings.write_text(f"[there]\ntype = webdav\nurl = {url}\nvendor = other\n")
    once = ("--config", str(settings), "--retries", "1", "--low-level-retries", "1")
    # spice-gtk has one of its own in what it shares.
    others = ("--exclude", "/.spice-clipboard/**")
    return run("rclone", *once, *others, *arguments, home=home, timeout_s=60)


def use(home: Path, url: str, shared: Path) -> None:
    """List, copy both ways, compare."""
    source = home / "source"
    (source / "inner").mkdir(parents=True)
    (source / "inner" / "up").write_bytes(CONTENT[::-1])
    (source / "empty").write_bytes(b"")
    listed = rclone(home, url, "lsf", "-R", "there:").text.splitlines()
    assert len(listed) == 22
    assert "below/ümlaut 7" in listed
    back = home / "back"
    rclone(home, url, "copy", "there:", str(back))
    assert contents(back) == contents(shared)
    # Into the root: rclone takes folders of spice-gtk for files if it is told to begin there.
    rclone(home, url, "copy", str(source), "there:")
    assert (shared / "inner" / "up").read_bytes() == CONTENT[::-1]
    assert (shared / "empty").read_bytes() == b""
    compared = rclone(home, url, "check", "--one-way", "--download", str(source), "there:")
    assert "0 differences found" in compared.stderr
    rclone(home, url, "deletefile", "there:inner/up")
    assert list((shared / "inner").iterdir()) == []


@pytest.fixture
def home(place: Path) -> Path:
    """That of rclone."""
    home = place / "home"
    home.mkdir()
    return home


@in_loop
async def test_rclone_and_spicegtk(home: Path, place: Path, folder: Path) -> None:
    async with ServeCommand() as server:
        properties = {"host": "127.0.0.1", "port": server.port, "shared_dir": str(folder)}
        async with SpiceGtk(place / "gtk", share_dir_ro=False, **properties):
            await server.event("folder shared")
            await asyncio.to_thread(use, home, server.url, folder)
        await server.event("folder gone")


@in_loop
async def test_rclone_and_our_client(home: Path, place: Path, folder: Path) -> None:
    async with ServeCommand() as server:
        async with ShareCommand(place, "--write", "--to", server.uri, folder) as share:
            await share.event("shared")
            await asyncio.to_thread(use, home, server.url, folder)
            share.interrupt()
            assert await share.end() == 0
        await server.event("folder gone")


def use_mount(home: Path, url: str, shared: Path) -> None:
    """Read and write as if it were a disk."""
    settings = home / "rclone.conf"
    settings.write_text(f"[there]\ntype = webdav\nurl = {url}\nvendor = other\n")
    command = (
        f'rclone mount --config "{settings}" --cache-dir "{home}/cache" --vfs-write-back 0s'
        ' --vfs-cache-mode writes -v there: "$1" &'
    )
    with mounted(command, home=home) as mount:
        assert (mount / "big").read_bytes() == CONTENT
        assert len(os.listdir(mount / "below")) == 20
        (mount / "written").write_bytes(CONTENT[1:])
        kept = shared / "written"
        eventually(
            lambda: kept.exists() and kept.read_bytes() == CONTENT[1:], "it did not come through"
        )
        # What rclone does not know to be uploaded it renames on its own disk, and uploads again.
        log = home / "mount.log"
        eventually(
            lambda: ": Copied (new)" in log.read_text(),
            lambda: f"rclone does not say that it has:\n{log.read_text()}",
        )
        (mount / "written").rename(mount / "below" / "moved")
        assert (shared / "below" / "moved").read_bytes() == CONTENT[1:]
        (mount / "below" / "moved").unlink()
        assert not (shared / "below" / "moved").exists()


@in_loop
async def test_a_mount_of_what_spicegtk_shares(home: Path, place: Path, folder: Path) -> None:
    async with ServeCommand() as server:
        properties = {"host": "127.0.0.1", "port": server.port, "shared_dir": str(folder)}
        async with SpiceGtk(place / "gtk", share_dir_ro=False, **properties):
            await server.event("folder shared")
            await asyncio.to_thread(use_mount, home, server.url, folder)


@in_loop
async def test_a_mount_of_what_our_client_shares(home: Path, place: Path, folder: Path) -> None:
    async with (
        ServeCommand() as server,
        ShareCommand(place, "--write", "--to", server.uri, folder) as share,
    ):
        await share.event("shared")
        await asyncio.to_thread(use_mount, home, server.url, folder)


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with Screen(tmp_path_factory.mktemp("screen"), "1280x800") as started:
        yield started


@in_loop
async def test_spicy_shares(screen: Screen, home: Path, place: Path, folder: Path) -> None:
    """The folder that it is told, to be read and written."""
    async with ServeCommand() as server:
        options = ("-h", "127.0.0.1", "-p", server.port, f"--spice-shared-dir={folder}")
        async with Viewer(screen, place / "spicy", "spicy", *options):
            await server.event("folder shared")
            await asyncio.to_thread(use, home, server.url, folder)
        await server.event("folder gone")


#: What to click in remote-viewer 11: the menu, "Preferences", "Share folder".
CLICKS = ((878, 26), (860, 113), (399, 413))


@in_loop
async def test_remote_viewer_shares(screen: Screen, home: Path, place: Path, folder: Path) -> None:
    """It shares when its user has said so in its preferences."""
    async with ServeCommand() as server:
        options = ("--debug", f"--spice-shared-dir={folder}", server.uri)
        with Pointer(screen) as pointer:
            async with Viewer(screen, place / "viewer", "remote-viewer", *options) as viewer:
                await viewer.says("main channel: opened")
                for x, y in CLICKS:
                    await screen.settles()
                    pointer.click(x, y)
                await server.event("folder shared")
                await asyncio.to_thread(use, home, server.url, folder)
        await server.event("folder gone")
