"""What strangers and clients may take from a server."""

from __future__ import annotations

from dataclasses import dataclass, field

from caraway.wire.limits import Limits


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Named limits.

    Attributes:
        link_timeout_s: From the first byte to the end of authentication.
        max_linking: Streams that are not authenticated, of all and of one address.
        max_linking_per_peer: Of them, those of one address.
        max_failures_per_minute: Wrong passwords from one address; further
            streams are closed at once.
        message: What one message of a client may claim.
    """

    link_timeout_s: float = 10.0
    max_linking: int = 128
    max_linking_per_peer: int = 32
    max_failures_per_minute: int = 30
    message: Limits = field(default_factory=lambda: Limits(max_message=8 << 20))
