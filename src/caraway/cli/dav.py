"""``caraway dav``: serve a folder by WebDAV."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
import threading
import time
from pathlib import Path
from typing import Literal

import click

from caraway.errors import ActionFailed, TLSError, UsageError
from caraway.webdav.application import Application, make_token
from caraway.webdav.call import Policy
from caraway.webdav.errors import DavError
from caraway.webdav.locks import LockTable
from caraway.webdav.server.interface import Exchange
from caraway.webdav.server.listen import Server
from caraway.webdav.store.folder import FolderStore


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--write", is_flag=True, help="Let clients change what is there. Else they only read."
)
@click.option("--yes", is_flag=True, help="Serve even / or the whole home folder.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port. Default: a free one.")
@click.option(
    "--unix",
    type=click.Path(path_type=Path),
    help="Listen on this Unix socket instead of an address.",
)
@click.option(
    "--cert", type=click.Path(exists=True, dir_okay=False), help="Certificate: serve TLS."
)
@click.option("--key", type=click.Path(exists=True, dir_okay=False), help="Its private key.")
@click.option(
    "--hidden",
    type=click.Choice(["show", "hide"]),
    default="show",
    show_default=True,
    help="Whether names that begin with a dot can be seen.",
)
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Another name clients may call this server by. May be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print events as JSON, one a line.")
def dav(
    folder: Path,
    write: bool,
    yes: bool,
    host: str,
    port: int,
    unix: Path | None,
    cert: str | None,
    key: str | None,
    hidden: Literal["show", "hide"],
    allow_host: tuple[str, ...],
    as_json: bool,
) -> None:
    """Serve FOLDER by WebDAV until Ctrl-C.

    Clients can read only, unless --write is given. Ctrl-C lets transfers that
    are under way finish, a second one ends them.
    """
    _refuse_too_much(folder, yes=yes)
    tls = _tls_context(cert, key)
    try:
        store = FolderStore(folder, hidden=hidden)
        if write:
            store.sweep()
    except DavError as error:
        raise ActionFailed(f"{folder}: {error}") from error
    policy = Policy(
        read_only=not write, hosts=frozenset({host.lower(), *map(str.lower, allow_host)})
    )
    # Trees are removed and moved in worker threads, which forget the locks of what is gone.
    locks = LockTable(make_token, guard=threading.RLock())
    log = _Log(as_json=as_json)
    server = Server(Application(store, policy, locks=locks), on_exchange=log.exchange)
    mode = "read and write" if write else "read only"
    log.event("folder", f"{folder.resolve()}, {mode}", path=str(folder.resolve()), write=write)
    try:
        asyncio.run(_serve(server, log, host=host, port=port, unix=unix, tls=tls))
    except OSError as error:
        where = str(unix) if unix is not None else f"{host}:{port}"
        raise ActionFailed(f"cannot listen on {where}: {error.strerror or error}") from error


def _refuse_too_much(folder: Path, *, yes: bool) -> None:
    real = folder.resolve()
    if not yes and real in (Path(real.anchor), Path.home().resolve()):
        what = "the whole file system" if real == Path(real.anchor) else "your whole home folder"
        raise UsageError(f"that would serve {what}", hint="if you mean it, add --yes")


def _tls_context(cert: str | None, key: str | None) -> ssl.SSLContext | None:
    if cert is None:
        if key is not None:
            raise UsageError("--key needs --cert")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        raise TLSError(
            f"{cert}: {error}", hint="both files have to be PEM and belong together"
        ) from error
    return context


async def _serve(
    server: Server,
    log: _Log,
    *,
    host: str,
    port: int,
    unix: Path | None,
    tls: ssl.SSLContext | None,
) -> None:
    if unix is not None:
        url = await server.listen_unix(unix)
    else:
        url = await server.listen_tcp(host, port, tls=tls)
    log.event("listening", url, url=url)
    loop = asyncio.get_running_loop()
    stop, cancel = asyncio.Event(), asyncio.Event()

    def interrupted() -> None:
        (cancel if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted)
    await stop.wait()
    if server.connections:
        count = server.connections
        log.event("finishing", f"{count} connections; Ctrl-C again to cancel", connections=count)
    finishing = asyncio.ensure_future(server.finish())
    cancelling = asyncio.ensure_future(cancel.wait())
    await asyncio.wait({finishing, cancelling}, return_when=asyncio.FIRST_COMPLETED)
    cancelling.cancel()
    if not finishing.done():
        finishing.cancel()
    await server.aclose()
    log.event("stopped", "")


class _Log:
    """Says on standard error what happens, or on standard output as JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def event(self, kind: str, text: str, **fields: object) -> None:
        """Something that is not a request."""
        if self._as_json:
            self._print({"event": kind, **fields})
        else:
            click.echo(f"{kind}: {text}" if text else kind, err=True)

    def exchange(self, done: Exchange) -> None:
        """A request that was answered: a line as Apache's common log has it."""
        head = done.head
        line = f"{head.method} {head.target}" if head is not None else "-"
        if self._as_json:
            fields = {"peer": done.peer, "request": line, "status": done.status, "bytes": done.sent}
            self._print({"event": "request", **fields})
        else:
            when = time.strftime("%d/%b/%Y:%H:%M:%S %z")
            shown = line.encode("ascii", "backslashreplace").decode()
            click.echo(f'{done.peer} - - [{when}] "{shown}" {done.status} {done.sent}', err=True)

    @staticmethod
    def _print(event: dict[str, object]) -> None:
        print(json.dumps(event), flush=True)
