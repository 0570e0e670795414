"""rclone: the client most people copy whole trees with, and its mount."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.interop.command import Result, eventually, run
from tests.interop.conftest import Serve
from tests.interop.dav_process import Share
from tests.interop.private_mount import mounted
from tests.interop.trees import ODD_NAMES, contents, make_odd_tree, times, write

Rclone = Callable[..., Result]

#: Where each vendor's share begins; newer rclones insist on Nextcloud's.
PLACES = {"other": "", "owncloud": "", "nextcloud": "/remote.php/dav/files/me"}
#: Names as they are: rclone would replace control characters, and take two ways
#: to write one letter for one.
_VERBATIM = ("--webdav-encoding", "Slash", "--no-unicode-normalization")


@pytest.fixture
def settings(share: Share, home: Path) -> Path:
    """rclone's settings: the server under each kind of vendor that concerns us."""
    path = home / "rclone.conf"
    path.write_text(
        "".join(
            f"[{vendor}]\ntype = webdav\nurl = {share.url}{place}\nvendor = {vendor}\n"
            for vendor, place in PLACES.items()
        )
    )
    return path


@pytest.fixture
def rclone(settings: Path, home: Path) -> Rclone:
    """Runs rclone without ever trying anything twice."""

    def call(*arguments: str, stdin: bytes = b"", expect: int = 0) -> Result:
        once = ("--config", str(settings), "--retries", "1", "--low-level-retries", "1")
        return run("rclone", *once, *arguments, home=home, stdin=stdin, expect=expect, timeout_s=60)

    return call


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder full of odd names."""
    root = tmp_path / "tree"
    make_odd_tree(root)
    return root


def _transfers_nothing(result: Result) -> bool:
    return "There was nothing to transfer" in result.stderr


class TestSync:
    def test_both_ways_with_odd_names(
        self, rclone: Rclone, share: Share, tree: Path, tmp_path: Path
    ) -> None:
        rclone("sync", str(tree), "other:", *_VERBATIM)
        assert contents(share.root) == contents(tree)
        assert f"{len(ODD_NAMES) + 1} matching files" in (
            rclone("check", "--download", str(tree), "other:", *_VERBATIM).stderr
        )
        again = rclone("sync", str(tree), "other:", "-v", *_VERBATIM)
        assert _transfers_nothing(again), again.stderr
        back = tmp_path / "back"
        rclone("sync", "other:", str(back), *_VERBATIM)
        assert contents(back) == contents(tree)
        assert times(back) == times(share.root)
        again = rclone("sync", "other:", str(back), "-v", *_VERBATIM)
        assert _transfers_nothing(again), again.stderr

    def test_names_that_are_not_utf8(self, rclone: Rclone, share: Share, tmp_path: Path) -> None:
        names = [b"latin-\xe9", b"\xff\xfe", b"half-\xc3"]
        for name in names:
            (share.root / os.fsdecode(name)).write_bytes(name)
        rclone("copy", "other:", str(tmp_path / "back"))
        assert contents(tmp_path / "back") == contents(share.root)

    @pytest.mark.parametrize("vendor", ["owncloud", "nextcloud"])
    def test_times_are_kept(self, rclone: Rclone, share: Share, tree: Path, vendor: str) -> None:
        """These vendors' clients send X-OC-Mtime with a PUT."""
        root = Path(f"{share.root}{PLACES[vendor]}")
        root.mkdir(parents=True, exist_ok=True)
        rclone("sync", str(tree), f"{vendor}:", *_VERBATIM)
        assert contents(root) == contents(tree)
        assert times(root) == times(tree)
        again = rclone("sync", str(tree), f"{vendor}:", "-v", *_VERBATIM)
        assert _transfers_nothing(again), again.stderr

    def test_what_changed_and_only_that(self, rclone: Rclone, share: Share, tmp_path: Path) -> None:
        source = tmp_path / "source"
        (source / "folder").mkdir(parents=True)
        for name in ("same", "bigger", "gone", "folder/newer"):
            write(source / name, b"old", mtime_s=1_600_000_000)
        rclone("sync", str(source), "owncloud:")
        kept = (share.root / "same").stat().st_ino
        (source / "gone").unlink()
        write(source / "bigger", b"bigger now", mtime_s=1_600_000_000)
        write(source / "folder" / "newer", b"new", mtime_s=1_600_000_001)
        rclone("sync", str(source), "owncloud:")
        assert contents(share.root) == contents(source)
        assert times(share.root) == times(source)
        assert (share.root / "same").stat().st_ino == kept

    def test_two_thousand_small_files(self, rclone: Rclone, share: Share, tmp_path: Path) -> None:
        """By ten at once: one rclone makes at most a hundred requests a second."""
        source = tmp_path / "source"
        for folder in range(20):
            (source / str(folder)).mkdir(parents=True)
            for number in range(100):
                (source / str(folder) / f"file {number}").write_bytes(b"%d " % number * folder)

        def carry(tenth: int) -> str:
            part = ("--include", f"/{2 * tenth}/**", "--include", f"/{2 * tenth + 1}/**")
            rclone("sync", str(source), "other:", *part)
            return rclone("check", "--download", str(source), "other:", *part).stderr

        with ThreadPoolExecutor(10) as pool:
            checks = list(pool.map(carry, range(10)))
        assert all("200 matching files" in check for check in checks), checks
        assert contents(share.root) == contents(source)
        assert json.loads(rclone("size", "--json", "other:").stdout)["count"] == 2000

    def test_a_read_only_share(self, rclone: Rclone, serve: Serve, tmp_path: Path) -> None:
        server = serve(write=False)
        make_odd_tree(server.root)
        remote = (":webdav:", "--webdav-url", server.url, "--webdav-vendor", "other", *_VERBATIM)
        rclone("sync", remote[0], str(tmp_path / "back"), *remote[1:])
        before = contents(server.root)
        assert contents(tmp_path / "back") == before
        (tmp_path / "back" / "que?ry").write_bytes(b"changed")
        (tmp_path / "back" / "am&p").unlink()
        for command in ("sync", "copy"):
            refused = rclone(command, str(tmp_path / "back"), *remote, expect=1)
            assert "403 Forbidden" in refused.stderr
        assert "403 Forbidden" in rclone("purge", *remote, expect=1).stderr
        assert contents(server.root) == before

    def test_a_difference_is_found(self, rclone: Rclone, share: Share) -> None:
        """The comparison the other tests rely on."""
        (share.root / "file").write_bytes(b"12345")
        rclone("copy", "other:", "copy")
        (share.root / "file").write_bytes(b"1234X")
        assert "1 differences" in rclone("check", "--download", "copy", "other:", expect=1).stderr


