"""Writes packet captures by hand: TCP connections over IPv4 and Ethernet, in pcap files."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

#: Bytes that one packet carries at most; real networks have less, tests may want more.
MAX_PAYLOAD = 60_000

_SYN, _FIN, _PUSH, _ACK = 0x02, 0x01, 0x08, 0x10


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclass(slots=True)
class Endpoint:
    """One end of a connection and where it is in its stream."""

    address: bytes
    port: int
    sequence: int


@dataclass(slots=True)
class Connection:
    """One TCP connection, whose packets it collects in the order they are sent.

    The handshake is there from the beginning. Sequence numbers come from
    ``seed``, near the end of their range, so that they wrap.
    """

    client_port: int
    server_port: int = 5900
    seed: int = 1
    packets: list[bytes] = field(default_factory=list)
    _ends: dict[str, Endpoint] = field(init=False)
    _identification: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        self._ends = {
            "client": Endpoint(
                bytes((192, 0, 2, 1)), self.client_port, (1 << 32) - rng.randint(1, 500)
            ),
            "server": Endpoint(
                bytes((192, 0, 2, 2)), self.server_port, (1 << 32) - rng.randint(1, 500)
            ),
        }
        self._send("client", b"", _SYN)
        self._send("server", b"", _SYN | _ACK)
        self._send("client", b"", _ACK)

    def send(self, side: str, data: bytes, *, sizes: Iterator[int] | None = None) -> None:
        """Send ``data`` from "client" or "server" in packets of ``sizes``, or one packet."""
        at = 0
        while at < len(data):
            size = MAX_PAYLOAD if sizes is None else next(sizes)
            self._send(side, data[at : at + size], _PUSH | _ACK)
            at += size

    def close(self) -> None:
        """End the connection from both sides."""
        self._send("client", b"", _FIN | _ACK)
        self._send("server", b"", _FIN | _ACK)
        self._send("client", b"", _ACK)

    def _send(self, side: str, payload: bytes, flags: int) -> None:
        source = self._ends[side]
        target = self._ends["server" if side == "client" else "client"]
        acknowledged = target.sequence if flags & _ACK else 0
        head = struct.pack(
            ">HHIIBBHHH",
            source.port,
            target.port,
            source.sequence,
            acknowledged,
            5 << 4,
            flags,
            0xFFFF,
            0,
            0,
        )
        pseudo = source.address + target.address + struct.pack(">BBH", 0, 6, 20 + len(payload))
        sum_ = struct.pack(">H", _checksum(pseudo + head + payload))
        segment = head[:16] + sum_ + head[18:] + payload
        self._identification += 1
        ip = struct.pack(
            ">BBHHHBBH4s4s",
            0x45,
            0,
            20 + len(segment),
            self._identification & 0xFFFF,
            0x4000,
            64,
            6,
            0,
            source.address,
            target.address,
        )
        ip = ip[:10] + struct.pack(">H", _checksum(ip)) + ip[12:]
        ethernet = bytes(5) + b"\x02" + bytes(5) + b"\x01" + b"\x08\x00"
        self.packets.append(ethernet + ip + segment)
        used = len(payload) + bool(flags & _SYN) + bool(flags & _FIN)
        source.sequence = (source.sequence + used) & 0xFFFF_FFFF


def random_sizes(rng: random.Random, *, largest: int) -> Iterator[int]:
    """Packet sizes without end: many small ones, some up to ``largest``."""
    while True:
        yield rng.randint(1, rng.choice((3, 20, largest)))


def write(path: Path, packets: Iterable[bytes], *, snap: int = 0x40000) -> None:
    """Write a capture of Ethernet packets, a millisecond from one to the next.

    Args:
        snap: Bytes that are kept of each packet.
    """
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap, 1))
        for index, packet in enumerate(packets):
            kept = packet[:snap]
            seconds, microseconds = divmod(index * 1000, 1_000_000)
            file.write(struct.pack("<IIII", seconds, microseconds, len(kept), len(packet)))
            file.write(kept)
