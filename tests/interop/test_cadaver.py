"""cadaver: a script of commands as people type them, and what each answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interop.command import run
from tests.interop.dav_process import Share

Cadaver = Callable[..., list[str]]

_TOKEN = re.compile(r"<urn:uuid:[0-9a-f-]{36}>")
_DATE = re.compile(r"[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}$")


@pytest.fixture
def cadaver(share: Share, home: Path) -> Cadaver:
    """Types commands and gives the answer to each."""

    def type_in(*commands: str) -> list[str]:
        script = "\n".join([*commands, "quit", ""]).encode()
        said = run("cadaver", f"{share.url}/", home=home, stdin=script).text
        answers = re.split(r"^dav:\S* ", said, flags=re.MULTILINE)[1:]
        lines = [answer.split("\n", 1) for answer in answers]
        assert [first for first, *_ in lines] == [*commands, "quit"], said
        return [rest[0].rstrip("\n") for _, *rest in lines[:-1]]

    return type_in


def _names(listing: str) -> list[str]:
    """What ``ls`` shows, sorted as it does, each with its size."""
    first, *lines = listing.splitlines()
    assert first.startswith("Listing collection"), listing
    assert all(_DATE.search(line) for line in lines), listing
    return [" ".join(_DATE.sub("", line).split()) for line in lines]


def test_a_session(cadaver: Cadaver, share: Share, home: Path) -> None:
    root = share.root
    (home / "local.txt").write_bytes(b"some text\n")
    answers = cadaver(
        "mkcol col",
        "put local.txt",
        "put local.txt col/in.txt",
        'put local.txt "sp a%ce.txt"',
        "ls",
        "cd col",
        "pwd",
        "copy in.txt two.txt",
        "move two.txt three.txt",
        "ls",
        "get three.txt back.txt",
        "cat three.txt",
        "delete in.txt",
        "delete in.txt",
    )
    assert answers[0] == "Creating `col': succeeded."
    assert all(answer.endswith(" succeeded.") for answer in answers[1:4]), answers
    listed = ["Coll: col 0", "local.txt 10", "sp a%ce.txt 10"]
    assert _names(answers[4]) == listed
    assert answers[6] == f"Current collection is `{share.url}/col/'."
    where = f"/{root.name}/col"
    assert answers[7] == f"Copying `{where}/in.txt' to `{where}/two.txt':  succeeded."
    assert answers[8] == f"Moving `{where}/two.txt' to `{where}/three.txt':  succeeded."
    assert _names(answers[9]) == ["in.txt 10", "three.txt 10"]
    assert (home / "back.txt").read_bytes() == b"some text\n"
    assert answers[11] == "some text"
    assert answers[12] == "Deleting `in.txt': succeeded."
    assert answers[13] == "Deleting `in.txt': failed:\n404 Not Found"
    assert (root / "sp a%ce.txt").read_bytes() == b"some text\n"
    assert [path.name for path in (root / "col").iterdir()] == ["three.txt"]
    assert cadaver("rmcol col") == ["Deleting collection `col': succeeded."]
    assert not (root / "col").exists()


def test_locks(cadaver: Cadaver, share: Share, home: Path) -> None:
    (share.root / "col").mkdir()
    (share.root / "col" / "file").write_bytes(b"old")
    (home / "new").write_bytes(b"new")
    answers = cadaver(
        "cd col",
        "lock file",
        "discover file",
        "showlocks",
        "put new file",
        "unlock file",
        "discover file",
        "cd ..",
        "lock col",
        "cd col",
        "mkcol sub",
        "put new sub/within",
        "discover sub/within",
        "cd ..",
        "unlock col",
    )
    assert answers[1] == "Locking `file': succeeded."
    held = _TOKEN.findall(answers[2])
    assert len(held) == 1
    assert f"Depth 0 on `{share.url}/col/file'" in answers[2]
    assert "Scope: exclusive  Type: write" in answers[2]
    assert _TOKEN.findall(answers[3]) == held
    assert answers[4].endswith(" succeeded.")
    assert (share.root / "col" / "file").read_bytes() == b"new"
    assert answers[5] == "Unlocking `file': succeeded."
    assert answers[6] == "Discovering locks on `file': no locks found."
    assert answers[8] == "Locking collection `col': succeeded."
    assert answers[10] == "Creating `sub': succeeded."
    assert answers[11].endswith(" succeeded.")
    # It shows the URL it asked about, not the lock's root.
    assert "Depth infinity on" in answers[12]
    assert answers[14] == "Unlocking `col': succeeded."


def test_a_lock_of_somebody_else_holds_until_it_is_stolen(
    cadaver: Cadaver, share: Share, home: Path
) -> None:
    """The second session knows nothing of the first one's token."""
    (share.root / "file").write_bytes(b"old")
    (home / "new").write_bytes(b"new")
    assert cadaver("lock file") == ["Locking `file': succeeded."]
    put, delete, move, lock, steal, again = cadaver(
        "put new file", "delete file", "move file other", "lock file", "steal file", "put new file"
    )
    assert all("423 Locked" in answer for answer in (put, delete, move, lock))
    assert len(_TOKEN.findall(steal)) == 1
    assert again.endswith(" succeeded.")
    assert (share.root / "file").read_bytes() == b"new"


