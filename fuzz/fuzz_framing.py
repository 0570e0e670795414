"""Data headers and lists of messages: the same frames however the bytes are cut."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway"]):
    from caraway.errors import DecodeError, LimitExceeded
    from caraway.protocol.framing import MAX_SUB_MESSAGES, FrameReader
    from caraway.wire.limits import Limits
    from fuzz.cuts import random_cuts, single_bytes

_MAX = 2000
_HEADER = 18
Seen = tuple[int, int, bytes, bool]


def run(mini: bool, pieces: Iterable[bytes]) -> tuple[list[Seen], str]:
    """All frames, and the error that ended them."""
    reader = FrameReader(has_mini_header=mini, limits=Limits(max_message=_MAX))
    found: list[Seen] = []
    for piece in pieces:
        reader.feed(piece)
        before = len(found)
        inner = 0
        try:
            while (frame := reader.next_frame()) is not None:
                found.append((frame.number, frame.serial, bytes(frame.body), frame.is_inner))
                inner = inner + len(frame.body) if frame.is_inner else 0
                assert inner <= _MAX, "messages inside of more bytes than one may have"
        except (DecodeError, LimitExceeded) as error:
            return found, f"{type(error).__name__}: {error}"
        assert reader.buffered < _MAX + _HEADER, "keeps more than a message"
        assert len(found) - before <= len(piece) * (MAX_SUB_MESSAGES + 1), "more than can be"
    return found, ""


def check(data: bytes) -> None:
    """One input: the kind of header, then a stream."""
    if not data:
        return
    mini, stream = bool(data[0] & 1), data[1:]
    whole = run(mini, [stream])
    for pieces in (random_cuts(stream), single_bytes(stream)):
        found = run(mini, pieces)
        assert found == whole, f"cut: {found}\nwhole: {whole}"


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
