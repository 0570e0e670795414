"""What the agent is told to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: What the host calls the port. spice-webdavd has the same.
PORT_NAME: Final = "org.spice-space.webdav.0"
DEVICE: Final = Path("/dev/virtio-ports") / PORT_NAME
#: Where programs look for the folder: that of spice-webdavd.
TCP_PORT: Final = 9843


@dataclass(frozen=True)
class Options:
    """The same as in the command's help.

    Attributes:
        device: The virtio port.
        connect: What to use in its place: ``HOST:PORT``, ``unix:PATH``, or a path.
        tcp_port: Where to listen; 0 takes a free one.
        unix: A socket to listen on, and on nothing else.
        announces: Tell Avahi while somebody is connected.
        on_open: Command for the shell.
        on_close: Command for the shell.
        as_json: Events are JSON, on standard output.
        is_verbose: Tell more.
    """

    device: Path = DEVICE
    connect: str | None = None
    tcp_port: int = TCP_PORT
    unix: Path | None = None
    announces: bool = True
    on_open: str | None = None
    on_close: str | None = None
    as_json: bool = False
    is_verbose: bool = False
