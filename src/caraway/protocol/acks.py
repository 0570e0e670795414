"""How a server paces itself by the messages that its client has acknowledged.

Source: spice.proto ``BaseChannel`` ``set_ack``, ``ack_sync``, ``ack``; the
factor of two and the meaning of generations as in spice-server 0.15.1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class AckCounter:
    """Decides when a client owes its server an ``ACK``: one every ``window`` messages.

    Until the first ``SET_ACK``, and when ``window`` is 0, nothing is owed.

    >>> acks = AckCounter()
    >>> acks.set_window(2)
    >>> [acks.message_received() for _ in range(5)]
    [False, True, False, True, False]
    """

    window: int = 0
    _count: int = 0

    def set_window(self, window: int) -> None:
        """``SET_ACK`` has come: count from here."""
        self.window = window
        self._count = 0

    def message_received(self) -> bool:
        """Count a message; whether an ``ACK`` is to be sent for it."""
        if not self.window:
            return False
        self._count += 1
        if self._count < self.window:
            return False
        self._count = 0
        return True


@dataclass(slots=True)
class AckWindow:
    """How many messages a server may still send.

    It may have two windows unacknowledged. Acknowledgements count only when
    the client has answered the latest ``SET_ACK``.

    >>> acks = AckWindow()
    >>> acks.begin(window=1)
    1
    >>> acks.sync(1), acks.message_sent(), acks.message_sent(), acks.may_send
    (None, None, None, False)
    """

    window: int = 0
    _generation: int = 0
    _synced: int = 0
    _unacked: int = 0

    def begin(self, *, window: int) -> int:
        """Begin to count with ``window``; the generation for ``SET_ACK``."""
        self.window = window
        self._generation += 1
        self._unacked = 0
        return self._generation

    @property
    def may_send(self) -> bool:
        """Another message may be sent."""
        return not self.window or self._unacked < 2 * self.window

    def message_sent(self) -> None:
        """Count a message."""
        self._unacked += 1

    def sync(self, generation: int) -> None:
        """``ACK_SYNC`` has come."""
        self._synced = generation

    def acked(self) -> None:
        """``ACK`` has come."""
        if self._synced == self._generation:
            self._unacked = max(0, self._unacked - self.window)
