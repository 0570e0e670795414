"""The link stage, both sides: the same however its bytes are cut, and only documented errors."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway"]):
    from caraway.errors import AuthError, DecodeError, LimitExceeded, LinkRefused
    from caraway.protocol.link import MAX_SASL
    from caraway.protocol.steps import Exchange
    from fuzz.cuts import random_cuts, single_bytes
    from fuzz.link_sides import SIDES

#: What a link stage may end with.
_DOCUMENTED = (AuthError, DecodeError, LimitExceeded, LinkRefused)


def run(side: int, pieces: Iterable[bytes]) -> tuple[object, str, bytes, bytes]:
    """The outcome, the error, what was said, and what is left over."""
    exchange: Exchange[object] = SIDES[side]()  # type: ignore[assignment]  # to be looked at only
    error = ""
    said = exchange.take_output()
    rest = b""
    for piece in pieces:
        if error or exchange.outcome is not None:
            rest += piece
            continue
        try:
            exchange.feed(piece)
        except _DOCUMENTED as caught:
            error = f"{type(caught).__name__}: {caught}"
        assert len(exchange.rest) <= MAX_SASL + len(piece), "keeps more than a step needs"
        said += exchange.take_output()
    # What comes behind an error is nobody's.
    return exchange.outcome, error, said, b"" if error else exchange.rest + rest


def check(data: bytes) -> None:
    """One input: the side, then what its peer sends."""
    if not data:
        return
    side, stream = data[0] % len(SIDES), data[1:]
    whole = run(side, [stream])
    for pieces in (random_cuts(stream), single_bytes(stream)):
        found = run(side, pieces)
        assert found == whole, f"cut: {found}\nwhole: {whole}"


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
