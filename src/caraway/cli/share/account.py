"""What ``caraway share`` says of what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from caraway.cli.folders.report import Report
from caraway.cli.printing import printable, printable_lines
from caraway.client import Notified, Session, SessionEvent, Switched
from caraway.share.lasting import Connected, Lost, Shared, ShareEvent, Waiting

__all__ = ["Account"]

_NO_PORT: Final = """\
the server has no port for shared folders. With libvirt add to the virtual machine
  <channel type='spiceport'>
    <source channel='org.spice-space.webdav.0'/>
    <target type='virtio' name='org.spice-space.webdav.0'/>
  </channel>
with Proxmox
  qm set VMID --spice_enhancements foldersharing=1
and with QEMU alone, besides a virtio-serial-pci device,
  -chardev spiceport,id=dav,name=org.spice-space.webdav.0
  -device virtserialport,chardev=dav,name=org.spice-space.webdav.0
Then shut it down and start it"""
_NO_AGENT: Final = (
    "the agent in the virtual machine has not opened the port;"
    " start 'caraway agent' or spice-webdavd there"
)
_AGENT_GONE: Final = "the agent in the virtual machine has closed the port, and may open it again"
_SHARED: Final = "shared"


class Account:
    """Tells a report what happens, and keeps in mind how things are.

    Args:
        server: What to call the server.
        on_moved: Called when the virtual machine has moved to another host.
    """

    def __init__(
        self,
        report: Report,
        server: str,
        *,
        on_moved: Callable[[Session], None] | None = None,
    ) -> None:
        self._report = report
        self._server = server
        self._on_moved = on_moved
        self._session: Session | None = None
        self._state = "connecting"
        self._again = 0.0

    def state(self, *, takes_credits: bool) -> str:
        """How things are, in a few words, and where.

        Args:
            takes_credits: The agent in the virtual machine is ours.
        """
        state = self._state
        if self._again:
            left_s = max(0.0, self._again - asyncio.get_running_loop().time())
            state = f"{state} in {left_s:.0f} s"
        elif state == _SHARED:
            state = f"{state} with {'caraway agent' if takes_credits else 'another agent'}"
        return f"{state} · {printable(self._server)}"

    def take(self, event: ShareEvent | SessionEvent) -> None:
        """Something has happened."""
        match event:
            case Connected():
                self._connected(event.session)
            case Waiting(missing="port"):
                self._become("waiting for a port for shared folders")
                self._report.event("waiting", _NO_PORT, **{"for": "port"})
            case Waiting():
                # An agent that was there is being started again, or its server is ending.
                text = _AGENT_GONE if self._state == _SHARED else _NO_AGENT
                self._become("waiting for the agent")
                self._report.event("waiting", text, **{"for": "agent"})
            case Shared():
                self._become(_SHARED)
                self._report.event("shared", "the folder can be used")
            case Lost():
                self._lost(event)
            case Switched():
                self._moved(event)
            case Notified():
                self._report.event(
                    "notice", printable(event.text), message=event.text, severity=event.severity
                )

    def _become(self, state: str) -> None:
        self._state = state
        self._again = 0.0

    def _connected(self, session: Session) -> None:
        self._session = session
        self._become("connected")
        name = session.name
        shown = self._server if name is None else f"{self._server}, '{name}'"
        self._report.event("connected", printable(shown), server=self._server, name=name)

    def _lost(self, event: Lost) -> None:
        self._become("trying again")
        self._again = asyncio.get_running_loop().time() + event.again_s
        reason = str(event.reason)
        self._report.event(
            "retrying",
            f"{printable_lines(reason)}; trying again in {event.again_s:.0f} s",
            reason=reason,
            again_s=round(event.again_s, 3),
        )

    def _moved(self, event: Switched) -> None:
        self._server = event.where
        if self._on_moved is not None and self._session is not None:
            self._on_moved(self._session)
        self._report.event("moved", printable(event.where), server=event.where)
