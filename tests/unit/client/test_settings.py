"""What is remembered of servers, and how the file is treated."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from uuid import UUID

import pytest

from caraway.client.settings import (
    ServerSettings,
    Settings,
    SharedFolder,
    address_of,
    configuration_directory,
)
from caraway.errors import ActionFailed
from caraway.net.endpoint import Endpoint, TLSSettings

NUMBER = UUID(int=7)
FULL = ServerSettings(
    str(NUMBER),
    'a "name"\x7f\n\\ü',
    ("vm:5900", "[::1]:5900"),
    "-----BEGIN\nX\n",
    "O=Salt\\, Pepper,CN=vm",
    b"\0key",
    (SharedFolder("/home/me"), SharedFolder("/srv/x", may_write=True)),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "deep" / "servers.toml")


def test_nothing_is_known_at_first(settings: Settings) -> None:
    assert settings.read() == {}
    assert settings.find(uuid=NUMBER, address="vm:1") is None


def test_what_is_remembered_is_read_again(settings: Settings) -> None:
    other = ServerSettings("other:5901")
    settings.remember(FULL)
    settings.remember(other)
    assert settings.read() == {FULL.key: FULL, "other:5901": other}
    assert settings.find(uuid=NUMBER) == FULL
    assert settings.find(address="[::1]:5900") == FULL
    assert settings.find(uuid=UUID(int=8), address="other:5901") == other
    assert settings.find(uuid=UUID(int=8)) is None


def test_a_number_that_is_none(settings: Settings) -> None:
    nobody = ServerSettings(str(UUID(int=0)))
    settings.remember(nobody)
    assert settings.find(uuid=UUID(int=0)) is None


def test_the_file_is_for_its_owner(settings: Settings) -> None:
    settings.remember(FULL)
    assert stat.S_IMODE(settings.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.path.parent.stat().st_mode) == 0o700
    assert os.listdir(settings.path.parent) == ["servers.toml"]


def test_it_says_what_it_is(settings: Settings) -> None:
    settings.remember(FULL)
    text = settings.path.read_text("utf-8")
    assert text.startswith("# What caraway remembers of servers.")
    assert tomllib.loads(text)[FULL.key]["folders"][1] == {"path": "/srv/x", "write": True}


def test_an_address_is_one_servers(settings: Settings) -> None:
    """A virtual machine is made anew at the same place."""
    settings.remember(ServerSettings("vm:5900", name="by address"))
    settings.remember(FULL)
    new = ServerSettings(str(UUID(int=9)), addresses=("vm:5900",))
    settings.remember(new)
    assert settings.find(address="vm:5900") == new
    assert settings.read()[FULL.key].addresses == ("[::1]:5900",)
    assert "vm:5900" not in settings.read()


def test_what_makes_a_certificate_right() -> None:
    expected = TLSSettings(ca_pem=FULL.ca, host_subject=FULL.host_subject, public_key=b"\0key")
    assert FULL.tls() == expected


def test_what_a_server_is_called() -> None:
    assert address_of(Endpoint("::1", 1, 2)) == "[::1]:2"
    assert address_of(Endpoint("vm", 1)) == "vm:1"
    assert address_of(Endpoint(unix_path="/run/x")) == "/run/x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a =", "Invalid value"),
        ("a = 1", "'a' is no table"),
        ("[a]\nname = 1", "name of 'a' is no text"),
        ("[a]\naddresses = [1]", "no list of texts"),
        ("[a]\naddresses = 1", "no list of texts"),
        ("[a]\npublic-key = 'ä'", "no base64"),
        ("[a]\npublic-key = '='", "no base64"),
        ("[a]\nfolders = 1", "needs a path"),
        ("[a]\nfolders = [{write = true}]", "needs a path"),
        ("[a]\nfolders = [{path = 'x', write = 1}]", "needs a path"),
    ],
)
def test_a_file_that_is_wrong(settings: Settings, text: str, message: str) -> None:
    settings.path.parent.mkdir()
    settings.path.write_text(text, "utf-8")
    with pytest.raises(ActionFailed, match=message) as caught:
        settings.remember(FULL)
    assert caught.value.hint is not None
    assert settings.path.read_text("utf-8") == text


def test_a_file_that_is_no_text(settings: Settings) -> None:
    settings.path.parent.mkdir()
    settings.path.write_bytes(b"\xff")
    with pytest.raises(ActionFailed, match=r"servers\.toml"):
        settings.read()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ActionFailed, match="Not a directory"):
        Settings(tmp_path / "file" / "deeper" / "servers.toml").remember(FULL)


def test_a_file_that_cannot_be_replaced(settings: Settings) -> None:
    settings.path.mkdir(parents=True)
    with pytest.raises(ActionFailed, match="directory"):
        settings.remember(FULL)


def test_a_write_that_fails_leaves_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    settings.remember(FULL)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ActionFailed, match="No space left"):
        settings.remember(ServerSettings("new:1"))
    assert os.listdir(settings.path.parent) == ["servers.toml"]


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert configuration_directory() == tmp_path / "caraway"
    assert Settings().path == tmp_path / "caraway" / "servers.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert configuration_directory() == tmp_path / ".config" / "caraway"
