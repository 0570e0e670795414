"""Password files that change while a server runs."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from caraway.webdav.errors import PasswordFileError
from caraway.webdav.server import passwords
from caraway.webdav.server.passwords import PasswordFile


def parse(data: bytes, name: str) -> str:
    if data.startswith(b"bad"):
        raise PasswordFileError(f"{name}:1: bad")
    return data.decode()


def write(path: Path, text: str) -> None:
    """Write a file anew, as an editor does."""
    aside = path.with_suffix(".new")
    aside.write_text(text)
    os.replace(aside, path)


def test_it_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("one")
    file = PasswordFile(path, parse)
    first = file()
    assert (first, file() is first) == ("one", True)
    write(path, "two")
    assert file() == "two"


def test_one_that_goes_bad_still_holds(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "f"
    path.write_text("one")
    file = PasswordFile(path, parse)
    with caplog.at_level(logging.WARNING, "caraway.webdav"):
        write(path, "bad")
        assert [file(), file()] == ["one", "one"]
        path.unlink()
        assert [file(), file()] == ["one", "one"]
    # Each is told once.
    assert [record.message for record in caplog.records] == [
        f"{path}:1: bad; what it said before still holds",
        f"{path}: No such file or directory; what it said before still holds",
    ]
    write(path, "two")
    assert file() == "two"


def test_at_the_start_it_has_to_be_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    with pytest.raises(PasswordFileError, match="No such file"):
        PasswordFile(path, parse)
    path.write_text("bad")
    with pytest.raises(PasswordFileError, match=":1: bad"):
        PasswordFile(path, parse)
    with pytest.raises(PasswordFileError, match="Is a directory"):
        PasswordFile(tmp_path, parse)
    monkeypatch.setattr(passwords, "MAX_BYTES", 10)
    path.write_text("x" * 11)
    with pytest.raises(PasswordFileError, match="more than 10 bytes: no password file"):
        PasswordFile(path, parse)


def test_whether_everybody_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("one")
    file = PasswordFile(path, parse)
    for mode, is_exposed in [(0o600, False), (0o640, False), (0o644, True)]:
        path.chmod(mode)
        assert file.is_exposed is is_exposed
    path.unlink()
    with pytest.raises(PasswordFileError, match="No such file"):
        _ = file.is_exposed
