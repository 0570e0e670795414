"""Sets the agent up with systemd, and removes it again."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import caraway.agent
from caraway.agent.options import PORT_NAME
from caraway.agent.units import RULE_SYSTEM, RULE_USER, UNIT_SYSTEM, UNIT_USER
from caraway.errors import ActionFailed, UsageError

__all__ = ["install", "uninstall"]

_UNIT: Final = "caraway-agent.service"
#: After 70-spice-webdavd.rules, which would have udev start that alone.
_RULE_SYSTEM_NAME: Final = "75-caraway-agent.rules"
#: Before 71-seat.rules and 73-seat-late.rules, which give devices away.
_RULE_USER_NAME: Final = "60-caraway-agent-user.rules"
#: The first line of what is ours to change and to remove.
_MARK: Final = "# Written by 'caraway agent install'; 'caraway agent uninstall' removes it."
#: This machine, and where it says that systemd has started it.
_HERE: Final = Path("/")
_SYSTEMD: Final = Path("/run/systemd/system")
_RIVAL_UNITS: Final = ("usr/lib/systemd/system", "lib/systemd/system")
#: A service has its own, empty ones: PrivateTmp.
_TEMPORARY: Final = (Path("/tmp"), Path("/var/tmp"))
#: Masking it puts a link to nothing here.
_RIVAL: Final = "spice-webdavd.service"
_MASKS: Final = "etc/systemd/system"


@dataclass(frozen=True)
class _Plan:
    """Where what goes; None for a rule that only root could write."""

    unit: Path
    rule: Path | None


def install(*, is_user: bool, root: Path | None, command: Sequence[str] | None) -> list[str]:
    """Write units and rules; what is there already stays as it is.

    Args:
        is_user: For who has logged in, not as a service of the machine.
        root: Where the system is; this machine if not given.
        command: What starts the agent; this very program if not given.

    Returns:
        Lines that say what was done, and what is to be done.

    Raises:
        ActionFailed: There is no systemd, something else is in the way, or it is not
            allowed.
    """
    plan = _plan(is_user=is_user, root=root)
    _require_systemd(root)
    unit, rule = (UNIT_USER, RULE_USER) if is_user else (UNIT_SYSTEM, RULE_SYSTEM)
    program = command or _this_program()
    start = " ".join(map(_quoted, program))
    lines = [_write(plan.unit, unit.format(start=start))]
    if plan.rule is not None:
        lines.append(_write(plan.rule, rule.format(port=PORT_NAME)))
    if root is None and not is_user and (doubt := _doubt(program)):
        lines.append(doubt)
    return [*lines, "", *_next_steps(plan, is_user=is_user, root=root)]


def uninstall(*, is_user: bool, root: Path | None) -> list[str]:
    """Remove what :func:`install` has written.

    Returns:
        Lines that say what was done, and what is to be done.

    Raises:
        ActionFailed: Something else is there, or it is not allowed.
    """
    plan = _plan(is_user=is_user, root=root)
    found = [path for path in (plan.unit, plan.rule) if path is not None and path.exists()]
    lines = [_remove(path) for path in (plan.unit, plan.rule) if path is not None]
    if is_user:
        # Enabling it has put that there; nothing else takes it away once the unit is gone.
        link = plan.unit.parent / "default.target.wants" / _UNIT
        if link.is_symlink():
            lines.append(_unlink(link))
            found.append(link)
    if root is None and found:
        lines += ["", *_last_steps(plan, is_user=is_user)]
    return lines


def _plan(*, is_user: bool, root: Path | None) -> _Plan:
    place = root or _HERE
    rule = place / "etc/udev/rules.d" / (_RULE_USER_NAME if is_user else _RULE_SYSTEM_NAME)
    if root is None and os.geteuid() != 0:
        if not is_user:
            raise ActionFailed(
                "only root may set up a service of the machine",
                hint="run this as root, or give --user to set it up for yourself",
            )
        settings = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return _Plan(Path(settings) / "systemd/user" / _UNIT, None)
    return _Plan(place / "etc/systemd" / ("user" if is_user else "system") / _UNIT, rule)


def _require_systemd(root: Path | None) -> None:
    if root is None:
        if not _SYSTEMD.is_dir():
            raise ActionFailed(
                "systemd does not run here",
                hint="have your init start 'caraway agent', or give --root DIR to prepare an image",
            )
    elif not root.is_dir():
        raise UsageError(f"'{root}' is no folder")
    elif not any((root / each / "systemd").is_dir() for each in ("usr/lib", "lib")):
        raise ActionFailed(
            f"there is no systemd in '{root}', neither in usr/lib nor in lib",
            hint="give the folder that is the system's root",
        )


def _this_program() -> list[str]:
    """What was started, in words that start it again from anywhere."""
    python = sys.executable
    archive = getattr(caraway.agent.__loader__, "archive", None)
    if archive is not None:
        return [python, str(Path(archive).resolve())]
    return [python, "-m", "caraway.agent"]


def _doubt(program: Sequence[str]) -> str | None:
    """What speaks against having the machine start a program as root, if anything does."""
    for path in map(Path, program):
        if not path.is_absolute() or not path.exists():
            continue
        if any(each in path.parents for each in _TEMPORARY):
            return f"warning: the service has folders for temporary files of its own: move {path}"
        # A link may be changed, and what it points to.
        for each in (path, *path.parents, path.resolve(), *path.resolve().parents):
            about = each.stat()
            # Where everybody may write, nobody may touch what others have there.
            is_open = about.st_mode & 0o022 and not about.st_mode & stat.S_ISVTX
            if about.st_uid != 0 or is_open:
                return f"warning: others than root can change {each}, and root will run it: move it"
    return None


def _quoted(word: str) -> str:
    """A word as systemd reads it.

    >>> _quoted("/opt/a b/100%")
    '"/opt/a b/100%%"'
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    is_plain = all(each.isalnum() or each in "-_./=:@+" for each in word)
    return word if is_plain else f'"{escaped}"'


