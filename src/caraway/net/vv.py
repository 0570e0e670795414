"""Connection files: what remote-viewer opens, and web consoles hand out (``.vv``).

The format is that of GLib's key files; the keys are those of remote-viewer(1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Final

from caraway.errors import UsageError
from caraway.net.endpoint import (
    Endpoint,
    TLSSettings,
    parse_proxy,
    read_host,
    read_port,
)

#: Bytes of a file; the largest have certificates in them.
MAX_SIZE: Final = 1 << 20

_MAIN: Final = "virt-viewer"
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "s": " ", "\\": "\\"}
_BOOLEANS: Final = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class UsbRule:
    """Which devices may be redirected.

    Attributes:
        device_class: None for any; so for the others.
        vendor: Of the device.
        product: Of the device.
        version: In BCD, as devices give it.
        allows: Whether they may.
    """

    device_class: int | None
    vendor: int | None
    product: int | None
    version: int | None
    allows: bool


# How values are read: each takes the text and raises ValueError with what is wanted.


def _text(value: str) -> str | None:
    return value or None


def _number(value: str) -> int:
    if not re.fullmatch("[+-]?[0-9]{1,9}", value):
        raise ValueError("a number")
    return int(value)


def _flag(value: str) -> bool:
    if value.lower() not in _BOOLEANS:
        raise ValueError("1, 0, true or false")
    return _BOOLEANS[value.lower()]


def _port(value: str) -> int | None:
    # Some consoles write these for a port that is not there.
    if value in ("", "0", "-1"):
        return None
    try:
        return read_port(value)
    except UsageError:
        raise ValueError("a port from 1 to 65535") from None


def _list(value: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in value.split(";") if each.strip())


def _versions(value: str) -> tuple[tuple[str, str], ...]:
    pairs = [each.partition(":") for each in _list(value)]
    if any(not colon for _, colon, _ in pairs):
        raise ValueError("SYSTEM:VERSION;…")
    return tuple((system, version) for system, _, version in pairs)


def _usb_rules(value: str) -> tuple[UsbRule, ...]:
    rules = []
    for rule in filter(None, value.split("|")):
        try:
            numbers = [int(each, 0) for each in rule.split(",")]
            device_class, vendor, product, version, allows = numbers
        except ValueError:
            raise ValueError("CLASS,VENDOR,PRODUCT,VERSION,ALLOW|…") from None
        rules.append(
            UsbRule(_any(device_class), _any(vendor), _any(product), _any(version), bool(allows))
        )
    return tuple(rules)


def _any(number: int) -> int | None:
    return None if number == -1 else number


@dataclass(frozen=True, slots=True)
class ConnectionFile:
    """What a connection file says; what it does not say is None, empty or false.

    The names are those of its keys. ``password`` is a ticket: most consoles hand out one
    that is good once and for seconds, so a file is used at once and not kept.

    Attributes:
        unknown: Keys that remote-viewer does not have either, as ``key`` or
            ``group/key``, with their values.
    """

    type: str = "spice"
    version: str | None = None
    versions: tuple[tuple[str, str], ...] = ()
    newer_version_url: str | None = None
    unix_path: str | None = None
    host: str | None = None
    port: int | None = None
    tls_port: int | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    disable_channels: tuple[str, ...] = ()
    secure_channels: tuple[str, ...] = ()
    tls_ciphers: str | None = None
    ca: str | None = None
    host_subject: str | None = None
    proxy: str | None = field(default=None, repr=False)
    title: str | None = None
    fullscreen: bool | None = None
    toggle_fullscreen: str | None = None
    release_cursor: str | None = None
    zoom_in: str | None = None
    zoom_out: str | None = None
    zoom_reset: str | None = None
    smartcard_insert: str | None = None
    smartcard_remove: str | None = None
    secure_attention: str | None = None
    usb_device_reset: str | None = None
    color_depth: int | None = None
    disable_effects: tuple[str, ...] = ()
    enable_smartcard: bool | None = None
    enable_usbredir: bool | None = None
    enable_usb_autoshare: bool | None = None
    usb_filter: tuple[UsbRule, ...] = ()
    delete_this_file: bool = False
    ovirt_host: str | None = None
    ovirt_vm_guid: str | None = None
    ovirt_jsessionid: str | None = field(default=None, repr=False)
    ovirt_sso_token: str | None = field(default=None, repr=False)
    ovirt_ca: str | None = None
    ovirt_admin: bool | None = None
    unknown: dict[str, str] = field(default_factory=dict)

    def endpoint(self) -> Endpoint:
        """Where to connect, and how the server proves itself.

        Raises:
            UsageError: It is not for SPICE, or names no server.
        """
        if self.type != "spice":
            raise UsageError(f"a connection file for '{self.type}', caraway speaks SPICE")
        if self.unix_path is not None:
            if self.host is not None or self.port is not None or self.tls_port is not None:
                raise UsageError("a connection file with unix-path and a host or port: one of them")
            return Endpoint(unix_path=self.unix_path)
        if self.host is None or (self.port is None and self.tls_port is None):
            missing = "host" if self.host is None else "port or tls-port"
            raise UsageError(f"a connection file without {missing}")
        if self.secure_channels and self.tls_port is None:
            raise UsageError("a connection file with secure-channels and without tls-port")
        return Endpoint(
            read_host(self.host),
            self.port,
            self.tls_port,
            proxy=None if self.proxy is None else parse_proxy(self.proxy),
            tls=TLSSettings(
                ca_pem=self.ca, host_subject=self.host_subject, ciphers=self.tls_ciphers
            ),
        )

    def rows(self) -> list[tuple[str, str]]:
        """Keys and values for people, without secrets.

        Raises:
            UsageError: The proxy is none, and so it cannot be told what of it is secret.
        """
        rows: list[tuple[str, str]] = []
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "unknown" or value is None or value == ():
                continue
            rows.append((_name_of(each.name), _shown(each.name, value)))
        return rows + [(f"{name} (unknown)", value) for name, value in self.unknown.items()]


#: How to read each key; what is missing here is text.
_READERS: Final[dict[str, Callable[[str], object]]] = {
    "versions": _versions,
    "port": _port,
    "tls_port": _port,
    "disable_channels": _list,
    "secure_channels": _list,
    "fullscreen": _flag,
    "color_depth": _number,
    "disable_effects": _list,
    "enable_smartcard": _flag,
    "enable_usbredir": _flag,
    "enable_usb_autoshare": _flag,
    "usb_filter": _usb_rules,
    "delete_this_file": _flag,
    "ovirt_admin": _flag,
}


def _name_of(attribute: str) -> str:
    group, underscore, name = attribute.partition("_")
    if group == "ovirt" and underscore:
        return f"ovirt/{name.replace('_', '-')}"
    return attribute.replace("_", "-")


_ATTRIBUTES: Final = {
    _name_of(each.name): each.name for each in fields(ConnectionFile) if each.name != "unknown"
}
_SECRETS: Final = frozenset({"password", "ovirt_jsessionid", "ovirt_sso_token"})


def _shown(attribute: str, value: object) -> str:
    if attribute in _SECRETS:
        return "(hidden)"
    if attribute == "proxy":
        return parse_proxy(str(value)).describe()
    if attribute in ("ca", "ovirt_ca"):
        count = str(value).count("BEGIN CERTIFICATE")
        return f"{count} certificate{'' if count == 1 else 's'}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_shown_item, value))
    return str(value)


def _shown_item(item: object) -> str:
    if isinstance(item, UsbRule):
        numbers = (item.device_class, item.vendor, item.product, item.version)
        shown = ":".join("any" if each is None else f"{each:#x}" for each in numbers)
        return f"{'allow' if item.allows else 'deny'} {shown}"
    return " ".join(item) if isinstance(item, tuple) else str(item)


def read_vv(data: str | bytes) -> ConnectionFile:
    """A connection file from its text.

    Raises:
        UsageError: It is none; the line at fault is named.

    >>> read_vv("[virt-viewer]\\ntype=spice\\nhost=10.0.0.1\\nport=5900\\n").endpoint().describe()
    'spice://10.0.0.1:5900'
    """
    values: dict[str, object] = {}
    unknown: dict[str, str] = {}
    groups: set[str] = set()
    for number, group, key, value in _lines(_decode(data)):
        groups.add(group)
        if key is None:
            continue
        name = key if group == _MAIN else f"{group}/{key}"
        attribute = _ATTRIBUTES.get(name)
        if name in unknown or attribute in values:
            raise UsageError(f"line {number} of the connection file gives '{name}' again")
        if attribute is None:
            unknown[name] = value
            continue
        try:
            values[attribute] = _READERS.get(attribute, _text)(value)
        except ValueError as error:
            raise UsageError(
                f"line {number} of the connection file: {name} is '{value[:80]}', wanted is {error}"
            ) from None
    if _MAIN not in groups:
        raise UsageError(f"a connection file without the group [{_MAIN}]")
    if values.get("type") is None:
        raise UsageError("a connection file without type", hint="write type=spice")
    return ConnectionFile(**values, unknown=unknown)  # type: ignore[arg-type]  # read by name


def _decode(data: str | bytes) -> str:
    if len(data) > MAX_SIZE:
        raise UsageError(f"a connection file of {len(data)} bytes, the limit is {MAX_SIZE}")
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"line {line} of the connection file is not UTF-8") from None


def _lines(text: str) -> list[tuple[int, str, str | None, str]]:
    """Number, group, key and value of each line that says something; a group has no key."""
    lines: list[tuple[int, str, str | None, str]] = []
    group: str | None = None
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            match = re.fullmatch(r"\[([^\[\]]+)\]", line)
            if match is None:
                raise UsageError(f"line {number} of the connection file is no [group]")
            group = match[1]
            lines.append((number, group, None, ""))
            continue
        key, equals, value = line.partition("=")
        if group is None or not equals or not key.strip():
            # The line is not shown: it may be part of a password or key.
            raise UsageError(
                f"line {number} of the connection file is no KEY=VALUE in a group",
                hint="line breaks within a value, as in certificates, are written \\n",
            )
        lines.append((number, group, key.strip(), _unescape(value.strip())))
    return lines


def _unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), value, flags=re.DOTALL)
