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


def run(mini: bool, streamed: int | None, pieces: Iterable[bytes]) -> tuple[list[Seen], str]:
    """All whole frames, those that came in parts among them, and the error that ended them."""
    reader = FrameReader(has_mini_header=mini, limits=Limits(max_message=_MAX))
    reader.streamed = streamed
    found: list[Seen] = []
    part = b""
    for piece in pieces:
        reader.feed(piece)
        before = len(found)
        inner = 0
        try:
            while (frame := reader.next_frame()) is not None:
                part += frame.body
                if frame.is_part:
                    assert frame.number == streamed, "parts of a message that is to be whole"
                    assert frame.body, "a part without bytes"
                    continue
                found.append((frame.number, frame.serial, part, frame.is_inner))
                part = b""
                inner = inner + len(frame.body) if frame.is_inner else 0
                assert inner <= _MAX, "messages inside of more bytes than one may have"
        except (DecodeError, LimitExceeded) as error:
            return found, f"{type(error).__name__}: {error}"
        assert reader.buffered < _MAX + _HEADER, "keeps more than a message"
        assert len(found) - before <= len(piece) * (MAX_SUB_MESSAGES + 1), "more than can be"
    return found, ""


def check(data: bytes) -> None:
    """One input: the kind of header, which messages come in parts, then a stream."""
    if not data:
        return
    mini, streamed, stream = bool(data[0] & 1), data[0] >> 1 or None, data[1:]
    whole = run(mini, streamed, [stream])
    for pieces in (random_cuts(stream), single_bytes(stream)):
        found = run(mini, streamed, pieces)
        assert found == whole, f"cut: {found}\nwhole: {whole}"


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
