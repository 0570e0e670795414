"""Reaches a server: addresses, proxy, TLS, WebSocket, and then the caller's protocol."""

from __future__ import annotations

import asyncio
import hmac
import socket
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any, Final, TypeVar

from caraway.errors import ClosedError, ConnectError, DeadlineExceeded, TLSError, UsageError
from caraway.net.endpoint import Endpoint, TLSSettings, join_host, server_name
from caraway.net.gate import Gate
from caraway.net.tls import (
    Certificate,
    check_subject,
    client_context,
    explain,
    read_certificate,
)

P = TypeVar("P", bound=asyncio.BaseProtocol)

#: An address that does not answer gets this much of a start over the next one, seconds.
_STAGGER_S: Final = 0.25
#: How long a peer may take to say that it has seen the end of TLS.
_TLS_SHUTDOWN_S: Final = 1.0
#: Addresses of one name that are tried.
_MAX_ADDRESSES: Final = 16

Address = tuple[socket.AddressFamily, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a connection has come.

    Attributes:
        name: ``resolve``, ``tcp``, ``unix``, ``proxy``, ``tls`` or ``websocket``.
        found: What was found; None as it begins.
        certificate: That of the server, where the stage is ``tls``.
    """

    name: str
    found: str | None = None
    certificate: Certificate | None = field(default=None, repr=False)


async def dial(
    endpoint: Endpoint,
    factory: Callable[[], P],
    *,
    secure: bool,
    timeout_s: float,
    on_stage: Callable[[Stage], None] | None = None,
) -> P:
    """Open a stream to a server.

    Args:
        factory: Makes the protocol, once the stream is open.
        secure: Whether by TLS.
        timeout_s: For all of it.
        on_stage: Called as each stage begins and when it is done; the last that began
            is the one that failed.

    Returns:
        The protocol; its ``connection_made`` has been called.

    Raises:
        ConnectError: The server cannot be reached.
        TLSError: It has no TLS, or not the right certificate.
        DeadlineExceeded: It took longer than ``timeout_s``.
        RemoteProtocolError: A proxy or the server breaks HTTP or WebSocket.
        UsageError: The endpoint makes no sense, such as TLS without a port.
    """
    way = _Way(endpoint, secure=secure, on_stage=on_stage)
    try:
        async with asyncio.timeout(timeout_s):
            gate = await way.go()
            protocol = factory()
            way.finish(gate, protocol)
    except TimeoutError:
        raise DeadlineExceeded(
            f"no connection to {endpoint.describe()} within {timeout_s:g} s: {way.waits_for()}"
        ) from None
    except ClosedError as error:
        raise ConnectError(f"{endpoint.describe()}: {error}") from None
    return protocol


_WAITS: Final = {
    "resolve": "its name is still being looked up",
    "tcp": "nothing answers there",
    "unix": "nothing answers there",
    "proxy": "the proxy does not answer",
    "tls": "it does not answer to TLS",
    "websocket": "it does not answer to the request for a WebSocket",
}


class _Way:
    """One connection as it is being made."""

    def __init__(
        self, endpoint: Endpoint, *, secure: bool, on_stage: Callable[[Stage], None] | None
    ) -> None:
        self._endpoint = endpoint
        self._secure = secure
        self._on_stage = on_stage
        self._stage = ""
        self._loop = asyncio.get_running_loop()

    def waits_for(self) -> str:
        """What has not come."""
        return _WAITS.get(self._stage, "it has not begun")

    def _begin(self, name: str) -> None:
        self._stage = name
        if self._on_stage is not None:
            self._on_stage(Stage(name))

    def _found(self, found: str, certificate: Certificate | None = None) -> None:
        if self._on_stage is not None:
            self._on_stage(Stage(self._stage, found, certificate))

    @property
    def _port(self) -> int:
        endpoint = self._endpoint
        port = endpoint.tls_port if self._secure else endpoint.port
        if port is None:
            what = "TLS" if self._secure else "unencrypted connections"
            raise UsageError(f"{endpoint.describe()} has no port for {what}")
        return port

    async def go(self) -> Gate:
        """The stream, up to where the protocol begins."""
        if not self._secure:
            gate = await self._reach()
        else:
            gate = await self._reach_by_tls()
        return gate

    def finish(self, gate: Gate, protocol: asyncio.BaseProtocol) -> None:
        """Hand the stream to its protocol."""
        gate.hand_over(protocol)

    # Streams

    async def _reach(self) -> Gate:
        endpoint = self._endpoint
        if endpoint.unix_path is not None:
            return await self._reach_unix(endpoint.unix_path)
        return await self._reach_tcp(endpoint.host, self._port)

    async def _reach_unix(self, path: str) -> Gate:
        if self._secure:
            raise UsageError(f"spice+unix://{path}: there is no TLS on Unix sockets")
        self._begin("unix")
        try:
            _, gate = await self._loop.create_unix_connection(Gate, path)
        except OSError as error:
            raise ConnectError(f"cannot connect to '{path}': {_reason(error)}") from None
        self._found(path)
        return gate

    async def _reach_tcp(self, host: str, port: int) -> Gate:
        self._begin("resolve")
        addresses = await self._resolve(host, port)
        self._found(", ".join(str(address[0]) for _, address in addresses))
        self._begin("tcp")
        where = join_host(host, port)
        sock = await _race(self._loop, addresses, where)
        _tune(sock)
        try:
            _, gate = await self._loop.create_connection(Gate, sock=sock)
        except OSError as error:
            sock.close()
            raise ConnectError(f"cannot connect to {where}: {_reason(error)}") from None
        address = gate.transport.get_extra_info("peername")
        self._found(join_host(address[0], address[1]) if address else where)
        return gate

    async def _resolve(self, host: str, port: int) -> list[Address]:
        try:
            found = await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            hint = "such a host is reached through its proxy" if ":" in host else None
            raise ConnectError(
                f"the host '{host}' is not known: {_reason(error)}", hint=hint
            ) from None
        first = [(each[0], each[4]) for each in found if each[0] == found[0][0]]
        second = [(each[0], each[4]) for each in found if each[0] != found[0][0]]
        # By turns: a family that does not work delays the other by one address only.
        mixed = chain.from_iterable(zip_longest(first, second))
        return [each for each in mixed if each is not None][:_MAX_ADDRESSES]

    # TLS

    async def _reach_by_tls(self) -> Gate:
        settings = self._endpoint.tls
        if settings.public_key is not None:
            gate, certificate = await self._encrypt(settings, verifies=False)
            if hmac.compare_digest(certificate.public_key, settings.public_key):
                self._secured(gate, certificate, "public key as wanted")
                return gate
            gate.transport.abort()
            if not (settings.host_subject or settings.ca_pem or settings.ca_file):
                raise TLSError(
                    "the server has another public key than the one wanted;"
                    f" its certificate: {certificate.describe()}",
                    hint="it may have been installed anew, or another answers in its place",
                )
        return await self._reach_verified(settings)

    async def _reach_verified(self, settings: TLSSettings) -> Gate:
        try:
            gate, certificate = await self._encrypt(settings, verifies=True)
        except ssl.SSLCertVerificationError as error:
            raise explain(error, await self._look(settings), self._endpoint.host) from None
        if settings.host_subject is not None:
            try:
                check_subject(certificate, settings.host_subject)
            except (TLSError, UsageError):
                gate.transport.abort()
                raise
            self._secured(gate, certificate, "subject as wanted")
        else:
            what = "made out for the host" if settings.verify_host else "host not checked"
            self._secured(gate, certificate, what)
        return gate

    async def _look(self, settings: TLSSettings) -> Certificate | None:
        """The certificate that was refused: OpenSSL does not keep it, so ask again."""
        self._on_stage = None
        try:
            gate, certificate = await self._encrypt(settings, verifies=False)
        except (ConnectError, ssl.SSLError):
            return None
        gate.transport.abort()
        return certificate

    async def _encrypt(self, settings: TLSSettings, *, verifies: bool) -> tuple[Gate, Certificate]:
        context = client_context(settings, verifies=verifies)
        name = server_name(self._endpoint.host)
        if name is None and context.check_hostname:
            raise TLSError(
                f"no certificate is made out for '{self._endpoint.host}'",
                hint="give the subject of the server's certificate by --host-subject",
            )
        gate = await self._reach()
        self._begin("tls")
        await self._start_tls(gate, context, name)
        der = gate.transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        try:
            return gate, read_certificate(der)
        except TLSError:
            gate.transport.abort()
            raise

    async def _start_tls(self, gate: Gate, context: ssl.SSLContext, name: str | None) -> None:
        below = gate.transport
        try:
            transport = await self._loop.start_tls(
                below, gate, context, server_hostname=name, ssl_shutdown_timeout=_TLS_SHUTDOWN_S
            )
        except ssl.SSLCertVerificationError:
            below.abort()
            raise
        except ssl.SSLError as error:
            below.abort()
            raise explain(error, None, self._endpoint.host) from None
        except (OSError, UnicodeError) as error:
            below.abort()
            raise TLSError(
                f"'{self._endpoint.host}' broke off the TLS handshake: {_reason(error)}",
                hint="is it the unencrypted port?",
            ) from None
        except asyncio.CancelledError:
            below.abort()
            raise
        if transport is None:
            raise TLSError(f"'{self._endpoint.host}' closed the connection in the TLS handshake")
        gate.transport = transport

    def _secured(self, gate: Gate, certificate: Certificate, why: str) -> None:
        tls = gate.transport.get_extra_info("ssl_object")
        cipher = tls.cipher()
        self._found(f"{tls.version()} {cipher[0]}; {why}; {certificate.describe()}", certificate)


async def _race(
    loop: asyncio.AbstractEventLoop, addresses: list[Address], where: str
) -> socket.socket:
    """A socket to the address that answers first; each has a start over the next."""
    waiting = deque(addresses)
    running: set[asyncio.Task[socket.socket]] = set()
    errors: list[str] = []
    winner: socket.socket | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(loop.create_task(_connect(loop, waiting.popleft())))
            done, running = await asyncio.wait(
                running,
                timeout=_STAGGER_S if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                try:
                    sock = task.result()
                except OSError as error:
                    errors.append(_reason(error))
                    continue
                if winner is None:
                    winner = sock
                else:
                    sock.close()
            if winner is not None:
                return winner
    finally:
        for task in running:
            task.cancel()
        for result in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(result, socket.socket):
                result.close()
    reasons = "; ".join(dict.fromkeys(errors))
    raise ConnectError(
        f"cannot connect to {where}: {reasons}",
        hint="does the server run, is the port right, is a firewall in between?",
    )


async def _connect(loop: asyncio.AbstractEventLoop, address: Address) -> socket.socket:
    sock = socket.socket(address[0], socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await loop.sock_connect(sock, address[1])
    except BaseException:
        sock.close()
        raise
    return sock


def _tune(sock: socket.socket) -> None:
    """Small messages go at once, and a peer that is gone is noticed within 75 seconds."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # Not every system has these.
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 3)):
        with suppress(AttributeError, OSError):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _reason(error: Exception) -> str:
    return (
        (error.strerror if isinstance(error, OSError) else None)
        or str(error)
        or type(error).__name__
    )
