"""Each end's whole stream of messages: the same events and answers however it is cut.

Nothing but the documented errors leaves a channel, and it keeps no more than a
message and what it may have to send.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["caraway"]):
    from caraway.errors import RemoteProtocolError
    from caraway.protocol.channel import Event
    from caraway.protocol.port import PortData
    from fuzz.channel_ends import ENDS, react
    from fuzz.cuts import random_cuts, single_bytes


def _shown(event: Event) -> str:
    """All of it; bytes by their content."""
    return repr(bytes(event.data)) if isinstance(event, PortData) else repr(event)


def run(end: int, mini: bool, pieces: Iterable[bytes]) -> tuple[list[str], str, bytes]:
    """All events, the error that ended them, and what was said."""
    channel = ENDS[end](mini)
    said = b"".join(channel.take_output())
    found: list[str] = []
    for piece in pieces:
        channel.feed(piece)
        try:
            while (event := channel.next_event()) is not None:
                found.append(_shown(event))
                react(channel, event)
        except RemoteProtocolError as error:
            said += b"".join(channel.take_output())
            return found, f"{type(error).__name__}: {error}", said
        said += b"".join(channel.take_output())
    return found, "", said


def check(data: bytes) -> None:
    """One input: the end and its header, then a stream."""
    if not data:
        return
    end, mini, stream = (data[0] >> 1) % len(ENDS), bool(data[0] & 1), data[1:]
    whole = run(end, mini, [stream])
    for pieces in (random_cuts(stream), single_bytes(stream)):
        found = run(end, mini, pieces)
        assert found == whole, f"cut: {found}\nwhole: {whole}"


def main() -> None:
    """Fuzz until told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
