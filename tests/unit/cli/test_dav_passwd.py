"""``caraway dav passwd``: files of passwords, and what becomes of their other lines."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from caraway.cli.main import root
from caraway.cli.outcome import execute
from caraway.webdav.authentication.htdigest import make_hash, parse_htdigest
from caraway.webdav.authentication.users import parse_users

Run = Callable[..., tuple[int, str]]

BOB = f"bob:r:{make_hash('MD5', 'bob', 'r', 'x')}"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``run(file, "alice", password=…)``: the exit code and what was said."""

    def passwd(*arguments: object, password: str | bytes | None = "secret\n") -> tuple[int, str]:
        words = ["dav", "passwd", *map(str, arguments)]
        if password is not None:
            data = password.encode() if isinstance(password, str) else password
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
            words.append("--stdin")
        code = execute(root, words)
        return code, capsys.readouterr().err

    return passwd


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "passwords"


def test_a_new_file(run: Run, file: Path) -> None:
    assert run(file, "alice") == (0, f"alice written to {file}\n")
    accounts = parse_htdigest(file.read_bytes(), "f")
    assert (accounts.realm, accounts.algorithms) == ("caraway", ("SHA-256", "MD5"))
    assert accounts.hash_of("alice", "MD5") == make_hash("MD5", "alice", "caraway", "secret")
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(file.parent) == [file.name]


def test_a_new_file_of_scrypt(run: Run, file: Path) -> None:
    for user, password in [("alice", "one"), ("bob", "two"), ("alice", "three")]:
        assert run(file, user, "--format", "users", password=password)[0] == 0
    accounts = parse_users(file.read_bytes(), "f")
    assert list(accounts.passwords) == ["alice", "bob"]
    assert accounts.password_of("alice").fits("three")
    assert "three" not in file.read_text()
    # From now on the file says itself what it is.
    assert run(file, "bob", "--delete", password=None)[0] == 0
    assert list(parse_users(file.read_bytes(), "f").passwords) == ["alice"]


def test_other_lines_stay_as_they_are(run: Run, file: Path) -> None:
    alice = f"alice:r:{make_hash('MD5', 'alice', 'r', 'old')}"
    file.write_text(f"# people\n{alice}\n\n{BOB}\r\n{alice}")
    assert run(file, "alice")[0] == 0
    comment, md5, sha, empty, bob, *rest = file.read_bytes().decode().split("\n")
    assert (comment, empty, bob, rest) == ("# people", "", f"{BOB}\r", [""])
    assert md5 == f"alice:r:{make_hash('MD5', 'alice', 'r', 'secret')}"
    assert sha == f"alice:r:{make_hash('SHA-256', 'alice', 'r', 'secret')}"


def test_a_user_is_removed(run: Run, file: Path) -> None:
    file.write_text(f"{BOB}\nalice:r:{'0' * 32}\n")
    assert run(file, "bob", "--delete", password=None) == (0, f"bob removed from {file}\n")
    assert file.read_text() == f"alice:r:{'0' * 32}\n"
    code, error = run(file, "bob", "--delete", password=None)
    assert code == 30
    assert f"bob is not in {file}, realm 'r'" in error


def test_one_of_several_realms(run: Run, file: Path) -> None:
    file.write_text(f"{BOB}\nbob:s:{'0' * 32}\n")
    code, error = run(file, "bob")
    assert code == 2
    assert f"{file} has 2 realms: r, s" in error
    assert "--realm" in error
    assert run(file, "bob", "--realm", "s", "--delete", password=None)[0] == 0
    assert file.read_text() == f"{BOB}\n"


def test_the_password_is_asked_for_twice(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, object]] = []

    def prompt(text: str, **options: object) -> str:
        asked.append(options)
        return "secret"

    monkeypatch.setattr(click, "prompt", prompt)
    assert run(file, "alice", password=None)[0] == 0
    assert asked == [{"hide_input": True, "confirmation_prompt": True, "err": True}]


def test_rights_of_the_group_are_kept(run: Run, file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    file.write_text(BOB)
    file.chmod(0o644)
    assert run(link, "alice")[0] == 0
    assert file.stat().st_mode & 0o777 == 0o640
    assert link.is_symlink()


@pytest.mark.parametrize(
    ("content", "arguments", "password", "message"),
    [
        (None, ["a:b"], "x", "user name 'a:b'"),
        (None, [""], "x", "no user name"),
        (None, ["alice"], "\n", "an empty password"),
        (None, ["alice"], b"\xff\n", "not UTF-8"),
        (None, ["alice", "--delete"], None, "does not exist"),
        (None, ["alice", "--realm", "a:b"], "x", "realm 'a:b' with a colon"),
        (None, ["alice", "--format", "users", "--realm", "r"], "x", "has no realms"),
        (BOB, ["alice", "--format", "users"], "x", "is a file for --htdigest, not for --users"),
        ("nonsense", ["alice"], "x", ":1: 1 parts between colons"),
        ("a:$scrypt$", ["alice"], "x", ":1: not user:$scrypt"),
    ],
)
def test_what_it_refuses(
    run: Run,
    file: Path,
    content: str | None,
    arguments: list[str],
    password: str | bytes | None,
    message: str,
) -> None:
    if content is not None:
        file.write_text(content)
    code, error = run(file, *arguments, password=password)
    assert code in (2, 30)
    assert message in error
    assert (file.read_text() if file.exists() else None) == content


def test_a_failure_leaves_the_old_file(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(BOB)

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device", str(file))

    monkeypatch.setattr(os, "replace", fail)
    assert run(file, "alice")[0] == 30
    assert file.read_text() == BOB
    assert os.listdir(file.parent) == [file.name]
    assert run(file.parent / "no" / "file", "alice")[0] == 30