def _is_ours(path: Path) -> bool:
    return path.read_text(errors="replace").startswith(_MARK)


def _write(path: Path, text: str) -> str:
    text = f"{_MARK}\n{text}"
    try:
        if path.exists():
            if path.read_text(errors="replace") == text:
                return f"as it should be: {path}"
            if not _is_ours(path):
                raise _not_ours(path)
        _make_folder(path.parent)
        path.write_text(text)
        path.chmod(0o644)
    except OSError as error:
        raise ActionFailed(f"cannot write {path}: {error.strerror}") from error
    return f"written: {path}"


def _make_folder(path: Path) -> None:
    """Whoever makes it, systemd and users must be able to look into it."""
    if not path.exists():
        _make_folder(path.parent)
        path.mkdir()
        path.chmod(0o755)


def _remove(path: Path) -> str:
    try:
        if not path.exists():
            return f"not there: {path}"
        if not _is_ours(path):
            raise _not_ours(path)
    except OSError as error:
        raise ActionFailed(f"cannot read {path}: {error.strerror}") from error
    return _unlink(path)


def _unlink(path: Path) -> str:
    try:
        path.unlink()
    except OSError as error:
        raise ActionFailed(f"cannot remove {path}: {error.strerror}") from error
    return f"removed: {path}"


def _not_ours(path: Path) -> ActionFailed:
    return ActionFailed(
        f"{path} was not written by this command, and stays as it is",
        hint="move it away if it is not needed",
    )


def _next_steps(plan: _Plan, *, is_user: bool, root: Path | None) -> list[str]:
    steps = []
    if is_user:
        if plan.rule is None:
            steps += [
                "as root, so that you may use the device:",
                f"  {' '.join(map(_quoted, _this_program()))} install --user",
            ]
        elif root is None:
            steps += ["next, as root:", *_udev_steps()]
        if root is None:
            steps += [
                "next, as yourself:",
                "  systemctl --user daemon-reload",
                f"  systemctl --user enable --now {_UNIT}",
            ]
        else:
            steps += ["next:", f"  systemctl --root={root} --global enable {_UNIT}"]
    elif root is None:
        steps += ["next:", "  systemctl daemon-reload", *_udev_steps()]
    else:
        steps.append("it starts with the machine")
    place = root or _HERE
    if (place / "etc/systemd" / ("system" if is_user else "user") / _UNIT).exists():
        kind, how = ("the machine", "") if is_user else ("users", " --user")
        steps.append(
            f"it is a service of {kind} here, too, and one of the two will not get the port:"
            f" 'uninstall{how}' removes that one"
        )
    if any((place / each / _RIVAL).exists() for each in _RIVAL_UNITS) and not _is_masked(place):
        where = f"--root={root} mask" if root is not None else "mask --now"
        steps += [
            "spice-webdavd is installed here and does the same work; as root:",
            f"  systemctl {where} spice-webdavd",
        ]
    return steps


def _last_steps(plan: _Plan, *, is_user: bool) -> list[str]:
    scope = "--user " if is_user else ""
    end = [f"  systemctl {scope}stop {_UNIT}", f"  systemctl {scope}daemon-reload"]
    # With its own rule again, the rival starts.
    unmask = [f"  systemctl unmask {_RIVAL}"] if _is_masked(_HERE) else []
    if not is_user:
        return ["next:", *end, *unmask, *_udev_steps()]
    steps = ["next, as yourself:", *end]
    if plan.rule is not None:
        steps += ["next, as root:", *unmask, *_udev_steps()]
    return steps


def _is_masked(place: Path) -> bool:
    """The rival is there, and may not start."""
    link = place / _MASKS / _RIVAL
    return link.is_symlink() and os.readlink(link) == os.devnull


def _udev_steps() -> list[str]:
    return [
        "  udevadm control --reload",
        "  udevadm trigger --action=add --subsystem-match=virtio-ports",
    ]
