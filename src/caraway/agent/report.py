"""Where the agent says what happens."""

from __future__ import annotations

import contextlib
import json
import logging
import sys

from caraway.errors import CarawayError

__all__ = ["Report"]


class Report:
    """Says what happens: as text on standard error, or as JSON on standard output.

    Args:
        as_json: Events are objects, one a line.
        is_verbose: What is for those who look for a mistake is told, too.
    """

    def __init__(self, *, as_json: bool, is_verbose: bool) -> None:
        self._as_json = as_json
        level = logging.DEBUG if is_verbose else logging.WARNING
        logging.basicConfig(level=level, format="%(name)s: %(message)s", stream=sys.stderr)

    def event(self, kind: str, text: str, **fields: object) -> None:
        """Something has happened.

        Args:
            kind: What, in a word.
            text: The same for people, without the word.
            fields: The same for programs.
        """
        # Where nobody reads any more, people still want their files.
        with contextlib.suppress(OSError):
            if self._as_json:
                print(json.dumps({"event": kind, **fields}), flush=True)
            else:
                print(f"{kind}: {text}" if text else kind, file=sys.stderr, flush=True)

    def warn(self, text: str) -> None:
        """Something that people should know of."""
        self.event("warning", text, message=text)


def say_error(error: CarawayError) -> None:
    """Say on standard error why it ends."""
    with contextlib.suppress(OSError):
        print(f"caraway: error: {error}", file=sys.stderr)
        if error.hint:
            print(f"caraway: hint: {error.hint}", file=sys.stderr)
