"""Setting the agent up with systemd."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import caraway.agent
from caraway.agent import install as install_module
from caraway.agent.command import main
from caraway.agent.install import install, uninstall
from caraway.errors import ActionFailed, UsageError

UNIT = "etc/systemd/system/caraway-agent.service"
USER_UNIT = "etc/systemd/user/caraway-agent.service"
RULE = "etc/udev/rules.d/75-caraway-agent.rules"
USER_RULE = "etc/udev/rules.d/60-caraway-agent-user.rules"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system that is being prepared."""
    (tmp_path / "usr/lib/systemd").mkdir(parents=True)
    return tmp_path


def put(root: Path, *, is_user: bool = False, command: list[str] | None = None) -> list[str]:
    return install(is_user=is_user, root=root, command=command)


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_a_service_of_the_machine(root: Path) -> None:
    lines = put(root, command=["/usr/bin/caraway-agent.pyz"])
    assert lines[:2] == [f"written: {root / UNIT}", f"written: {root / RULE}"]
    unit, rule = (root / UNIT).read_text(), (root / RULE).read_text()
    assert "\nExecStart=/usr/bin/caraway-agent.pyz $CARAWAY_AGENT_OPTIONS\n" in unit
    assert "\nNoNewPrivileges=yes\n" in unit
    assert 'ATTR{name}=="org.spice-space.webdav.0"' in rule
    assert 'ENV{SYSTEMD_WANTS}="caraway-agent.service"' in rule
    assert (root / UNIT).stat().st_mode & 0o777 == 0o644
    assert lines[-1] == "it starts with the machine"
    assert uninstall(is_user=False, root=root) == [
        f"removed: {root / UNIT}",
        f"removed: {root / RULE}",
    ]
    assert files(root) == set()


def test_a_service_of_users(root: Path) -> None:
    lines = put(root, is_user=True)
    assert files(root) == {USER_UNIT, USER_RULE}
    assert "\nWantedBy=default.target\n" in (root / USER_UNIT).read_text()
    assert 'TAG+="uaccess"' in (root / USER_RULE).read_text()
    assert lines[-1] == f"  systemctl --root={root} --global enable caraway-agent.service"
    assert "'uninstall --user' removes that one" in put(root)[-1]
    assert "'uninstall' removes that one" in put(root, is_user=True)[-1]
    uninstall(is_user=True, root=root)
    assert files(root) == {UNIT, RULE}


def test_a_second_time_changes_nothing(root: Path) -> None:
    put(root)
    times = [(root / each).stat().st_mtime_ns for each in (UNIT, RULE)]
    assert put(root)[:2] == [f"as it should be: {root / UNIT}", f"as it should be: {root / RULE}"]
    assert [(root / each).stat().st_mtime_ns for each in (UNIT, RULE)] == times
    put(root, command=["/other"])
    assert "/other" in (root / UNIT).read_text()
    uninstall(is_user=False, root=root)
    assert uninstall(is_user=False, root=root)[0] == f"not there: {root / UNIT}"


def test_what_others_wrote_stays(root: Path) -> None:
    (root / UNIT).parent.mkdir(parents=True)
    (root / UNIT).write_text("[Unit]\n")
    with pytest.raises(ActionFailed, match="was not written by this command"):
        put(root)
    with pytest.raises(ActionFailed, match="was not written by this command"):
        uninstall(is_user=False, root=root)
    assert (root / UNIT).read_text() == "[Unit]\n"


def test_what_cannot_be_written_or_removed(root: Path) -> None:
    (root / "etc").write_text("")
    with pytest.raises(ActionFailed, match=f"cannot write {root / UNIT}: Not a directory"):
        put(root)
    (root / "etc").unlink()
    (root / UNIT).mkdir(parents=True)
    with pytest.raises(ActionFailed, match=f"cannot read {root / UNIT}: Is a directory"):
        uninstall(is_user=False, root=root)


def test_without_systemd(tmp_path: Path) -> None:
    with pytest.raises(ActionFailed, match="there is no systemd in"):
        put(tmp_path)
    (tmp_path / "lib/systemd").mkdir(parents=True)
    put(tmp_path)
    with pytest.raises(UsageError, match="is no folder"):
        put(tmp_path / "nothing")


def test_spice_webdavd_is_named_where_it_is(root: Path) -> None:
    assert not any("spice-webdavd" in line for line in put(root))
    (root / "usr/lib/systemd/system").mkdir()
    (root / "usr/lib/systemd/system/spice-webdavd.service").write_text("")
    assert put(root)[-1] == f"  systemctl --root={root} mask spice-webdavd"
    (root / "etc/systemd/system/spice-webdavd.service").symlink_to("/dev/null")
    assert not any("spice-webdavd" in line for line in put(root))


