"""Commands of QEMU's monitor, from words and lines."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

from caraway.errors import UsageError

__all__ = ["Command", "parse_line", "parse_words"]

#: What is sent: ``execute`` and ``arguments``, and what else somebody writes.
Command = dict[str, Any]


def parse_words(words: Sequence[str]) -> Command:
    """A command from the command line: JSON in one word, or a name and arguments.

    Raises:
        UsageError: It is neither.

    >>> parse_words(["set_link", "name=net0", "up=false"])
    {'execute': 'set_link', 'arguments': {'name': 'net0', 'up': False}}
    """
    first, *rest = words
    if first.lstrip().startswith("{"):
        if rest:
            raise UsageError(f"'{rest[0]}' behind a command in JSON", hint="quote the JSON")
        return _parse_json(first)
    arguments: dict[str, Any] = {}
    for word in rest:
        key, equals, value = word.partition("=")
        if not key or not equals:
            raise UsageError(f"'{word}' is no argument", hint="write KEY=VALUE")
        _put(arguments, key, _value(value))
    return {"execute": first, "arguments": arguments} if arguments else {"execute": first}


def parse_line(line: str) -> Command | None:
    """A command from a line, in which words may be quoted; None where it has none.

    Raises:
        UsageError: It is no command.
    """
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    if line.startswith("{"):
        return _parse_json(line)
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"the line is no command: {error}") from None
    return parse_words(words)


def _parse_json(text: str) -> Command:
    try:
        command = json.loads(text)
    except ValueError as error:
        raise UsageError(f"the command is no JSON: {error}") from None
    if not isinstance(command, dict) or not ({"execute", "exec-oob"} & command.keys()):
        raise UsageError("the command in JSON has no 'execute'")
    return command


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _put(arguments: dict[str, Any], key: str, value: Any) -> None:
    """Set ``a.b.c`` in objects within objects."""
    *path, last = key.split(".")
    place = arguments
    for name in path:
        place = place.setdefault(name, {})
        if not isinstance(place, dict):
            raise UsageError(f"'{key}' is inside of '{name}', which has a value already")
    if last in place:
        raise UsageError(f"'{key}' is given twice")
    place[last] = value
