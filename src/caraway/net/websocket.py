"""WebSockets: the greeting of both sides and the frames, without any I/O.

SPICE runs inside as one stream of bytes: where a message or a frame ends means
nothing. So payload is handed on as it comes, whatever size its frame claims, and
nothing is kept but a header and the payload of control frames.

Source: RFC 6455; behaviour compared with spice-server 0.15.1 ``websocket.c``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import secrets
import struct
from collections.abc import Collection
from enum import IntEnum
from typing import Final
from urllib.parse import urlsplit

from caraway.errors import ConnectError, RemoteProtocolError, UsageError
from caraway.net.endpoint import check_host, join_host
from caraway.net.http_head import Head
from caraway.wire.record import Buffer

#: What both sides call bytes that are SPICE.
SUBPROTOCOL: Final = "binary"
#: Bytes of one frame. More than any peer has a reason for; nothing is allocated for it.
MAX_FRAME: Final = 1 << 30
MAX_CONTROL: Final = 125

#: Masked at a time: longer numbers are slower by the byte, 230 against 390 MB/s.
_BLOCK: Final = 4096
_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_SIZE: Final = 16
_FINAL: Final = 0x80
_MASKED: Final = 0x80


class Opcode(IntEnum):
    """Kinds of frames."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class CloseCode(IntEnum):
    """Why a WebSocket is closed."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    UNSUPPORTED = 1003
    TOO_BIG = 1009


# Greeting


def new_key() -> str:
    """A key for :func:`client_request`."""
    return base64.b64encode(secrets.token_bytes(_KEY_SIZE)).decode()


def _accept_key(key: str) -> str:
    return base64.b64encode(hashlib.sha1((key + _GUID).encode("latin-1")).digest()).decode()


def client_request(host: str, port: int, path: str, key: str) -> bytes:
    """A client's greeting.

    Raises:
        UsageError: Host or path cannot stand in it.
    """
    try:
        name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise UsageError(f"'{host}' is no host name") from None
    if not re.fullmatch(r"/[\x21-\x7e]*", path):
        raise UsageError(f"the path {path!r} of a WebSocket: '/' and letters without blanks")
    return (
        f"GET {path} HTTP/1.1\r\nHost: {join_host(check_host(name), port)}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
    ).encode("ascii")


def check_answer(head: Head, key: str) -> None:
    """Refuse a server's greeting that does not open a WebSocket for SPICE.

    Raises:
        ConnectError: It answers with an error of HTTP.
        RemoteProtocolError: It says yes in the wrong way.
    """
    match = re.fullmatch(r"HTTP/1\.1 ([0-9]{3})(?: .*)?", head.start)
    if match is None:
        raise RemoteProtocolError(f"no WebSocket: the server says {head.start[:80]!r}")
    if match[1] != "101":
        raise ConnectError(
            f"no WebSocket: the server answers {head.start[9:80]!r}",
            hint="is the path right? has the server WebSockets?",
        )
    if not (head.has_token("upgrade", "websocket") and head.has_token("connection", "upgrade")):
        raise RemoteProtocolError("no WebSocket: the server changes to something else")
    accepted = head.get("sec-websocket-accept") or ""
    if not hmac.compare_digest(accepted.encode("latin-1"), _accept_key(key).encode()):
        raise RemoteProtocolError("no WebSocket: the server's answer is to somebody else's key")
    if head.get("sec-websocket-protocol") not in (None, SUBPROTOCOL):
        raise RemoteProtocolError(
            f"the WebSocket speaks '{head.get('sec-websocket-protocol')}', not '{SUBPROTOCOL}'"
        )
    if head.get("sec-websocket-extensions") is not None:
        raise RemoteProtocolError("the WebSocket has extensions that nobody asked for")


class Refused(RemoteProtocolError):
    """A client's greeting that is answered with an error.

    Attributes:
        answer: What to send it.
    """

    def __init__(self, status: str, why: str, *fields: str) -> None:
        super().__init__(f"no WebSocket: {why}")
        body = f"{why}\n".encode("ascii", "replace")
        head = "\r\n".join(
            [
                f"HTTP/1.1 {status}",
                *fields,
                "Content-Type: text/plain",
                f"Content-Length: {len(body)}",
                "Connection: close",
                "",
                "",
            ]
        )
        self.answer = head.encode("ascii") + body


def answer_request(head: Head, *, allow_origins: Collection[str] = ()) -> bytes:
    """A server's answer to a greeting: what to send, and then come frames.

    Args:
        allow_origins: Where pages may come from that connect, such as
            ``https://desk.example``; ``*`` for anywhere. Programs that are no browsers
            name none and are let through.

    Raises:
        Refused: It is no greeting, or comes from a page that may not.
    """
    if not re.fullmatch(r"GET \S+ HTTP/1\.1", head.start):
        raise Refused("400 Bad Request", "this is a SPICE server, write GET and HTTP/1.1")
    if not (head.has_token("upgrade", "websocket") and head.has_token("connection", "upgrade")):
        raise Refused(
            "426 Upgrade Required",
            "this is a SPICE server, open it with a SPICE client",
            "Upgrade: websocket",
        )
    if head.get("sec-websocket-version") != "13":
        raise Refused(
            "426 Upgrade Required", "WebSocket version 13 is wanted", "Sec-WebSocket-Version: 13"
        )
    key = head.get("sec-websocket-key") or ""
    if _size_of(key) != _KEY_SIZE or head.get("host") is None:
        raise Refused("400 Bad Request", "Host or Sec-WebSocket-Key is missing or wrong")
    origin = head.get("origin")
    if origin is not None and not _is_allowed(origin, head.get("host") or "", allow_origins):
        raise Refused("403 Forbidden", "pages from there may not connect")
    chosen = ""
    if head.get("sec-websocket-protocol") is not None:
        if not head.has_token("sec-websocket-protocol", SUBPROTOCOL):
            raise Refused("400 Bad Request", f"the subprotocol '{SUBPROTOCOL}' is wanted")
        chosen = f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n"
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {_accept_key(key)}\r\n{chosen}\r\n"
    ).encode("ascii")


def _size_of(key: str) -> int:
    try:
        return len(base64.b64decode(key, validate=True))
    except (ValueError, binascii.Error):
        return -1


def _is_allowed(origin: str, host: str, allowed: Collection[str]) -> bool:
    if "*" in allowed or origin.lower() in (each.lower().rstrip("/") for each in allowed):
        return True
    # A page from this very place. Not by name: whoever owns a name can let it lead here,
    # and his pages then seem to come from here too.
    if origin.lower() not in (f"http://{host.lower()}", f"https://{host.lower()}"):
        return False
    try:
        name = urlsplit(origin).hostname or ""
        return name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False


# Frames


def apply_mask(data: Buffer, mask: bytes, phase: int = 0) -> bytes:
    """``data`` with a mask of 4 bytes laid over it, or taken off.

    Args:
        phase: Which byte of the mask comes first, 0 to 3.
    """
    turned = mask[phase:] + mask[:phase]
    pattern = int.from_bytes(turned * (_BLOCK // 4), "little")
    view = memoryview(data)
    blocks: list[bytes] = []
    for start in range(0, len(view), _BLOCK):
        block = view[start : start + _BLOCK]
        if (size := len(block)) < _BLOCK:
            pattern &= (1 << 8 * size) - 1
        blocks.append((int.from_bytes(block, "little") ^ pattern).to_bytes(size, "little"))
    return b"".join(blocks)


def frame_head(opcode: Opcode, size: int, mask: bytes | None = None) -> bytes:
    """The header of a frame that is a message of its own."""
    first = _FINAL | opcode
    flag = 0 if mask is None else _MASKED
    if size <= MAX_CONTROL:
        head = struct.pack(">BB", first, flag | size)
    elif size <= 0xFFFF:
        head = struct.pack(">BBH", first, flag | 126, size)
    else:
        head = struct.pack(">BBQ", first, flag | 127, size)
    return head + (mask or b"")


def make_frame(opcode: Opcode, payload: Buffer, *, masks: bool) -> bytes:
    """A whole frame; clients mask theirs."""
    if not masks:
        return frame_head(opcode, len(payload)) + bytes(payload)
    mask = secrets.token_bytes(4)
    return frame_head(opcode, len(payload), mask) + apply_mask(payload, mask)


def close_frame(code: int, *, masks: bool) -> bytes:
    """The last frame of a side."""
    return make_frame(Opcode.CLOSE, struct.pack(">H", code), masks=masks)


class FrameReader:
    """Takes the payload out of frames, which come in pieces of any size.

    Args:
        is_masked: Whether the peer has to mask, as clients do; else it must not.

    Attributes:
        ping: The payload of the last ping that is not answered; None without one.
            Only the last has to be: many of them cost no memory.
        closed: The code the peer closed with; 1005 where it gave none; None while it has not.
        error: What is wrong with its frames, and ``code`` to close with; nothing is
            taken from then on.
    """

    def __init__(self, *, is_masked: bool) -> None:
        self.ping: bytes | None = None
        self.closed: int | None = None
        self.error: RemoteProtocolError | None = None
        self.code = CloseCode.PROTOCOL_ERROR
        self._is_masked = is_masked
        self._head = bytearray()
        self._opcode = Opcode.CONTINUATION
        self._is_inside = False
        self._left = 0
        self._mask = b""
        self._phase = 0
        self._control = bytearray()

    def feed(self, data: Buffer) -> bytes:
        """Take what has arrived; returns the payload in it."""
        view = memoryview(data)
        taken: list[Buffer] = []
        position = 0
        while position < len(view) and self.closed is None and self.error is None:
            if self._left:
                part = view[position : position + self._left]
                position += len(part)
                self._take(part, taken)
            else:
                # A byte at a time: a header tells how long it is.
                self._head.append(view[position])
                position += 1
                self._try_head()
        return bytes(taken[0]) if len(taken) == 1 else b"".join(taken)

    def _try_head(self) -> None:
        head = self._head
        if len(head) < 2:
            return
        short = head[1] & 0x7F
        extra = {126: 2, 127: 8}.get(short, 0)
        size = 2 + extra + (4 if head[1] & _MASKED else 0)
        if len(head) < size:
            return
        length = int.from_bytes(head[2 : 2 + extra], "big") if extra else short
        problem = self._problem(head[0], bool(head[1] & _MASKED), length)
        if problem is not None:
            self.error = RemoteProtocolError(f"a WebSocket frame {problem}")
            return
        opcode = Opcode(head[0] & 0x0F)
        if opcode < Opcode.CLOSE:
            self._is_inside = not head[0] & _FINAL
        self._opcode, self._left, self._phase = opcode, length, 0
        self._mask = bytes(head[2 + extra : size])
        head.clear()
        if not length:
            self._end()

    def _problem(self, first: int, is_masked: bool, length: int) -> str | None:
        opcode, is_final = first & 0x0F, bool(first & _FINAL)
        if first & 0x70:
            return f"has the reserved bits {first >> 4 & 7:#05b} set"
        if opcode not in Opcode.__members__.values():
            return f"of the unknown kind {opcode}"
        if is_masked != self._is_masked:
            return "of a client is not masked" if self._is_masked else "of a server is masked"
        if opcode >= Opcode.CLOSE and (length > MAX_CONTROL or not is_final):
            return f"of kind {opcode} and {length} bytes is in pieces or above {MAX_CONTROL}"
        if length > MAX_FRAME:
            self.code = CloseCode.TOO_BIG
            return f"of {length} bytes, the limit is {MAX_FRAME}"
        if opcode == Opcode.TEXT:
            self.code = CloseCode.UNSUPPORTED
            return "has text, SPICE is binary"
        if opcode < Opcode.CLOSE and (opcode == Opcode.CONTINUATION) != self._is_inside:
            return "goes on with nothing" if not self._is_inside else "begins inside a message"
        return None

    def _take(self, part: memoryview, taken: list[Buffer]) -> None:
        plain: Buffer = part
        if self._mask:
            plain = apply_mask(part, self._mask, self._phase)
            self._phase = (self._phase + len(part)) % 4
        if self._opcode < Opcode.CLOSE:
            taken.append(plain)
        else:
            self._control += plain
        self._left -= len(part)
        if not self._left:
            self._end()

    def _end(self) -> None:
        """A frame is over."""
        if self._opcode < Opcode.CLOSE:
            return
        payload = bytes(self._control)
        self._control.clear()
        if self._opcode == Opcode.PING:
            self.ping = payload
        elif self._opcode == Opcode.CLOSE:
            self.closed = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