class Running:
    """This machine, as the command sees it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        monkeypatch.setattr(install_module, "_HERE", root)
        monkeypatch.setattr(install_module, "_SYSTEMD", root / "run/systemd/system")
        (root / "run/systemd/system").mkdir(parents=True)
        monkeypatch.setenv("HOME", str(root / "home"))
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)

    def become(self, user: int) -> None:
        self.monkeypatch.setattr(os, "geteuid", lambda: user)


@pytest.fixture
def running(root: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    return Running(root, monkeypatch)


def test_on_this_machine(running: Running, root: Path) -> None:
    running.become(0)
    lines = install(is_user=False, root=None, command=None)
    assert files(root) == {UNIT, RULE}
    assert "  systemctl daemon-reload" in lines
    assert "  udevadm control --reload" in lines
    mask = root / "etc/systemd/system/spice-webdavd.service"
    mask.symlink_to("/dev/null")
    lines = uninstall(is_user=False, root=None)
    assert [line for line in lines if line.startswith("  ")] == [
        "  systemctl stop caraway-agent.service",
        "  systemctl daemon-reload",
        "  systemctl unmask spice-webdavd.service",
        "  udevadm control --reload",
        "  udevadm trigger --action=add --subsystem-match=virtio-ports",
    ]
    mask.unlink()
    # Nothing was there, and nothing is to be done.
    assert len(uninstall(is_user=False, root=None)) == 2
    lines = install(is_user=True, root=None, command=None)
    assert "  udevadm control --reload" in lines
    assert lines[-1] == "  systemctl --user enable --now caraway-agent.service"
    lines = uninstall(is_user=True, root=None)
    assert lines[-6:] == [
        "next, as yourself:",
        "  systemctl --user stop caraway-agent.service",
        "  systemctl --user daemon-reload",
        "next, as root:",
        "  udevadm control --reload",
        "  udevadm trigger --action=add --subsystem-match=virtio-ports",
    ]


def test_as_a_user(running: Running, root: Path) -> None:
    running.become(1000)
    with pytest.raises(ActionFailed, match="only root"):
        install(is_user=False, root=None, command=None)
    lines = install(is_user=True, root=None, command=None)
    assert files(root) == {"home/.config/systemd/user/caraway-agent.service"}
    assert any(line.endswith("caraway.agent install --user") for line in lines)
    link = root / "home/.config/systemd/user/default.target.wants/caraway-agent.service"
    link.parent.mkdir()
    link.symlink_to("../caraway-agent.service")
    lines = uninstall(is_user=True, root=None)
    assert f"removed: {link}" in lines
    assert not link.is_symlink()
    assert lines[-1] == "  systemctl --user daemon-reload"
    assert files(root) == set()
    # Root has installed it, and the user enabled it.
    link.symlink_to("/etc/systemd/user/caraway-agent.service")
    lines = uninstall(is_user=True, root=None)
    assert lines[-1] == "  systemctl --user daemon-reload"
    assert not link.is_symlink()


def test_systemd_does_not_run(running: Running, root: Path) -> None:
    running.become(0)
    (root / "run/systemd/system").rmdir()
    with pytest.raises(ActionFailed, match="systemd does not run here"):
        install(is_user=False, root=None, command=None)


def test_folders_are_for_all_to_read(root: Path) -> None:
    mask = os.umask(0o077)
    try:
        put(root, is_user=True)
    finally:
        os.umask(mask)
    for folder in (root / "etc", (root / USER_UNIT).parent, (root / USER_RULE).parent):
        assert folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("words", "doubt"),
    [
        (["/bin/sh", "-c", "nothing"], ""),
        (["/nonexistent"], ""),
        (["/bin/sh", "{}/agent.pyz"], "others than root can change {}"),
        (["/bin/sh", "{}/link"], "others than root can change {}/link"),
    ],
)
def test_what_root_should_not_run(
    running: Running,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    doubt: str,
) -> None:
    running.become(0)
    (root / "agent.pyz").write_text("")
    (root / "link").symlink_to("/bin/sh")
    monkeypatch.setattr(install_module, "_TEMPORARY", ())
    root.chmod(0o777)
    command = [word.replace("{}", str(root)) for word in words]
    lines = install(is_user=False, root=None, command=command)
    warnings = [line for line in lines if line.startswith("warning: ")]
    assert len(warnings) == bool(doubt)


def test_what_a_service_cannot_see(
    running: Running, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.become(0)
    (root / "agent.pyz").write_text("")
    monkeypatch.setattr(install_module, "_TEMPORARY", (root,))
    lines = install(is_user=False, root=None, command=[str(root / "agent.pyz")])
    assert f"move {root / 'agent.pyz'}" in lines[2]


def test_what_is_started(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root)
    start = f"ExecStart={sys.executable} -m caraway.agent $CARAWAY_AGENT_OPTIONS"
    assert start in (root / UNIT).read_text().splitlines()

    class Loader:
        archive = str(root / "a b%.pyz")

    monkeypatch.setattr(caraway.agent, "__loader__", Loader())
    put(root)
    start = f'ExecStart={sys.executable} "{root}/a b%%.pyz" $CARAWAY_AGENT_OPTIONS'
    assert start in (root / UNIT).read_text().splitlines()


def test_the_command(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--root", str(root), "--command", "/a 'b c'"]) == 0
    assert f"written: {root / UNIT}\n" in capsys.readouterr().out
    assert 'ExecStart=/a "b c" $' in (root / UNIT).read_text()
    assert main(["uninstall", "--root", str(root)]) == 0
    assert files(root) == set()
    assert main(["install", "--root", str(root / "nothing")]) == 2
    assert "is no folder" in capsys.readouterr().err
    assert main(["install", "--help"]) == 0
    assert "caraway-agent.conf" in capsys.readouterr().out
    assert main(["uninstall", "--command", "x"]) == 2
