"""Checks plain values, as JSON carries them, on their way into a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeGuard

from caraway.errors import EncodeError
from caraway.idl.interpret_rules import join
from caraway.idl.model import Integer

_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a floating-point number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


def kind(value: object) -> str:
    """What ``value`` is, in JSON's words."""
    return _KINDS.get(type(value), f"of type {type(value).__name__}")


def is_number(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; JSON's ``true`` and ``false`` are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def packed(integer: Integer, value: object, path: str) -> bytes:
    """``value`` as it goes over the wire.

    Raises:
        EncodeError: It is no number, or too small or too large.
    """
    if not is_number(value):
        raise EncodeError(f"is {kind(value)}, needs a number ({integer.name})", path=path)
    if not integer.minimum <= value <= integer.maximum:
        # Python refuses to print numbers of thousands of digits.
        shown = value if value.bit_length() <= 128 else f"a number of {value.bit_length()} bits"
        raise EncodeError(
            f"{shown} does not fit {integer.name} ({integer.minimum}..{integer.maximum})",
            path=path,
        )
    return value.to_bytes(integer.bits // 8, "little", signed=integer.signed)


def as_object(value: object, names: Iterable[str], path: str) -> Mapping[str, object]:
    """``value`` as an object that has no members but ``names``, not necessarily all of them.

    Raises:
        EncodeError: It is something else, or has another member.
    """
    if not isinstance(value, Mapping):
        raise EncodeError(f"is {kind(value)}, needs an object", path=path)
    known = list(names)
    for key in value:
        if key not in known:
            name = key if isinstance(key, str) else f"<{kind(key)}>"
            raise EncodeError(
                "there is no such member",
                path=join(path, name),
                hint=f"there is {', '.join(known)}" if known else "there are none here",
            )
    return value


def as_list(value: object, path: str) -> list[object] | tuple[object, ...]:
    """``value`` as a list.

    Raises:
        EncodeError: It is something else.
    """
    if not isinstance(value, list | tuple):
        raise EncodeError(f"is {kind(value)}, needs a list", path=path)
    return value


def hex_bytes(value: object, path: str) -> bytes:
    """The bytes that ``{"hex": …}`` stands for.

    Raises:
        EncodeError: It is something else, or its text is not pairs of hex digits.
    """
    text = as_object(value, ["hex"], path).get("hex")
    if not isinstance(text, str):
        raise EncodeError(f"'hex' is {kind(text)}, needs a string", path=path)
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise EncodeError(
            f"its {len(text)} characters are not pairs of hex digits", path=path
        ) from None
