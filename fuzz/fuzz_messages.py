"""Generated code: only documented errors leave it, and what it reads it writes and reads again."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway"]):
    from caraway.errors import DecodeError, EncodeError, LimitExceeded
    from caraway.messages import from_fields, to_fields
    from fuzz.selection import choices, select

    # Channels are imported when first used: now, to be followed by the fuzzer.
    choices()


def check(data: bytes) -> None:
    """One input: what picks the message, its minor and the limits, then the body."""
    chosen = select(data)
    if chosen is None:
        return
    subject, minor, limits, body = chosen
    before = bytes(body)
    try:
        message = subject.kind.parse(memoryview(body), limits, minor)
    except (DecodeError, LimitExceeded):
        return
    assert body == before, "the input was changed"
    assert repr(message)
    fields = to_fields(message, minor)
    try:
        written = message.write(minor)
    except EncodeError:
        # Readers take counts of null pointers and overlapping targets, writers do not.
        return
    again = subject.kind.parse(written, None, minor)
    assert again.write(minor) == written
    assert from_fields(subject.kind, fields, minor).write(minor) == written


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
