"""Where a server is and how it is reached: URIs, proxies, what makes a certificate right.

Nothing here opens anything.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote

from caraway.errors import UsageError

#: Ports of proxies that name none, as spice-gtk has them.
_PROXY_PORTS: Final = {"http": 3128, "https": 3129}
_WEB_PORTS: Final = {"spice+ws": 80, "spice+wss": 443}
_SCHEMES: Final = "spice, spice+tls, spice+unix, spice+ws, spice+wss"
_MAX_PORT: Final = 65535
#: A name that getaddrinfo and SNI can take, before any IDNA encoding.
_NAME: Final = re.compile(r"[^\s\x00-\x20\x7f/@:\[\]?#]+")
_LABEL: Final = re.compile(r"[^.\s:]{1,63}")


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that opens tunnels.

    Attributes:
        host: Name or address, without brackets.
        user: Empty where it asks for none.
        password: Goes with ``user``.
        tls: The proxy itself is reached by TLS; its certificate is checked
            against the system's authorities.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False

    def describe(self) -> str:
        """Its URL, without the password."""
        return f"{'https' if self.tls else 'http'}://{join_host(self.host, self.port)}"


@dataclass(frozen=True, slots=True)
class TLSSettings:
    """What makes a server's certificate right.

    A matching public key is enough. Otherwise the chain has to lead to a known
    authority, and the certificate must have the subject given, or, where none is
    given, must be made out for the host.

    Attributes:
        ca_pem: Certificates of authorities, PEM; None for ``ca_file``.
        ca_file: File with them; None for those of the system.
        host_subject: ``K=V,K2=V2``, in the certificate's order; comma and backslash in
            values are written with a backslash in front.
        public_key: DER SubjectPublicKeyInfo of the server.
        verify_host: Whether the host must be named where no subject is given.
        ciphers: In OpenSSL's words; None for what is good.
    """

    ca_pem: str | None = None
    ca_file: str | None = None
    host_subject: str | None = None
    public_key: bytes | None = None
    verify_host: bool = True
    ciphers: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server.

    Attributes:
        host: Name or address, without brackets; handed to a proxy as it is.
        port: For unencrypted channels; None where there is none.
        tls_port: For encrypted ones.
        unix_path: Path of a socket, in place of host and ports.
        websocket: Path to ask for where SPICE runs inside a WebSocket; else None.
        proxy: What opens the way; None to go directly.
        tls: How the server proves itself.
    """

    host: str = ""
    port: int | None = None
    tls_port: int | None = None
    unix_path: str | None = None
    websocket: str | None = None
    proxy: Proxy | None = None
    tls: TLSSettings = TLSSettings()

    @property
    def has_tls(self) -> bool:
        """Channels can be encrypted."""
        return self.tls_port is not None

    @property
    def has_plain(self) -> bool:
        """Channels can go unencrypted."""
        return self.port is not None or self.unix_path is not None

    def describe(self) -> str:
        """Its URI; a proxy follows in words."""
        through = f" through {self.proxy.describe()}" if self.proxy is not None else ""
        return self.uri() + through

    def uri(self) -> str:
        """What :func:`parse_uri` reads."""
        if self.unix_path is not None:
            return f"spice+unix://{self.unix_path}"
        host = self.host.replace("%", "%25")
        if self.websocket is not None:
            scheme, port = ("wss", self.tls_port) if self.has_tls else ("ws", self.port)
            return f"spice+{scheme}://{join_host(host, port)}{self.websocket}"
        if self.port is not None and self.tls_port is not None:
            return f"spice://{join_host(host, self.port)}?tls-port={self.tls_port}"
        if self.tls_port is not None:
            return f"spice+tls://{join_host(host, self.tls_port)}"
        return f"spice://{join_host(host, self.port)}"

    def moved(self, *, host: str | None, port: int, tls_port: int, subject: str | None) -> Endpoint:
        """Where the server says that its virtual machine has gone.

        Args:
            host: None to stay on the host.
            port: 0 for none; so for ``tls_port``. 65535 means none too, if the other one
                is not 65535.
            subject: Of the certificate there; None to check for the host.

        Raises:
            UsageError: It says something that is no host or port.
        """
        name = check_host(_unbracketed(host)) if host is not None else self.host
        # QEMU says -1 for a port that is not there, in 16 bits.
        if _MAX_PORT in (port, tls_port) and port != tls_port:
            port, tls_port = (each if each != _MAX_PORT else 0 for each in (port, tls_port))
        if not (port or tls_port):
            raise UsageError(f"the server moved to '{name}' and names no port there")
        return Endpoint(
            name,
            _check_port(port) if port else None,
            _check_port(tls_port) if tls_port else None,
            proxy=self.proxy,
            tls=replace(self.tls, host_subject=subject),
        )


