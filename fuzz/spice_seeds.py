"""Seeds of sessions: what real peers send in a link stage and on a channel."""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack

from fuzz.link_sides import NONCE


def _header(size: int) -> bytes:
    return b"REDQ" + pack("<3I", 2, 2, size)


def _sized(data: bytes) -> bytes:
    return pack("<I", len(data)) + data


def _reply(common: int, error: int = 0) -> bytes:
    body = pack("<I", error) + bytes(162) + pack("<3I", 1, 1, 178) + pack("<2I", common, 15)
    return _header(len(body)) + body


def _mess(kind: int) -> bytes:
    body = pack("<IBB3I2I", 0, kind, 0, 1, 1, 18, 0b1111, 9)
    return _header(len(body)) + body


_OK = pack("<I", 0)
_CHALLENGE = f"r={NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096\0".encode()
_VERDICT = b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=\0"
_PROOF = f"c=biws,r={NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=" + "A" * 43 + "=\0"

#: The side by its number, and what its peer sends.
LINKS = [
    (0, _reply(0b1010) + _OK),
    (0, _reply(0b1010) + pack("<I", 7)),
    (0, _reply(0b1010) + _reply(0, 4)),
    (1, _reply(0b1111, 5)),
    (1, _reply(0b1101) + _sized(b",PLAIN,") + pack("<I", 0) + b"\x01" + _OK + _OK),
    (
        1,
        _reply(0b1101)
        + _sized(b",SCRAM-SHA-256,PLAIN,")
        + _sized(_CHALLENGE)
        + b"\0"
        + _sized(_VERDICT)
        + b"\x01"
        + _OK
        + _OK
        + b"rest",
    ),
    (2, _mess(1) + pack("<I", 1) + bytes(128) + b"rest"),
    (2, _mess(12)),
    (3, _mess(1) + pack("<I", 2) + _sized(b"PLAIN") + _sized(b"\0user\0pencil\0") + b"rest"),
    (
        3,
        _mess(1)
        + pack("<I", 2)
        + _sized(b"SCRAM-SHA-256")
        + pack("<I", 0)
        + _sized(f"n,,n=user,r={NONCE}\0".encode())
        + _sized(_PROOF.encode()),
    ),
]


def _mini(number: int, body: bytes = b"") -> bytes:
    return pack("<HI", number, len(body)) + body


def _full(number: int, body: bytes = b"", sub_list: int = 0) -> bytes:
    return pack("<QHII", 1, number, len(body), sub_list) + body


_LIST = pack("<HII", 2, 10, 24) + pack("<HIII", 3, 8, 1, 2) + pack("<HII", 106, 4, 7)
_INIT = pack("<8I", 77, 1, 3, 1, 1, 10, 0, 0)
_PING = pack("<IQ", 1, 2)
_FIVE = pack("<I", 5)
_NOTICE = pack("<QIIII", 1, 1, 2, 0, 0)
_PORT = pack("<IIB", 5, 9, 1) + b"port\0"
_PACKED = b"\x01" + pack("<I", 27) + bytes.fromhex("2f616202000150" + "6364656667")

#: The end by its number, and messages of its peer by number and body.
SESSIONS: list[tuple[int, list[tuple[int, bytes]]]] = [
    (0, [(103, _INIT), (113, pack("<I", 3) + b"vm\0"), (114, bytes(16)), (4, _PING + b"data")]),
    (0, [(103, _INIT), (104, pack("<I4B", 2, 10, 0, 11, 0)), (109, b"agent"), (110, _FIVE)]),
    (0, [(3, pack("<II", 1, 2)), (103, _INIT), (115, _FIVE), (108, _OK), (107, b"")]),
    (0, [(103, _INIT), (8, _LIST), (5, b"\x01\x02\0" + bytes(8)), (7, _NOTICE)]),
    (1, [(104, b""), (106, _FIVE), (107, b"x"), (108, _FIVE), (1, _PING[:4]), (2, b"")]),
    (2, [(201, _PORT), (101, b"data"), (102, _PACKED), (202, b"\x01"), (202, b"\x00")]),
    (3, [(101, b"data"), (102, _PACKED), (201, b"\x02"), (102, b"\x00raw")]),
    (4, [(101, b"data"), (102, _PACKED)]),
    (5, [(3, pack("<II", 1, 20)), (8, _LIST), (102, b""), (999, b"unknown")]),
    (6, [(101, pack("<I", 30)), (1, pack("<I", 1))]),
    (7, [(101, bytes(14)), (1, pack("<I", 1)), (2, b"")]),
]


def framings() -> Iterator[bytes]:
    """Streams of either kind of header, some with messages in parts."""
    yield b"\x01" + _mini(103, _INIT) + _mini(8, _LIST) + _mini(102)
    parts = ((101, b"bytes"), (102, b""), (101, b""), (101, b"of a stream" * 30))
    yield bytes([101 << 1 | 1]) + b"".join(_mini(number, body) for number, body in parts)
    yield bytes([101 << 1]) + b"".join(_full(number, body) for number, body in parts)
    yield b"\x00" + _full(103, _INIT) + _full(8, _LIST) + _full(302, b"draw" + _moved(4), 4)


def _moved(by: int) -> bytes:
    return pack("<HII", 2, 10 + by, 24 + by) + _LIST[10:]


def sessions() -> Iterator[bytes]:
    """Streams for each end, with either kind of header."""
    for end, messages in SESSIONS:
        for is_mini, frame in ((1, _mini), (0, _full)):
            stream = b"".join(frame(number, body) for number, body in messages)
            yield bytes([end << 1 | is_mini]) + stream