class TestOnTheServer:
    """What rclone lets the server do by COPY, MOVE and DELETE."""

    @pytest.fixture(autouse=True)
    def filled(self, share: Share, tree: Path) -> None:
        os.rename(tree, share.root / "tree")

    def test_copy(self, rclone: Rclone, share: Share) -> None:
        rclone("copy", "other:tree", "other:cop y", *_VERBATIM)
        assert contents(share.root / "cop y") == contents(share.root / "tree")
        rclone("copyto", "other:tree/que?ry", "other:new/per%cent", *_VERBATIM)
        copied = (share.root / "new/per%cent").read_bytes()
        assert copied == (share.root / "tree/que?ry").read_bytes()

    def test_move(self, rclone: Rclone, share: Share) -> None:
        before, when = contents(share.root / "tree"), times(share.root / "tree")
        ampersand = (share.root / "tree/am&p").read_bytes()
        rclone("move", "other:tree", "other:mov#ed", *_VERBATIM)
        assert contents(share.root / "mov#ed") == before
        assert times(share.root / "mov#ed") == when
        assert not (share.root / "tree").exists()
        rclone("moveto", "other:mov#ed/am&p", "other:mov#ed/<tag>", *_VERBATIM)
        assert (share.root / "mov#ed/<tag>").read_bytes() == ampersand

    def test_removal(self, rclone: Rclone, share: Share) -> None:
        rclone("deletefile", "other:tree/new\nline", *_VERBATIM)
        assert not (share.root / "tree/new\nline").exists()
        rclone("mkdir", "other:em%pty", *_VERBATIM)
        rclone("rmdir", "other:em%pty", *_VERBATIM)
        rclone("rmdir", "other:tree", *_VERBATIM, expect=1)
        rclone("purge", "other:tree", *_VERBATIM)
        assert contents(share.root) == {}

    def test_parts_streams_and_space(self, rclone: Rclone, share: Share) -> None:
        part = rclone("cat", "--offset", "3", "--count", "4", "other:tree/que?ry", *_VERBATIM)
        assert part.stdout == (share.root / "tree/que?ry").read_bytes()[3:7]
        content = os.urandom(300_000)
        # More than rclone gathers before it begins to send: a chunked body.
        rclone("rcat", "--streaming-upload-cutoff", "1k", "other:stream", stdin=content)
        assert (share.root / "stream").read_bytes() == content
        assert json.loads(rclone("about", "--json", "other:").stdout)["free"] > 0