def is_ipv6(host: str) -> bool:
    """Whether ``host`` is an IPv6 address; other names may have colons too."""
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def origin_of(address: str) -> str:
    """Who may be behind an address, for limits: one who has an IPv6 address has 2**64 of them.

    >>> origin_of("2001:db8::1:2"), origin_of("192.0.2.1"), origin_of("local")
    ('2001:db8::/64', '192.0.2.1', 'local')
    """
    host = address.partition("%")[0]
    if not is_ipv6(host):
        return address
    return str(ipaddress.IPv6Network((host, 64), strict=False))


def server_name(host: str) -> str | None:
    """What TLS is to ask for; None for what is neither a name nor an address."""
    if is_ipv6(host):
        # Which link it is on is our affair.
        return host.partition("%")[0]
    labels = host.removesuffix(".").split(".")
    return host if all(_LABEL.fullmatch(label) for label in labels) else None


def join_host(host: str, port: int | None) -> str:
    """Host and port as one text; brackets around IPv6 addresses and nothing else."""
    shown = f"[{host}]" if is_ipv6(host) else host
    return shown if port is None else f"{shown}:{port}"


def check_host(host: str) -> str:
    """``host`` as it is.

    Raises:
        UsageError: It has what no host has, such as blanks: in the request to a
            proxy that would be another line.
    """
    if not host or not _NAME.fullmatch(host.replace(":", "")):
        raise UsageError(f"'{_printable(host)}' is no host name")
    return host