def test_properties(cadaver: Cadaver, share: Share) -> None:
    (share.root / "file").write_bytes(b"")
    (share.root / "copied").mkdir()
    answers = cadaver(
        "set namespace http://example.org/ns",
        "propset file colour green",
        "propget file colour",
        "propnames file",
        "copy file copied/file",
        "propget copied/file colour",
        "propdel file colour",
        "propget file colour",
    )
    assert answers[1] == "Setting property on `file': succeeded."
    assert answers[2].splitlines()[-1] == "Value of colour is: green"
    names = [line.strip() for line in answers[3].splitlines()]
    assert "http://example.org/ns colour" in names
    assert {"DAV: getetag", "DAV: getlastmodified", "DAV: lockdiscovery"} <= set(names)
    assert answers[5].splitlines()[-1] == "Value of colour is: green"
    assert answers[6] == "Deleting property on `file': succeeded."
    assert answers[7].splitlines()[-1] == "Could not fetch property: 404 Not Found"


def test_the_executable_property_changes_the_file(cadaver: Cadaver, share: Share) -> None:
    program = share.root / "program"
    program.write_bytes(b"#!/bin/sh\n")
    program.chmod(0o644)
    cadaver("chexec + program")
    assert program.stat().st_mode & 0o777 == 0o755
    cadaver("chexec - program")
    assert program.stat().st_mode & 0o777 == 0o644


def test_editing(share: Share, home: Path) -> None:
    """LOCK, GET, the editor, PUT, UNLOCK."""
    (share.root / "text").write_bytes(b"one\n")
    # cadaver compares times of change, in whole seconds.
    editor = home / "editor"
    editor.write_text('#!/bin/sh\necho two >>"$1"; touch -d @2000000000 "$1"\n')
    editor.chmod(0o755)
    command = f'EDITOR="{editor}" exec cadaver "$0"'
    script = b"edit text\ndiscover text\nquit\n"
    said = run("sh", "-c", command, f"{share.url}/", home=home, stdin=script).text
    assert (share.root / "text").read_bytes() == b"one\ntwo\n", said
    assert "no locks found" in said


def test_search(cadaver: Cadaver, share: Share) -> None:
    (share.root / "sub").mkdir()
    for name, size in (("a.txt", 10), ("b.txt", 200), ("c.jpg", 300), ("sub/d.txt", 400)):
        (share.root / name).write_bytes(bytes(size))
    answers = cadaver(
        "set searchorder getcontentlength",
        "search getcontentlength > 100",
        "search displayname like %.txt and not getcontentlength < 200",
        "search displayname = a.txt or displayname = c.jpg",
        "set searchdepth 1",
        "search getcontentlength >= 0",
        "search displayname = nowhere",
    )
    found = [re.findall(rf"^\[\d+\] /{share.root.name}/(\S+)", answer, re.M) for answer in answers]
    # cadaver shows last what comes first.
    assert found == [
        [],
        ["sub/d.txt", "c.jpg", "b.txt"],
        ["sub/d.txt", "b.txt"],
        ["c.jpg", "a.txt"],
        [],
        ["c.jpg", "b.txt", "a.txt"],
        [],
    ], answers
    assert all(answer == "" or answer.endswith(" succeeded.") for answer in answers), answers
