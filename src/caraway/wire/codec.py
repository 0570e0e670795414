"""What generated code calls while it reads and writes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import NoReturn

from caraway.errors import DecodeError
from caraway.wire.explain import explain
from caraway.wire.limits import DEFAULT_LIMITS, Limits, check_size, check_trailing
from caraway.wire.record import Buffer, Queue, Record


class Refused(Exception):
    """A writer met a value that cannot be sent; never leaves the package."""


#: What a writer may run into when fields hold the wrong things.
UNSENDABLE = (
    Refused,
    struct.error,
    AttributeError,
    TypeError,
    ValueError,
    BufferError,
    OverflowError,
)

#: Writes what a pointer leads to: value, out, queue, size, minor → the new size.
Putter = Callable[..., int]


# Reading


def ends_early(what: str, data: Buffer) -> DecodeError:
    """The body is shorter than its fixed part or one of its targets."""
    return DecodeError(
        f"{what}: the message ends after {len(data)} bytes, in the middle of a field",
        position=len(data),
    )


def beyond(path: str, need: int, left: int, pos: int) -> DecodeError:
    """A count claims more than the message holds."""
    return DecodeError(f"{path}: needs {need} bytes, {max(0, left)} are left", position=pos)


def negative(path: str, count: int, pos: int) -> DecodeError:
    """A signed count is below zero."""
    return DecodeError(f"{path}: counts {count} elements", position=pos)


def uneven(path: str, left: int, size: int, pos: int) -> DecodeError:
    """What is left of the message is no whole number of elements."""
    return DecodeError(
        f"{path}: {left} bytes are no whole number of elements of {size}", position=pos
    )


def not_filled(path: str, stop: int, pos: int) -> DecodeError:
    """Elements counted in bytes do not end where the count says."""
    return DecodeError(f"{path}: elements end at byte {pos}, counted to {stop}", position=pos)


def null(path: str, pos: int) -> DecodeError:
    """A pointer that must lead somewhere is 0."""
    return DecodeError(f"{path}: the pointer is null", position=pos)


def outside(path: str, offset: int, size: int) -> DecodeError:
    """A pointer leads out of the message."""
    return DecodeError(
        f"{path}: points to byte {offset} of a message of {size} bytes", position=offset
    )


def prefix(what: str, data: Buffer, size: int, limits: Limits | None) -> memoryview:
    """The first ``size`` bytes of a message that is not exactly so long.

    Raises:
        DecodeError: It is shorter, or longer where ``limits`` refuse that.
        LimitExceeded: It is longer than ``limits`` allow.
    """
    have = len(data)
    if have < size:
        raise DecodeError(f"{what}: needs {size} bytes, has {have}", position=have)
    settle(size, data, limits)
    return memoryview(data)[:size]


def settle(used: int, data: Buffer, limits: Limits | None) -> None:
    """Apply ``limits`` to a message that has neither lists nor pointers.

    Raises:
        DecodeError: Bytes are left over, where the limits refuse that.
        LimitExceeded: The message is too long.
    """
    limits = DEFAULT_LIMITS if limits is None else limits
    check_size(len(data), limits)
    check_trailing(used, len(data), limits)


# Writing


def octets(value: object) -> Buffer:
    """``value`` as bytes of one byte each, without copying.

    Raises:
        TypeError: It is no buffer.
    """
    if isinstance(value, bytes | bytearray):
        return value
    # Where it is no buffer this raises TypeError, which is the point.
    view = value if isinstance(value, memoryview) else memoryview(value)  # type: ignore[arg-type]
    return view if view.format == "B" and view.ndim == 1 and view.contiguous else view.cast("B")


def put_octets(
    value: Buffer, out: list[Buffer], queue: Queue, size: int, minor: int | None = None
) -> int:
    """Write a byte array that stands behind a pointer."""
    value = octets(value)
    out.append(value)
    return size + len(value)


def number_putter(code: str, width: int) -> Putter:
    """A function that writes a list of numbers of ``width`` bytes behind a pointer."""

    def put(
        value: Sequence[int], out: list[Buffer], queue: Queue, size: int, minor: int | None = None
    ) -> int:
        out.append(struct.pack(f"<{len(value)}{code}", *value))
        return size + width * len(value)

    return put


def scalar_putter(code: str) -> Putter:
    """A function that writes one number behind a pointer."""
    pack = struct.Struct(f"<{code}").pack

    def put(
        value: int, out: list[Buffer], queue: Queue, size: int, minor: int | None = None
    ) -> int:
        packed = pack(value)
        out.append(packed)
        return size + len(packed)

    return put


def record_putter(record: type[Record]) -> Putter:
    """A function that writes a list of ``record`` behind a pointer."""

    def put(
        value: Sequence[Record],
        out: list[Buffer],
        queue: Queue,
        size: int,
        minor: int | None = None,
    ) -> int:
        for item in value:
            if type(item) is not record:
                raise Refused(f"a list must hold {record.__name__}")
            size = item._write(out, queue, size, minor)
        return size

    return put


def drain(
    out: list[Buffer],
    queue: Queue,
    size: int,
    patch: Callable[[bytearray, int, int], None],
    minor: int | None = None,
) -> None:
    """Write the pointer targets that are still queued, and those they queue.

    Every target comes behind all that were queued before it: breadth first,
    as the reference places them. An empty target stays a null pointer.
    """
    for block, at, write, value in queue:
        end = write(value, out, queue, size, minor)
        if end > size:
            patch(block, at, size)
        size = end


def length(value: object) -> int:
    """Elements of what a union holds; 0 where that is no array."""
    return len(value) if isinstance(value, list | tuple | bytes | bytearray | memoryview) else 0


def measure(value: object) -> int:
    """Bytes that a list of records takes on the wire without its pointer targets.

    It is 0 for anything else, and for records that cannot be sent: they are
    refused when they are written.
    """
    size = 0
    try:
        for record in value if isinstance(value, list | tuple) else ():
            size = record._write([], [], size)
    except UNSENDABLE:
        return 0
    return size


def refuse(record: Record, error: Exception, minor: int | None = None) -> NoReturn:
    """Say which field of ``record`` made writing fail.

    Raises:
        EncodeError: Always.
    """
    raise explain(record, error, minor) from error
