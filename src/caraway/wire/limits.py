"""How much a peer may make us read, and how strict we are about the rest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from caraway.errors import DecodeError, LimitExceeded


@dataclass(frozen=True, slots=True)
class Limits:
    """What a decoder allows a message to be.

    Attributes:
        max_message: Bytes of a message body. Nothing a decoder allocates is
            much larger than the message it reads, so this bounds memory.
        max_elements: Elements of all lists of one message together. Pointers
            may lead to the same bytes again and again, so a small message
            could otherwise claim a lot of elements.
        allow_overlap: Whether pointer targets may share bytes with each other
            and with the fixed part, as upstream's reader allows.
        allow_trailing: Whether bytes may follow the last one that is used, as
            upstream's reader allows; the real server sends such a NUL behind NOTIFY.
    """

    max_message: int = 256 * 1024 * 1024
    max_elements: int = 4 * 1024 * 1024
    allow_overlap: bool = True
    allow_trailing: bool = True


#: What applies where the caller gives no limits.
DEFAULT_LIMITS: Final = Limits()

#: A message shorter than this cannot break the default limits, however its
#: pointers overlap, as long as no list holds pointers: no account is kept.
SMALL: Final = 0x10000


class Extent:
    """Keeps account of one message while it is decoded.

    Attributes:
        elements: Elements of all lists so far.
        ranges: Half-open byte ranges of the fixed part and of the pointer
            targets, kept only where :meth:`finish` will judge them, else None.

    Args:
        size: Bytes of the message body.
        limits: What it may claim; None for the defaults.

    Raises:
        LimitExceeded: It is longer than ``limits.max_message``.
    """

    __slots__ = ("elements", "limits", "ranges")

    def __init__(self, size: int, limits: Limits | None) -> None:
        self.limits = DEFAULT_LIMITS if limits is None else limits
        check_size(size, self.limits)
        self.elements = 0
        strict = not (self.limits.allow_overlap and self.limits.allow_trailing)
        self.ranges: list[tuple[int, int]] | None = [] if strict else None

    def add_elements(self, count: int) -> None:
        """Account for a list of ``count`` elements, before it is built.

        Raises:
            LimitExceeded: All lists together are longer than ``max_elements``.
        """
        self.elements += count
        if self.elements > self.limits.max_elements:
            raise LimitExceeded(
                f"lists of {self.elements} elements, the limit is {self.limits.max_elements}",
                hint="raise Limits.max_elements if the peer is trusted",
            )

    def add_range(self, start: int, end: int) -> None:
        """Account for the bytes of the fixed part or of one pointer target."""
        if self.ranges is not None:
            self.ranges.append((start, end))

    def finish(self, size: int) -> None:
        """Judge the ranges once the whole message has been read.

        Raises:
            DecodeError: Targets overlap or bytes are left over, where the
                limits refuse that.
        """
        if self.ranges is None:
            return
        if not self.limits.allow_overlap:
            ranges = sorted(r for r in self.ranges if r[0] < r[1])
            for (_, end), (start, _) in pairwise(ranges):
                if start < end:
                    raise DecodeError(f"pointer targets overlap at byte {start}", position=start)
        check_trailing(max((end for _, end in self.ranges), default=0), size, self.limits)


def check_size(size: int, limits: Limits) -> None:
    """Refuse a message body of ``size`` bytes where ``limits`` do.

    Raises:
        LimitExceeded: It is longer than ``limits.max_message``.
    """
    if size > limits.max_message:
        raise LimitExceeded(
            f"message of {size} bytes, the limit is {limits.max_message}",
            hint="raise Limits.max_message if the peer is trusted",
        )


def check_trailing(used: int, size: int, limits: Limits) -> None:
    """Refuse bytes behind the ``used`` ones where ``limits`` do.

    Raises:
        DecodeError: There are some.
    """
    if used < size and not limits.allow_trailing:
        raise DecodeError(f"{size - used} bytes left over behind the {used} used", position=used)
