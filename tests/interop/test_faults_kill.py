"""``caraway dav`` killed by SIGKILL in the middle of its work, and started again."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from caraway.webdav.store.folder import FolderStore
from tests.interop.command import eventually
from tests.interop.victim import Victim, request

MIB = 1 << 20


def _hidden(root: Path) -> list[str]:
    return sorted(
        name for _, folders, files in os.walk(root) for name in folders + files if name[0] == "."
    )


def test_killed_during_uploads(tmp_path: Path) -> None:
    """The old files are whole, what was half written is not to be seen, and goes with the next."""
    victim = Victim(tmp_path)
    (victim.root / "c").mkdir()
    (victim.root / "file").write_bytes(b"old")
    uploads = []
    for target in ("/file", "/new", "/c/new"):
        connection = victim.connect()
        connection.sendall(request("PUT", target, {"Content-Length": str(8 * MIB)}))
        connection.sendall(b"x" * (4 * MIB))
        uploads.append(connection)
    eventually(lambda: len(_hidden(victim.root)) == 3, "nothing is being written")
    listing = victim.ask("PROPFIND", "/", {"Depth": "infinity"})
    assert listing.body.count(b"</href>") == 3
    victim.kill()
    for connection in uploads:
        connection.close()
    assert (victim.root / "file").read_bytes() == b"old"
    assert len(_hidden(victim.root)) == 3

    # Somebody else writes into the same folder: another server, or a person.
    other = FolderStore(victim.root, state=tmp_path / "other")
    writer = other.create(("theirs",))
    writer.write(b"whole")
    (victim.root / ".caraway-notes").write_bytes(b"mine")
    again = Victim(tmp_path, root=victim.root)
    listing = again.ask("PROPFIND", "/", {"Depth": "infinity"})
    assert listing.body.count(b"</href>") == 3
    assert len(_hidden(victim.root)) == 2
    assert (victim.root / ".caraway-notes").read_bytes() == b"mine"
    writer.commit()
    other.close()
    assert again.ask("GET", "/theirs").body == b"whole"
    assert again.ask("PUT", "/new", body=b"new").status == 201
    again.stop()


@pytest.mark.parametrize("method", ["COPY", "MOVE"])
def test_killed_while_a_tree_takes_the_place_of_another(tmp_path: Path, method: str) -> None:
    """At whatever moment: there is one of them at the destination, whole."""
    source = tmp_path / "source"
    source.mkdir()
    for number in range(100):
        (source / f"{number}").write_bytes(b"new" * 1000)
    seen = set()
    for number, delay_s in enumerate((0.0, 0.02)):
        place = tmp_path / f"{number}"
        root = place / "share"
        root.mkdir(parents=True)
        for name, content in (("new", b"new" * 1000), ("old", b"old")):
            (root / name).mkdir()
            for each in range(100):
                (root / name / f"{each}").write_bytes(content)
        victim = Victim(place)
        connection = victim.connect()
        connection.sendall(request(method, "/new/", {"Destination": "/old/"}))
        time.sleep(delay_s)
        victim.kill()
        connection.close()
        again = Victim(place)
        assert _hidden(root) == []
        contents = {path.read_bytes() for path in (root / "old").iterdir()}
        assert len(list((root / "old").iterdir())) == 100
        assert len(contents) == 1
        seen |= contents
        if (root / "new").exists():
            # Of MOVE, what gave way may be there still; never a mixture.
            assert len({path.read_bytes() for path in (root / "new").iterdir()}) == 1
        else:
            assert contents == {b"new" * 1000}
        again.stop()
    assert seen <= {b"old", b"new" * 1000}
