"""gvfs: what GNOME's programs open shares with, and its mount for all others."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.interop.command import run
from tests.interop.conftest import Serve
from tests.interop.dav_process import Share
from tests.interop.trees import contents, make_odd_tree

Session = Callable[..., list[str]]

#: A session of a desktop for one script, with a bus and a runtime folder of its own; nobody else
#: sees what it mounts, and nothing outlives it.
_ALONE = ("unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child")
_SETUP = """
export XDG_RUNTIME_DIR="$HOME/run"
mkdir -m 700 "$XDG_RUNTIME_DIR"
exec dbus-run-session -- sh -eu -c "$1"
"""
CONTENT = os.urandom(3 << 20)


@pytest.fixture
def session(home: Path) -> Session:
    """Runs a script after ``gio mount URL``, with the URL as ``$dav``; the lines that it prints."""

    def call(url: str, script: str) -> list[str]:
        dav = f"dav{url.removeprefix('http')}"
        script = f"dav={dav}\ngio mount $dav\n{script}\ngio mount -u $dav"
        return run(*_ALONE, "sh", "-eu", "-c", _SETUP, "sh", script, home=home).text.splitlines()

    return call


def test_files_and_folders(session: Session, share: Share, home: Path) -> None:
    (share.root / "big").write_bytes(CONTENT)
    (share.root / "sp a%ce").mkdir()
    said = session(
        share.url,
        """
        gio list -a standard::size $dav
        gio copy $dav/big back
        gio copy back $dav/new
        gio copy $dav/big $dav/copy
        gio move $dav/copy $dav/sp%20a%25ce/moved
        gio mkdir $dav/made
        gio rename $dav/made renamed
        echo first | gio save $dav/saved
        echo second | gio save $dav/saved
        gio cat $dav/saved
        gio remove $dav/big
        gio list $dav/sp%20a%25ce
        """,
    )
    assert said[:2] == [f"big\t{len(CONTENT)}\t(regular)", "sp a%ce\t0\t(directory)"]
    assert said[2].startswith("Rename successful.")
    assert said[3:] == ["second", "moved"]
    assert (home / "back").read_bytes() == CONTENT
    assert (share.root / "new").read_bytes() == CONTENT
    assert (share.root / "sp a%ce/moved").read_bytes() == CONTENT
    assert sorted(path.name for path in share.root.iterdir()) == [
        *("new", "renamed", "saved", "sp a%ce"),
    ]


def test_odd_names(session: Session, share: Share, home: Path) -> None:
    """Both ways."""
    make_odd_tree(share.root)
    names = [path.name for path in share.root.iterdir() if path.is_file()]
    (home / "got").mkdir()
    (home / "names").write_text("".join(f"{quote(name)}\n" for name in names))
    session(
        share.url,
        """
        gio mkdir $dav/again
        n=0
        while read -r name; do
            n=$((n + 1))
            gio copy $dav/$name got/$n
            gio copy got/$n $dav/again/$name
        done <names
        """,
    )
    assert len(names) > 40
    for number, name in enumerate(names, 1):
        assert (home / f"got/{number}").read_bytes() == (share.root / name).read_bytes(), name
    again = contents(share.root / "again")
    assert again == {name: contents(share.root)[name] for name in names}


def test_the_mount_for_other_programs(session: Session, serve: Serve) -> None:
    """At the place that the guide names; it begins at the root, whatever was mounted."""
    server = serve()
    (server.root / "there").write_bytes(CONTENT)
    session(
        server.url,
        """
        until mount=$(ls -d "$XDG_RUNTIME_DIR"/gvfs/dav*); do sleep 0.05; done
        cp "$mount/there" "$mount/copied"
        cmp "$mount/there" "$mount/copied"
        mkdir "$mount/made"
        mv "$mount/copied" "$mount/made/moved"
        rm "$mount/there"
        """,
    )
    assert (server.root / "made/moved").read_bytes() == CONTENT
    assert [path.name for path in server.root.iterdir()] == ["made"]


def test_a_read_only_share(session: Session, serve: Serve) -> None:
    server = serve(write=False)
    (server.root / "there").write_text("there\n")
    said = session(
        server.url,
        """
        echo new | gio save $dav/new 2>&1 || true
        gio remove $dav/there 2>&1 || true
        gio cat $dav/there
        """,
    )
    assert [line.rpartition(": ")[2] for line in said] == [
        *("Forbidden", "Forbidden", "there"),
    ], said
    assert [path.name for path in server.root.iterdir()] == ["there"]
