"""Who has what the agent needs: mostly spice-webdavd, which does the same work."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from caraway.agent.options import DEVICE
from caraway.errors import ActionFailed

__all__ = ["NO_DEVICE", "cannot_listen", "cannot_open"]

_RIVAL: Final = "spice-webdavd"
#: What opening a file or a folder in place of a device ends with.
NO_DEVICE: Final = (errno.ENODEV, errno.EISDIR)
_PROCESSES: Final = Path("/proc")
# Its unit cannot be disabled: udev starts it.
_SWITCH: Final = (
    f"only one of the two can do this work; to switch: systemctl mask --now {_RIVAL}, "
    "then start this again"
)


def cannot_listen(where: str, error: OSError) -> ActionFailed:
    """Why programs cannot be listened to at ``where``, and what to do about it."""
    hint = None
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    if error.errno == errno.EADDRINUSE:
        if process := _find_rival():
            reason, hint = f"{_RIVAL} (process {process}) does", _SWITCH
        else:
            hint = "another program does; --port 0 takes a free one"
    return ActionFailed(f"cannot listen on {where}: {reason}", hint=hint)


def cannot_open(device: str, error: OSError) -> ActionFailed:
    """Why the port cannot be used, and what to do about it."""
    hint = None
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno == errno.EBUSY:
        if process := _find_rival():
            reason, hint = f"{_RIVAL} (process {process}) has it", _SWITCH
        else:
            reason, hint = "another program has it", f"fuser -v {device} says which one, as root"
    elif error.errno in NO_DEVICE:
        reason, hint = "it is no device", f"give the path of a virtio port, such as {DEVICE}"
    elif error.errno in (errno.EACCES, errno.EPERM):
        hint = (
            "run this as root, or let 'caraway agent install --user' write the rule for udev "
            "that gives the device to who sits at the machine"
        )
    return ActionFailed(f"cannot open {device}: {reason}", hint=hint)


def _find_rival() -> int | None:
    """The number of a process of spice-webdavd, if one runs."""
    for path in _PROCESSES.glob("[0-9]*/comm"):
        try:
            name = path.read_text()
        except OSError:
            # It has ended, or is nobody's to know.
            continue
        if name.strip() == _RIVAL:
            return int(path.parent.name)
    return None
