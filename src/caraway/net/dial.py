"""Reaches a server: addresses, proxy, TLS, WebSocket, and then the caller's protocol."""

from __future__ import annotations

import asyncio
import hmac
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from caraway.errors import ClosedError, ConnectError, DeadlineExceeded, TLSError, UsageError
from caraway.net import websocket
from caraway.net.endpoint import Endpoint, TLSSettings, join_host, server_name
from caraway.net.gate import Gate
from caraway.net.http_head import read_head
from caraway.net.proxy import open_tunnel
from caraway.net.tcp import connect, reason_of, resolve, tune
from caraway.net.tls import (
    Certificate,
    check_subject,
    client_context,
    explain,
    read_certificate,
)
from caraway.net.websocket_transport import WebSocketTransport

P = TypeVar("P", bound=asyncio.BaseProtocol)

#: How long a peer may take to say that it has seen the end of TLS.
_TLS_SHUTDOWN_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a connection has come.

    Attributes:
        name: ``resolve``, ``tcp``, ``unix``, ``proxy``, ``tls`` or ``websocket``.
        found: What was found; None as it begins, and where it was not right.
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
            if endpoint.websocket is None:
                gate.hand_over(protocol)
            else:
                gate.hand_over(WebSocketTransport(protocol, masks=True))
    except TimeoutError:
        way.abort()
        raise DeadlineExceeded(
            f"no connection to {endpoint.describe()} within {timeout_s:g} s: {way.waits_for()}"
        ) from None
    except ClosedError as error:
        way.abort()
        raise ConnectError(f"{endpoint.describe()}: {error}") from None
    except BaseException:
        way.abort()
        raise
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
        self._gate: Gate | None = None
        self._loop = asyncio.get_running_loop()

    def waits_for(self) -> str:
        """What has not come."""
        return _WAITS.get(self._stage, "it has not begun")

    def abort(self) -> None:
        """Close what is open, if anything is."""
        if self._gate is not None:
            self._gate.transport.abort()
            self._gate = None

    def _begin(self, name: str) -> None:
        self._stage = name
        if self._on_stage is not None:
            self._on_stage(Stage(name))

    def _found(self, found: str, certificate: Certificate | None = None) -> None:
        if self._on_stage is not None:
            self._on_stage(Stage(self._stage, found, certificate))

    def _refused(self, certificate: Certificate) -> None:
        if self._on_stage is not None:
            self._on_stage(Stage(self._stage, None, certificate))

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
        endpoint = self._endpoint
        if self._secure and endpoint.unix_path is not None:
            raise UsageError(f"{endpoint.describe()}: there is no TLS on Unix sockets")
        gate = await (self._reach_by_tls() if self._secure else self._reach())
        path = endpoint.websocket
        if path is not None:
            await self._greet(gate, path)
        return gate

    async def _greet(self, gate: Gate, path: str) -> None:
        self._begin("websocket")
        key = websocket.new_key()
        request = websocket.client_request(self._endpoint.host, self._port, path, key)
        gate.transport.write(request)
        head = await read_head(gate)
        websocket.check_answer(head, key)
        self._found(head.get("server") or "open")

    # Streams

    async def _reach(self) -> Gate:
        endpoint = self._endpoint
        if endpoint.unix_path is not None:
            return await self._reach_unix(endpoint.unix_path)
        proxy, port = endpoint.proxy, self._port
        if proxy is None:
            return await self._reach_tcp(endpoint.host, port)
        gate = await self._reach_tcp(proxy.host, proxy.port)
        self._begin("proxy")
        if proxy.tls:
            context = client_context(TLSSettings(), verifies=True)
            try:
                await self._start_tls(gate, context, proxy.host)
            except ssl.SSLCertVerificationError as error:
                raise explain(error, None, proxy.host) from None
        await open_tunnel(gate, proxy, endpoint.host, port)
        self._found(f"{proxy.describe()} has opened {join_host(endpoint.host, port)}")
        return gate

    async def _reach_unix(self, path: str) -> Gate:
        self._begin("unix")
        try:
            _, gate = await self._loop.create_unix_connection(Gate, path)
        except OSError as error:
            raise ConnectError(f"cannot connect to '{path}': {reason_of(error)}") from None
        self._gate = gate
        self._found(path)
        return gate

    async def _reach_tcp(self, host: str, port: int) -> Gate:
        self._begin("resolve")
        addresses = await resolve(host, port)
        self._found(", ".join(str(address[0]) for _, address in addresses))
        self._begin("tcp")
        where = join_host(host, port)
        sock = await connect(addresses, where)
        tune(sock)
        try:
            _, gate = await self._loop.create_connection(Gate, sock=sock)
        except OSError as error:
            sock.close()
            raise ConnectError(f"cannot connect to {where}: {reason_of(error)}") from None
        self._gate = gate
        address = gate.transport.get_extra_info("peername")
        self._found(join_host(address[0], address[1]) if address else where)
        return gate

    # TLS

    async def _reach_by_tls(self) -> Gate:
        settings = self._endpoint.tls
        if settings.public_key is not None:
            gate, certificate = await self._encrypt(settings, verifies=False)
            if hmac.compare_digest(certificate.public_key, settings.public_key):
                self._secured(gate, certificate, "public key as wanted")
                return gate
            self.abort()
            if not (settings.host_subject or settings.ca_pem or settings.ca_file):
                self._refused(certificate)
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
            except TLSError:
                self._refused(certificate)
                raise
            self._secured(gate, certificate, "subject as wanted")
        else:
            what = "made out for the host" if settings.verify_host else "host not checked"
            self._secured(gate, certificate, what)
        return gate

    async def _look(self, settings: TLSSettings) -> Certificate | None:
        """The certificate that was refused: OpenSSL does not keep it, so ask again."""
        self.abort()
        on_stage, self._on_stage = self._on_stage, None
        try:
            _, certificate = await self._encrypt(settings, verifies=False)
        except ConnectError:
            return None
        self._on_stage = on_stage
        self._refused(certificate)
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
        return gate, read_certificate(der)

    async def _start_tls(self, gate: Gate, context: ssl.SSLContext, name: str | None) -> None:
        host = name or self._endpoint.host
        try:
            transport = await self._loop.start_tls(
                gate.transport,
                gate,
                context,
                server_hostname=name,
                ssl_shutdown_timeout=_TLS_SHUTDOWN_S,
            )
        except ssl.SSLCertVerificationError:
            raise
        except ssl.SSLError as error:
            raise explain(error, None, host) from None
        except (OSError, UnicodeError) as error:
            raise TLSError(
                f"'{host}' broke off the TLS handshake: {reason_of(error)}",
                hint="is it the unencrypted port?",
            ) from None
        if transport is None:
            raise TLSError(f"'{host}' closed the connection in the TLS handshake")
        gate.transport = transport

    def _secured(self, gate: Gate, certificate: Certificate, why: str) -> None:
        tls = gate.transport.get_extra_info("ssl_object")
        cipher = tls.cipher()
        self._found(f"{tls.version()} {cipher[0]}; {why}; {certificate.describe()}", certificate)
