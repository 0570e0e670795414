"""Every exception caraway raises on purpose, and the exit code of each.

::

    CarawayError                        1   anything below
    ├── UsageError (ValueError)         2   the caller asked for something that makes no sense
    ├── AuthError                       3   ticket or SASL credentials refused
    ├── ConnectError (OSError)         10   the server could not be reached
    │   └── TLSError                   11   certificate or TLS handshake refused
    ├── TakenOver                      12   another client took the session
    ├── ProtocolError                  20   bytes or values that break the protocol
    │   ├── RemoteProtocolError        20   the peer broke it: close
    │   │   ├── DecodeError            20   bytes that are not what they claim (ValueError)
    │   │   ├── LimitExceeded          20   a peer asked for more than a named limit allows
    │   │   └── LinkRefused            20   the server answered the link with an error code
    │   └── LocalProtocolError         20   we or the caller broke it
    │       └── EncodeError            20   a value that cannot be sent (ValueError)
    ├── ActionFailed                   30   the thing asked for was tried and failed
    │   ├── DescriptionError           30   a protocol description has errors (ValueError)
    │   └── ClosedError                30   the channel, port or file is closed
    └── DeadlineExceeded               40   it took longer than it was allowed (TimeoutError)

A class derives from the builtin in brackets too, so that code which knows
nothing of caraway can catch it.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "ActionFailed",
    "AuthError",
    "CarawayError",
    "ClosedError",
    "ConnectError",
    "DeadlineExceeded",
    "DecodeError",
    "DescriptionError",
    "EncodeError",
    "LimitExceeded",
    "LinkRefused",
    "LocalProtocolError",
    "ProtocolError",
    "RemoteProtocolError",
    "TLSError",
    "TakenOver",
    "UsageError",
]


class CarawayError(Exception):
    """Root of the tree.

    Attributes:
        exit_code: What the ``caraway`` command exits with.
        hint: What the user can do about it, or None.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(CarawayError, ValueError):
    """An option or argument that makes no sense."""

    exit_code = 2


class AuthError(CarawayError):
    """The peer refused our credentials, or we refused the peer's."""

    exit_code = 3


class ConnectError(CarawayError, OSError):
    """The peer could not be reached."""

    exit_code = 10


class TLSError(ConnectError):
    """The TLS handshake failed or the certificate was refused."""

    exit_code = 11


class TakenOver(CarawayError):
    """Another client connected and the server dropped this session."""

    exit_code = 12


class ProtocolError(CarawayError):
    """The protocol was broken."""

    exit_code = 20


class RemoteProtocolError(ProtocolError):
    """The peer broke the protocol; the connection cannot go on."""


class DecodeError(RemoteProtocolError, ValueError):
    """Bytes from outside that are not a valid message.

    Attributes:
        position: Byte offset in the message body where reading stopped, or None.
    """

    def __init__(self, message: str, *, position: int | None = None, hint: str | None = None):
        super().__init__(message, hint=hint)
        self.position = position


class LimitExceeded(RemoteProtocolError):
    """A count or size from the peer is above a named limit."""


class LinkRefused(RemoteProtocolError):
    """The link stage ended with an error code.

    Attributes:
        code: The code; ``caraway.messages.link.enums.LinkErr`` names it.
    """

    def __init__(self, message: str, *, code: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class LocalProtocolError(ProtocolError):
    """The caller asked for something the protocol does not allow."""


class EncodeError(LocalProtocolError, ValueError):
    """A value that cannot be put on the wire.

    Attributes:
        path: The member at fault, as in ``data.src_area.top``; empty for the message itself.
    """

    def __init__(self, message: str, *, path: str = "", hint: str | None = None):
        super().__init__(f"{path}: {message}" if path else message, hint=hint)
        self.path = path


class ActionFailed(CarawayError):
    """What was asked for was tried and did not work."""

    exit_code = 30


class DescriptionError(ActionFailed, ValueError):
    """A protocol description has errors; they were reported one by one."""


class ClosedError(ActionFailed):
    """The channel, port or stream is closed."""


class DeadlineExceeded(CarawayError, TimeoutError):
    """It took longer than it was allowed to take."""

    exit_code = 40
