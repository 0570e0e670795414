"""Serving folders until somebody presses Ctrl-C."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import signal
import ssl
from pathlib import Path

from caraway.cli.dav.amounts import format_count, format_transfer
from caraway.cli.dav.options import Address, Logging, Login, Sharing
from caraway.cli.dav.report import Report, Warnings
from caraway.cli.dav.shares import open_snapshots, open_store
from caraway.cli.dav.status import Status
from caraway.cli.outcome import INTERRUPTED
from caraway.errors import ActionFailed, TLSError, UsageError
from caraway.webdav.application import Application, Authenticator
from caraway.webdav.call import Policy
from caraway.webdav.server.interface import Transfer
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
    _refuse_to_share_secrets(sharing, address, login)
    tls = _tls_context(address)
    try:
        report = Report(wanted)
    except OSError as fault:
        raise ActionFailed(f"{wanted.log_file}: {fault.strerror or fault}") from fault
    logger = logging.getLogger("caraway.webdav")
    warnings = Warnings(report)
    logger.addHandler(warnings)
    logger.propagate = False
    snapshots = open_snapshots(sharing)
    try:
        authenticator = _authenticator(login, address, report)
        store = open_store(sharing)
        hosts = {_host_name(host) for host in (address.host, *address.allow_host)}
        policy = Policy(read_only=not sharing.write, hosts=frozenset(hosts))
        server = Server(
            Application(store, policy, authenticator=authenticator, snapshots=snapshots),
            on_exchange=report.exchange,
            max_connections=address.max_connections,
            max_per_peer=min(_PER_PEER, address.max_connections),
        )
        _tell_folders(report, sharing)
        _warn_if_open(report, sharing, address, login)
        return asyncio.run(_run(server, report, address, tls))
    finally:
        snapshots.close()
        logger.removeHandler(warnings)
        logger.propagate = True
        report.close()


def _refuse_to_share_secrets(sharing: Sharing, address: Address, login: Login) -> None:
    folders = [share.folder.resolve() for share in sharing.shares]
    for secret in (address.cert, address.key, login.htdigest, login.users):
        if secret is None:
            continue
        for folder in folders:
            if secret.resolve().is_relative_to(folder):
                raise UsageError(
                    f"{secret} is inside {folder}, where clients can read it",
                    hint="keep keys and passwords outside of what is served",
                )


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


def _host_name(host: str) -> str:
    """A name or address as Host fields have it."""
    name = host.lower()
    return f"[{name}]" if ":" in name and not name.startswith("[") else name


def _tell_folders(report: Report, sharing: Sharing) -> None:
    mode = "read and write" if sharing.write else "read only"
    for share in sharing.shares:
        real = str(share.folder.resolve())
        fields = {} if share.name is None else {"name": share.name}
        report.event("folder", f"{real}, {mode}", path=real, write=sharing.write, **fields)


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
    status = Status(server, report)
    stop, cancel = asyncio.Event(), asyncio.Event()

    def interrupted() -> None:
        (cancel if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted)
    status.start()
    await stop.wait()
    finishing = asyncio.ensure_future(server.finish())
    # What is idle closes first.
    await asyncio.sleep(0)
    if transfers := server.transfers():
        _tell_transfers(report, transfers, "finishing", "; Ctrl-C again cuts them off")
    status.finishes()
    cancelling = asyncio.ensure_future(cancel.wait())
    await asyncio.wait({finishing, cancelling}, return_when=asyncio.FIRST_COMPLETED)
    cancelling.cancel()
    code = 0
    if not finishing.done():
        finishing.cancel()
        _tell_transfers(report, server.transfers(), "cancelled", "")
        code = INTERRUPTED
    await server.aclose()
    status.stop()
    report.event("stopped", "")
    return code


def _tell_transfers(report: Report, transfers: list[Transfer], kind: str, advice: str) -> None:
    lines = "".join(f"\n  {format_transfer(transfer)}" for transfer in transfers)
    report.event(
        kind,
        f"{format_count(len(transfers), 'transfer')}{advice}{lines}",
        transfers=[
            {
                "peer": transfer.peer,
                "method": transfer.method,
                "target": transfer.target,
                "bytes": transfer.moved,
                "size": transfer.size,
            }
            for transfer in transfers
        ],
    )
