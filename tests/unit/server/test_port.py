"""A port of a server: what is packed for its client."""

from __future__ import annotations

from collections.abc import Callable

from caraway.net.connection import ChannelConnection
from caraway.protocol.port import PortData, PortServer
from caraway.server.port import ServerPort
from caraway.wire.limits import DEFAULT_LIMITS
from caraway.wire.record import Buffer
from tests.unit.protocol.wires import linked

PIECE = bytes(4000)


class Connection(ChannelConnection[PortServer]):
    """A connection that only keeps what it would send."""

    def __init__(self, channel: PortServer) -> None:
        self.error = None
        self.on_taken: Callable[[int, float], None] | None = None
        self._channel = channel
        self._transport = None

    def sent(self) -> list[Buffer]:
        """What was written since the last time."""
        return self._channel.take_output() if self._channel is not None else []


def connected(*, compresses: bool) -> tuple[ServerPort, Connection]:
    port = ServerPort("port", 0, "a", is_opened=True, compresses=compresses)
    connection = Connection(port.make_channel(linked(kind=10, peer={0}), DEFAULT_LIMITS))
    port.connect(connection)
    connection.sent()
    return port, connection


def test_what_goes_over_a_slow_way_is_packed() -> None:
    port, connection = connected(compresses=True)
    port.write(PIECE)
    assert PIECE in connection.sent()
    assert connection.on_taken is not None
    connection.on_taken(1_000_000, 0.1)
    port.write(PIECE)
    assert sum(map(len, connection.sent())) < 100
    # The next client may be near.
    port.disconnect()
    other = Connection(port.make_channel(linked(kind=10, peer={0}), DEFAULT_LIMITS))
    port.connect(other)
    other.sent()
    port.write(PIECE)
    assert PIECE in other.sent()


def test_a_message_in_parts_is_dropped_if_the_port_was_closed_meanwhile() -> None:
    port, _ = connected(compresses=False)
    taken: list[bytes] = []
    port.on_data = lambda data: taken.append(bytes(data))

    def message(*parts: bytes, between: Callable[[], None]) -> list[bytes]:
        for part in parts[:-1]:
            port.take(PortData(part, is_part=True))
            between()
        port.take(PortData(parts[-1]))
        found = taken[:]
        taken.clear()
        return found

    assert message(b"a", b"b", b"c", between=lambda: None) == [b"a", b"b", b"c"]
    port.close()
    assert message(b"d", b"e", between=port.open) == []
    assert message(b"f", between=lambda: None) == [b"f"]
    assert message(b"g", b"h", b"i", between=lambda: (port.close(), port.open())[0]) == [b"g"]
    assert message(b"j", b"k", between=lambda: None) == [b"j", b"k"]
    # In the middle of one its client goes, and another comes.
    port.take(PortData(b"l", is_part=True))
    port.close()
    port.disconnect()
    port.open()
    port.connect(Connection(port.make_channel(linked(kind=10, peer={0}), DEFAULT_LIMITS)))
    taken.clear()
    assert message(b"m", b"n", between=lambda: None) == [b"m", b"n"]


def test_nothing_is_packed_that_is_not_to_be() -> None:
    port, connection = connected(compresses=False)
    assert connection.on_taken is None
    port.write(PIECE)
    assert PIECE in connection.sent()
