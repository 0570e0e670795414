"""Runs ``caraway serve`` until somebody presses Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click

from caraway.cli.addresses import TcpAddress, UnixAddress, parse_address
from caraway.cli.passwords import read_password_file
from caraway.cli.printing import note, printable
from caraway.cli.serve.folder import SharedFolder
from caraway.cli.serve.source import Source, parse_port
from caraway.cli.serve.supply import Supply
from caraway.errors import CarawayError, ClosedError, ConnectError, UsageError
from caraway.net.tls import server_context
from caraway.server import Client, Server

__all__ = ["Serving", "run"]


@dataclass(frozen=True, slots=True)
class Serving:
    """What the command was told."""

    listen: tuple[str, ...] = ()
    unix: tuple[Path, ...] = ()
    cert: Path | None = None
    key: Path | None = None
    password_file: Path | None = None
    name: str | None = None
    uuid: UUID | None = None
    clients: int = 1
    ports: tuple[str, ...] = ()
    webdav_listen: tuple[str, ...] = ()


def run(serving: Serving, *, as_json: bool) -> None:
    """Serve until SIGINT or SIGTERM has come.

    Raises:
        UsageError: The options make no sense together.
        ConnectError: An address cannot be listened on.
        ActionFailed: The password file cannot be read, or the address for a shared folder
            not be listened on.
    """
    addresses = [_tcp(text) for text in serving.listen]
    if not addresses and not serving.unix:
        addresses = [TcpAddress("127.0.0.1", 0)]
    tls = _tls(serving)
    password = os.environ.get("SPICE_PASSWORD") or None
    if serving.password_file is not None:
        password = read_password_file(serving.password_file)
    if password is None and not all(address.is_local for address in addresses):
        note("everybody who reaches this server may connect; --password-file asks for a password")
    ports = [parse_port(text) for text in serving.ports]
    folders = [parse_address(text) for text in serving.webdav_listen]
    if not all(isinstance(each, UnixAddress) or each.is_local for each in folders):
        note("everybody who reaches --webdav-listen can use the folder that a client shares")
    events = _Events(as_json=as_json)
    asyncio.run(_serve(serving, addresses, tls, password, ports, folders, events))


def _tcp(text: str) -> TcpAddress:
    address = parse_address(text)
    if not isinstance(address, TcpAddress):
        raise UsageError(f"--listen '{text}' is no HOST:PORT", hint="for Unix sockets, use --unix")
    return address


def _tls(serving: Serving) -> ssl.SSLContext | None:
    if serving.cert is not None:
        return server_context(serving.cert, serving.key)
    if serving.key is not None:
        raise UsageError("--key needs --cert")
    return None


class _Events:
    """Says what happens: as text on standard error, or as JSON on standard output."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def tell(self, event: str, text: str, **fields: object) -> None:
        """One event.

        Args:
            fields: What ``text`` says, for programs.
        """
        if self._as_json:
            click.echo(json.dumps({"event": event, **fields}))
            sys.stdout.flush()
        else:
            click.echo(f"{event}: {printable(text)}" if text else event, err=True)


async def _serve(
    serving: Serving,
    addresses: list[TcpAddress],
    tls: ssl.SSLContext | None,
    password: str | None,
    ports: list[tuple[str, Source]],
    folders: list[TcpAddress | UnixAddress],
    events: _Events,
) -> None:
    server = Server(
        password=password, name=serving.name, uuid=serving.uuid, clients=serving.clients
    )
    _watch(server, events)
    supplies = [_supply(server, name, source, events) for name, source in ports]
    shared = SharedFolder(server, tell=events.tell) if folders else None
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        if shared is not None:
            await shared.listen(folders)
        for address in addresses:
            uri = await server.listen_tcp(address.host, address.port, tls=tls)
            events.tell("listening", uri, uri=uri)
        for path in serving.unix:
            uri = await server.listen_unix(path)
            events.tell("listening", uri, uri=uri)
        await stop.wait()
    finally:
        if shared is not None:
            await shared.aclose()
        await server.aclose()
        for supply in supplies:
            await supply.aclose()
    events.tell("stopped", "")


def _supply(server: Server, name: str, source: Source, events: _Events) -> Supply:
    def tell(what: str, why: str) -> None:
        events.tell(f"port {what}", f"{name}: {why}" if why else name, port=name, reason=why)

    return Supply(server.add_port(name), source, tell=tell)


def _watch(server: Server, events: _Events) -> None:
    def came(client: Client) -> None:
        events.tell("client", client.peer, peer=client.peer)

    def went(client: Client) -> None:
        events.tell("client gone", client.peer, peer=client.peer)

    def refused(peer: str, error: CarawayError) -> None:
        if isinstance(error, ClosedError | ConnectError):
            # A client whose place was taken asks like that whether we are still there.
            text = f"{peer}: it left before it was let in; perhaps it only asked who is here"
            events.tell("left", text, peer=peer, reason=str(error))
        else:
            events.tell("refused", f"{peer}: {error}", peer=peer, reason=str(error))

    server.on_client = came
    server.on_client_gone = went
    server.on_refused = refused
