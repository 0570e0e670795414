"""davfs2: a mount by the kernel that locks what it writes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.command import eventually, run
from tests.interop.dav_process import Share
from tests.interop.private_mount import mounted

#: Only what stands in the system's settings may name user, group and cache, so
#: a file of our own takes their place, in the mount's own namespace. Process
#: numbers are left in /run, and an old one keeps davfs2 from mounting again.
_SCRIPT = """
mount -t tmpfs tmpfs /run
mount --bind davfs2.conf /etc/davfs2/davfs2.conf
mount.davfs -o uid=0,gid=0 {url}/ "$1" </dev/null
"""
_SETTINGS = """
dav_user root
dav_group root
ask_auth 0
use_locks 1
delay_upload 0
file_refresh 0
cache_dir {home}/cache
"""


@pytest.fixture
def mount(share: Share, home: Path) -> Iterator[Path]:
    (home / "cache").mkdir()
    (home / "davfs2.conf").write_text(_SETTINGS.format(home=home))
    (share.root / "there").write_bytes(b"before")
    with mounted(_SCRIPT.format(url=share.url), home=home) as mount:
        yield mount


@pytest.fixture
def root(share: Share) -> Path:
    return share.root


def _comes(path: Path, content: bytes) -> None:
    """Wait until davfs2 has sent a file: it does so after its last user closed it."""
    eventually(
        lambda: path.exists() and path.read_bytes() == content,
        f"{path.name} did not come",
    )


def _put(url: str, home: Path) -> str:
    """The status of somebody else's PUT."""
    form = ("-s", "-q", "-o", "answer", "-w", "%{http_code}", "-T", "-", url)
    return run("curl", *form, home=home, stdin=b"somebody else's").text


def test_what_is_there_is_read(mount: Path, root: Path) -> None:
    assert (mount / "there").read_bytes() == b"before"
    assert (mount / "there").stat().st_mtime == int((root / "there").stat().st_mtime)
    assert not (mount / "missing").exists()
    (root / "there").write_bytes(b"and after")
    eventually(lambda: (mount / "there").read_bytes() == b"and after", "the change is not seen")


@pytest.mark.parametrize("name", ["new", "od d#na%me?", "\u00fc&'\"<>;+"])
def test_a_new_file_is_locked_while_it_is_open(
    mount: Path, root: Path, home: Path, share: Share, name: str
) -> None:
    """LOCK of a new name, then PUT, then UNLOCK."""
    url = f"{share.url}/{_quoted(name)}"
    content = os.urandom(300_000)
    with (mount / name).open("wb") as file:
        file.write(content)
        assert (root / name).read_bytes() == b""
        assert _put(url, home) == "423"
    _comes(root / name, content)
    eventually(lambda: _put(url, home) == "204", "the lock was not given back")


def _quoted(name: str) -> str:
    return "".join(f"%{byte:02X}" for byte in name.encode())


def test_an_old_file_is_changed(mount: Path, root: Path) -> None:
    with (mount / "there").open("ab") as file:
        file.write(b" and after")
    _comes(root / "there", b"before and after")
    with (mount / "there").open("r+b") as file:
        file.write(b"BE")
        file.truncate(6)
    _comes(root / "there", b"BEfore")
    (mount / "there").write_bytes(b"")
    _comes(root / "there", b"")


def test_rename_and_delete(mount: Path, root: Path) -> None:
    (mount / "folder").mkdir()
    (mount / "there").rename(mount / "folder" / "mo ved")
    assert (root / "folder" / "mo ved").read_bytes() == b"before"
    (mount / "folder").rename(mount / "fol%der")
    assert (mount / "fol%der" / "mo ved").read_bytes() == b"before"
    (mount / "over").write_bytes(b"to be replaced")
    _comes(root / "over", b"to be replaced")
    (mount / "fol%der" / "mo ved").rename(mount / "over")
    assert (root / "over").read_bytes() == b"before"
    (mount / "fol%der").rmdir()
    (mount / "over").unlink()
    assert os.listdir(root) == []


def test_listing(mount: Path) -> None:
    """Kernel 6.18 refuses davfs2 1.6's directories with EINVAL, whatever the server."""
    try:
        names = set(os.listdir(mount))
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    else:
        assert names == {"there", "lost+found"}
