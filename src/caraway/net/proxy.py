"""Tunnels through HTTP proxies: RFC 9110 §9.3.6."""

from __future__ import annotations

import base64
import re
from typing import Final

from caraway.errors import ConnectError, RemoteProtocolError, UsageError
from caraway.net.endpoint import Proxy, check_host, join_host
from caraway.net.gate import Gate
from caraway.net.http_head import Head, read_head

_STATUS: Final = re.compile(r"HTTP/1\.[01] ([0-9]{3})(?: (.*))?")
_HINTS: Final = {
    "401": "the ticket is used up or too old: get a new connection file",
    "403": "the proxy allows few hosts and ports; its administrator can add this one",
    "407": "write http://USER:PASSWORD@HOST:PORT into SPICE_PROXY",
    "502": "does the server run, and is its port right?",
    "503": "does the server run, and is its port right?",
    "504": "does the server run, and is its port right?",
}


def connect_request(proxy: Proxy, host: str, port: int) -> bytes:
    """The request for a tunnel.

    Args:
        host: Goes as it is: with Proxmox it is no host but a ticket, colons and all.

    Raises:
        UsageError: It has letters that HTTP does not, or blanks.
    """
    target = join_host(check_host(host), port)
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.user or proxy.password:
        secret = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {secret}")
    try:
        return "\r\n".join([*lines, "", ""]).encode("ascii")
    except UnicodeEncodeError:
        raise UsageError(
            f"the host '{host}' cannot be given to a proxy", hint="write it as xn--…"
        ) from None


def check_answer(head: Head, proxy: Proxy, host: str, port: int) -> None:
    """Refuse an answer other than that the tunnel is open.

    Raises:
        ConnectError: The proxy does not open it.
        RemoteProtocolError: It is no answer of HTTP.
    """
    match = _STATUS.fullmatch(head.start)
    if match is None:
        raise RemoteProtocolError(f"{proxy.describe()} is no HTTP proxy: it says {head.start!r}")
    status = match[1]
    if not status.startswith("2"):
        reason = f" {match[2]!r}" if match[2] else ""
        raise ConnectError(
            f"{proxy.describe()} does not open {join_host(host, port)}: {status}{reason}",
            hint=_HINTS.get(status),
        )


async def open_tunnel(gate: Gate, proxy: Proxy, host: str, port: int) -> None:
    """Have a proxy connect the stream of ``gate`` to a server.

    Raises:
        ConnectError: It does not.
        RemoteProtocolError: It does not speak HTTP.
        ClosedError: It closed the stream.
        UsageError: The host cannot be given to a proxy.
    """
    gate.transport.write(connect_request(proxy, host, port))
    check_answer(await read_head(gate), proxy, host, port)
