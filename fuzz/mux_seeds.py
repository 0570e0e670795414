"""Seeds of the mux: courses that real peers take."""

from __future__ import annotations

from collections.abc import Iterator

from caraway.protocol.mux_credits import write_credit, write_hello
from caraway.protocol.mux_frames import frame_header

_FEED, _CLOSE, _OPEN, _CONNECT, _WAIT, _SEND, _WRITE, _PAUSE, _RESUME, _END = (
    *(0, 138, 130, 150, 170, 185, 200, 215, 225, 240),
)
Step = tuple[int, bytes]


def _frame(number: int, data: bytes) -> bytes:
    return frame_header(number, len(data)) + data


_COURSES: tuple[tuple[int, tuple[Step, ...]], ...] = (
    (
        0,
        (
            (_FEED, _frame(-5, b"GET / HTTP/1.1\r\n\r\n")),
            (_WRITE, b"answer"),
            (_SEND, b""),
            (_FEED, _frame(-5, b"GET") + _frame(-5, b"")),
        ),
    ),
    (
        0,
        (
            (_SEND, b""),
            (_FEED, write_hello(5000) + _frame(1, b"PUT")),
            (_PAUSE, b""),
            (_FEED, _frame(1, bytes(200))),
            (_RESUME, b""),
            (_WRITE, bytes(200)),
            (_FEED, write_credit(1, 500)),
            (_SEND, b""),
            (_END, b""),
        ),
    ),
    (
        0,
        (
            (_FEED, _frame(1, bytes(100))[:50]),
            (_CLOSE, b""),
            (_OPEN, b""),
            (_SEND, b""),
            (_FEED, _frame(1, b"x") + _frame(2, b"y")),
        ),
    ),
    (
        0,
        (
            (_SEND, b""),
            (_FEED, _frame(1, b"GET")),
            (_WRITE, bytes(range(250))),
            (_SEND, b""),
            (_FEED, write_hello(5000)),
            (_SEND, b""),
            (_SEND, b""),
            (_SEND, b""),
        ),
    ),
    (
        1,
        (
            (_CONNECT, b""),
            (_WRITE, b"GET"),
            (_SEND, b""),
            (_FEED, write_hello(4096)),
            (_FEED, _frame(1, b"answer") + _frame(1, b"")),
            (_CONNECT, b""),
            (_WAIT, bytes(40)),
        ),
    ),
)


def courses() -> Iterator[bytes]:
    """Inputs of ``fuzz_mux``."""
    for side, steps in _COURSES:
        yield bytes([side]) + b"".join(bytes([code, len(data)]) + data for code, data in steps)
