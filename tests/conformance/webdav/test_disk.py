"""What the folder store owes to the disk: nothing outside is reached, nothing half is kept."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.conformance.webdav.share import CONTENT, Share, folder_share, hrefs, lockinfo, setting
from tests.conformance.webdav.share import propertyupdate as update
from tests.unit.webdav.server.memory import Client, request, run

METHODS = {
    "GET": ({}, ""),
    "HEAD": ({}, ""),
    "PUT": ({}, "new"),
    "PROPFIND": ({"Depth": "1"}, ""),
    "PROPPATCH": ({}, update(setting("<x:c/>"))),
    "LOCK": ({}, lockinfo()),
    "MKCOL": ({}, ""),
    "COPY": ({"Destination": "/n"}, ""),
}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("secret")
    return folder


@pytest.fixture
def share(tmp_path: Path, outside: Path) -> Share:
    made = folder_share(tmp_path)
    (tmp_path / "share" / "link").symlink_to(outside)
    (tmp_path / "share" / "file").symlink_to(outside / "secret")
    (tmp_path / "share" / "dangling").symlink_to("nowhere")
    return made


class TestLinks:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("target", ["/file", "/link/secret", "/link/new", "/link/"])
    def test_no_method_follows_one_that_leaves_the_share(
        self, share: Share, outside: Path, method: str, target: str
    ) -> None:
        """Refused, or in its place: never what it leads to."""
        headers, body = METHODS[method]
        answer = share.ask(method, target, headers, body)
        assert b"secret" not in answer.body.replace(b"/link/secret", b"")
        assert [each.name for each in outside.iterdir()] == ["secret"]
        assert (outside / "secret").read_text() == "secret"

    def test_removing_one_leaves_what_it_leads_to(self, share: Share, outside: Path) -> None:
        share.play(("DELETE", "/link"), ("DELETE", "/file"), ("DELETE", "/link/secret"))
        assert (outside / "secret").read_text() == "secret"

    def test_one_that_leads_nowhere_breaks_no_listing(self, share: Share) -> None:
        listed = hrefs(share.find("/", depth="1"))
        assert "/a.txt" in listed
        assert "/dangling" not in listed

    def test_one_inside_works(self, share: Share, tmp_path: Path) -> None:
        (tmp_path / "share" / "inside").symlink_to("a.txt")
        assert share.content("/inside") == CONTENT


def test_an_upload_that_is_cut_off_leaves_the_old_file(share: Share, tmp_path: Path) -> None:
    """RFC 9112 §8."""
    before = sorted(os.listdir(tmp_path / "share"))

    async def check() -> None:
        client = Client(share.application)
        client.feed(request("PUT", "/a.txt", {"Content-Length": "3000000"}, b"x" * 2_000_000))
        client.transport.abort()
        await client.until_closed()
        await client.settle()
        await asyncio.get_running_loop().shutdown_default_executor()

    run(check())
    assert share.content("/a.txt") == CONTENT
    assert sorted(os.listdir(tmp_path / "share")) == before


def test_a_pipe_blocks_nobody(share: Share, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "share" / "pipe")
    assert share.status("GET", "/pipe") >= 400
    assert share.status("COPY", "/pipe", {"Destination": "/n"}) >= 400
    assert share.ask("PROPFIND", "/", {"Depth": "1"}).status == 207