def _unbracketed(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def read_host(text: str) -> str:
    """A host, where brackets mark an IPv6 address.

    Raises:
        UsageError: It is none.
    """
    if text.startswith("["):
        host = _unbracketed(text)
        if not is_ipv6(host):
            raise UsageError(f"'{_printable(text)}' is no IPv6 address")
        return check_host(host)
    return check_host(text)


def parse_uri(text: str) -> Endpoint:
    """A server from its URI.

    ``spice://HOST:PORT``, ``spice://HOST?port=PORT&tls-port=PORT``, ``spice+tls://HOST:PORT``,
    ``spice+unix:///PATH``, ``spice+ws://HOST[:PORT]/PATH``, ``spice+wss://HOST[:PORT]/PATH``.
    IPv6 addresses stand in brackets; any other host may have colons, as those of Proxmox do.

    Raises:
        UsageError: It is none of these, or has a password, which everybody could read who can
            list processes.

    >>> parse_uri("spice://[::1]:5900?tls-port=5901")
    ... # doctest: +ELLIPSIS
    Endpoint(host='::1', port=5900, tls_port=5901, unix_path=None, websocket=None, ...)
    """
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator:
        raise UsageError(
            f"'{_shown(text)}' is no URI", hint=f"write SCHEME://HOST:PORT; schemes: {_SCHEMES}"
        )
    if scheme == "spice+unix":
        if not rest.startswith("/") or "\0" in rest:
            raise UsageError(f"'{_shown(text)}' needs an absolute path: spice+unix:///PATH")
        return Endpoint(unix_path=rest)
    if scheme in _WEB_PORTS:
        return _parse_web(scheme, rest, text)
    if scheme not in ("spice", "spice+tls"):
        raise UsageError(f"scheme '{_shown(scheme)}' is unknown", hint=f"schemes: {_SCHEMES}")
    return _parse_spice(scheme, rest, text)


def _parse_spice(scheme: str, rest: str, text: str) -> Endpoint:
    authority, query = rest, ""
    if (start := re.search("[?;]", rest)) is not None:
        authority, query = rest[: start.start()], rest[start.end() :]
    authority, _, path = authority.partition("/")
    if path:
        raise UsageError(f"'{_shown(text)}' has a path, which spice:// does not know")
    host, port = _authority(authority, text)
    ports: dict[str, int] = {} if port is None else {"port": port}
    if scheme == "spice+tls":
        ports = {} if port is None else {"tls-port": port}
    for pair in re.split("[;&]", query) if query else ():
        key, separator, value = pair.partition("=")
        if key == "password":
            raise UsageError(
                "a password in a URI can be read by everybody who can list processes",
                hint="use --password-file or SPICE_PASSWORD",
            )
        if key not in ("port", "tls-port") or not separator or scheme != "spice":
            raise UsageError(
                f"'{_shown(pair)}' is unknown in {scheme}://",
                hint="spice:// knows port=N and tls-port=N; spice+tls://HOST:PORT has no keys",
            )
        if key in ports:
            raise UsageError(f"'{_shown(text)}' gives {key} twice")
        ports[key] = read_port(unquote(value))
    if not ports:
        raise UsageError(f"'{_shown(text)}' has no port", hint=f"write {scheme}://HOST:PORT")
    return Endpoint(host, ports.get("port"), ports.get("tls-port"))


def _parse_web(scheme: str, rest: str, text: str) -> Endpoint:
    end = min((at for mark in "/?" if (at := rest.find(mark)) >= 0), default=len(rest))
    host, port = _authority(rest[:end], text)
    port = _WEB_PORTS[scheme] if port is None else port
    path = rest[end:].partition("#")[0]
    if not path.startswith("/"):
        path = f"/{path}"
    if not path.isascii() or re.search(r"[\x00-\x20\x7f]", path):
        raise UsageError(f"'{_shown(text)}' has a path with blanks", hint="write %20")
    if scheme == "spice+wss":
        return Endpoint(host, tls_port=port, websocket=path)
    return Endpoint(host, port, websocket=path)


def _authority(authority: str, text: str) -> tuple[str, int | None]:
    """Host and port; the last colon is in front of the port."""
    user, at, authority = authority.rpartition("@")
    if at:
        what = "a password" if ":" in user else "a user"
        raise UsageError(
            f"{what} in a URI", hint="use --user, and --password-file or SPICE_PASSWORD"
        )
    if authority.startswith("["):
        host, bracket, port = authority.partition("]")
        host, port = host + bracket, port
        if port and not port.startswith(":"):
            raise UsageError(f"'{_shown(text)}' has '{_shown(port)}' behind its host")
        port = port[1:]
    else:
        host, colon, port = authority.rpartition(":")
        if not colon:
            host, port = authority, ""
        elif re.fullmatch("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", host):
            raise UsageError(f"'{_shown(authority)}': write IPv6 addresses in brackets")
    return read_host(unquote(host)), read_port(unquote(port)) if port else None


def read_port(text: str) -> int:
    """A port.

    Raises:
        UsageError: It is none.
    """
    if not re.fullmatch("[0-9]{1,9}", text):
        raise UsageError(f"'{_shown(text)}' is no port, which is a number from 1 to {_MAX_PORT}")
    return _check_port(int(text))


def _check_port(port: int) -> int:
    if not 0 < port <= _MAX_PORT:
        raise UsageError(f"{port} is no port, which is a number from 1 to {_MAX_PORT}")
    return port


def parse_proxy(text: str) -> Proxy:
    """A proxy from ``[http://|https://][USER[:PASSWORD]@]HOST[:PORT]``.

    Raises:
        UsageError: It is something else.

    >>> parse_proxy("proxy.example")
    Proxy(host='proxy.example', port=3128, user='', tls=False)
    """
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        scheme, rest = "http", scheme
    scheme = scheme.lower()
    if scheme not in _PROXY_PORTS:
        raise UsageError(
            f"proxies of scheme '{_shown(scheme)}' are unknown", hint="write http://HOST:PORT"
        )
    credentials, _, authority = rest.rpartition("@")
    authority, slash, path = authority.partition("/")
    if slash and path:
        raise UsageError(f"the proxy '{_shown(authority)}' has a path, which proxies do not")
    user, _, password = credentials.partition(":")
    host, port = _authority(authority, authority)
    return Proxy(
        host,
        _PROXY_PORTS[scheme] if port is None else port,
        unquote(user),
        unquote(password),
        tls=scheme == "https",
    )


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text[:200])


def _shown(text: str) -> str:
    """Text for a message, without what may be a password."""
    return _printable(re.sub(r"(?i)(password=)[^;&]*|(^|://).*@", r"\1\2…@", text))
