"""The interpreter and generated code: the same verdict, fields and bytes for every body."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway"]):
    from caraway.messages import to_fields
    from fuzz.agreement import decode, encode
    from fuzz.selection import choices, select

    # Channels are imported when first used: now, to be followed by the fuzzer.
    choices()


def check(data: bytes) -> None:
    """One input: what picks the message, its minor and the limits, then the body."""
    chosen = select(data)
    if chosen is None:
        return
    subject, minor, limits, body = chosen
    message = decode(subject, body, limits, minor)
    if message is not None:
        encode(subject, to_fields(message, minor), minor)


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
