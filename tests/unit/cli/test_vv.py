"""``caraway vv show``: what a connection file says, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Caraway

GOOD = b"""[virt-viewer]
type=spice
host=vm.example
port=5900
password=once
title=a\x1b[31m
delete-this-file=1
"""


def test_passwords_are_hidden(caraway: Caraway, tmp_path: Path) -> None:
    file = tmp_path / "vm.vv"
    file.write_bytes(GOOD)
    shown = caraway("vv", "show", file)
    assert (shown.code, shown.err) == (0, "")
    assert "vm.example" in shown.out
    assert "once" not in shown.out
    # Looking is not using.
    assert file.exists()


def test_what_could_harm_a_terminal_is_written_out(caraway: Caraway) -> None:
    assert r"title             a\x1b[31m" in caraway("vv", "show", "-", stdin=GOOD).out


def test_they_can_be_revealed(caraway: Caraway) -> None:
    text = GOOD + b"proxy=http://me:pw@proxy:3128\n"
    hidden = json.loads(caraway("vv", "show", "--json", "-", stdin=text).out)["keys"]
    assert (hidden["password"], hidden["proxy"]) == ("(hidden)", "http://proxy:3128")
    shown = json.loads(caraway("vv", "show", "--json", "--reveal", "-", stdin=text).out)["keys"]
    assert (shown["password"], shown["proxy"]) == ("once", "http://me:pw@proxy:3128")


def test_problems_are_named(caraway: Caraway) -> None:
    shown = caraway("vv", "show", "-", stdin=GOOD + b"colour=red\n")
    assert shown.code == 0
    assert "problem: the key 'colour' is not known" in shown.out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"unix-path=/run/x", "unix-path and a host"),
        (b"ca=nothing", "its ca is no certificate in PEM"),
        (b"host-subject=nothing", "no KEY=VALUE"),
    ],
)
def test_files_that_nobody_can_connect_with(caraway: Caraway, line: bytes, message: str) -> None:
    shown = caraway("vv", "show", "--json", "-", stdin=GOOD + line + b"\n")
    assert shown.code == 30
    assert "nobody can connect with this file" in shown.err
    assert message in shown.err
    assert any(message in problem for problem in json.loads(shown.out)["problems"])


def test_what_is_no_connection_file(caraway: Caraway, tmp_path: Path) -> None:
    missing = caraway("vv", "show", tmp_path / "none")
    assert missing.code == 2
    assert "neither a URI nor a file" in missing.err
    assert caraway("vv", "show", "-", stdin=b"hello").code == 2
    assert caraway("vv", "show", tmp_path).code == 30
