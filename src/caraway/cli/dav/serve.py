"""Serving folders until somebody presses Ctrl-C."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from pathlib import Path

from caraway.cli.dav.options import Address, Login
from caraway.cli.folders.application import open_application, tell_folders
from caraway.cli.folders.course import run_course
from caraway.cli.folders.options import Logging, Sharing
from caraway.cli.folders.report import Report, reporting
from caraway.cli.folders.shares import refuse_to_share
from caraway.cli.folders.status import Status
from caraway.errors import ActionFailed, TLSError, UsageError
from caraway.webdav.application import Authenticator
from caraway.webdav.server.listen import Server

__all__ = ["serve"]

#: Half of the connections at least are left to other addresses, where there are so many.
_PER_PEER = 1200


def serve(sharing: Sharing, address: Address, login: Login, wanted: Logging) -> int:
    """Serve until SIGINT or SIGTERM has come.

    Returns:
        The exit code: 0, or that of an interruption where transfers were cut off.

    Raises:
        UsageError: The options make no sense together, or secrets would be served.
        TLSError: The certificate cannot be used.
        ActionFailed: A folder, a password file, the log or the address cannot be used.
    """
    refuse_to_share((address.cert, address.key, login.htdigest, login.users), sharing)
    tls = _tls_context(address)
    with reporting(wanted, "caraway.webdav") as report:
        authenticator = _authenticator(login, address, report)
        hosts = (address.host, *address.allow_host)
        with open_application(sharing, hosts=hosts, authenticator=authenticator) as application:
            server = Server(
                application,
                on_exchange=report.exchange,
                max_connections=address.max_connections,
                max_per_peer=min(_PER_PEER, address.max_connections),
            )
            tell_folders(report, sharing)
            _warn_if_open(report, sharing, address, login)
            return asyncio.run(_run(server, report, address, tls))


def _authenticator(login: Login, address: Address, report: Report) -> Authenticator | None:
    if login == Login():
        return None
    # Not at the top: most shares ask for no password, and start sooner without all this.
    from caraway.cli.dav.login import make_authenticator

    return make_authenticator(login, address, report.warn)


def _tls_context(address: Address) -> ssl.SSLContext | None:
    cert, key = address.cert, address.key
    if cert is None:
        if key is not None:
            raise UsageError("--key needs --cert")
        return None
    if address.unix is not None:
        raise UsageError("--cert is of no use with --unix", hint="leave one of them out")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        raise TLSError(
            f"{cert}: {error}", hint="both files have to be PEM and belong together"
        ) from error
    return context


def _warn_if_open(report: Report, sharing: Sharing, address: Address, login: Login) -> None:
    """Tell of a share that other machines reach and that asks nobody who it is."""
    if address.unix is not None or login != Login() or _is_loopback(address.host):
        return
    what = "read and change" if sharing.write else "read"
    report.warn(
        f"everybody who can reach {address.host} may {what} what is shared; "
        "--htdigest asks for a password"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


async def _listen(server: Server, address: Address, tls: ssl.SSLContext | None) -> str:
    try:
        if address.unix is not None:
            return await server.listen_unix(address.unix)
        return await server.listen_tcp(address.host, address.port, tls=tls)
    except OSError as error:
        where: Path | str = address.unix or f"{address.host}:{address.port}"
        raise ActionFailed(f"cannot listen on {where}: {error.strerror or error}") from error


async def _run(server: Server, report: Report, address: Address, tls: ssl.SSLContext | None) -> int:
    url = await _listen(server, address, tls)
    report.event("listening", url, url=url)
    return await run_course(server, report=report, status=Status(server, report))