class TestMount:
    @pytest.mark.parametrize("cache", ["writes", "full"])
    def test_fio_finds_what_it_wrote(
        self, settings: Path, share: Share, home: Path, cache: str
    ) -> None:
        """Random writing with a checksum in each block, read back through the mount and on disk."""
        job = (
            *("--name=verify", "--rw=randwrite", "--bs=16k", "--size=8m", "--thread"),
            *("--verify=crc32c", "--verify_fatal=1", "--verify_state_save=0"),
        )
        with _mount(settings, home, f"--vfs-cache-mode {cache}") as mount:
            run("fio", f"--directory={mount}", *job, "--do_verify=1", home=home)
            written = (mount / "verify.0.0").read_bytes()
            kept = share.root / "verify.0.0"
            eventually(
                lambda: kept.exists() and kept.read_bytes() == written,
                "what was written to the mount did not reach the folder",
            )
        assert len(written) == 8 << 20
        run("fio", f"--directory={share.root}", *job, "--verify_only", home=home)

    def test_names_and_changes(self, settings: Path, share: Share, home: Path) -> None:
        content = os.urandom(1 << 20)
        root = share.root
        (root / "per%cent").write_bytes(b"from the server")
        # Without a cache a file that is written is sent while it is: chunked.
        with _mount(settings, home, "--vfs-cache-mode off") as mount:
            assert (mount / "per%cent").read_bytes() == b"from the server"
            (mount / "fol der").mkdir()
            (mount / "fol der" / "ha#sh").write_bytes(content)
            eventually(lambda: (root / "fol der/ha#sh").exists(), "the file did not come")
            assert (root / "fol der/ha#sh").read_bytes() == content
            (mount / "fol der").rename(mount / "que?ry")
            assert (root / "que?ry/ha#sh").read_bytes() == content
            (mount / "que?ry/ha#sh").rename(mount / "per%cent")
            assert (root / "per%cent").read_bytes() == content
            (mount / "que?ry").rmdir()
            assert os.listdir(mount) == ["per%cent"]
            (mount / "per%cent").unlink()
            assert os.listdir(root) == []


@contextmanager
def _mount(settings: Path, home: Path, options: str) -> Iterator[Path]:
    command = (
        f'rclone mount --config "{settings}" --cache-dir "{home}/cache" --vfs-write-back 0s'
        f' --no-unicode-normalization -v {options} other: "$1" &'
    )
    with mounted(command, home=home) as mount:
        yield mount
    log = (home / "mount.log").read_text()
    assert "ERROR" not in log, log
