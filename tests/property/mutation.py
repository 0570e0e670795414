"""Draws damage: bytes and fields that nearly are a message."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

#: What often matters where it lands: zeros, signs, small counts, offsets, all ones.
_TELLING: Final = (0, 1, 2, 3, 4, 8, 0x10, 0x7F, 0x80, 0xFE, 0xFF)

_octets = st.sampled_from(_TELLING) | st.integers(0, 255)


@st.composite
def damaged(draw: DrawFn, data: bytes) -> bytes:
    """``data`` with a few bytes changed, inserted, removed, repeated or cut off."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(out)))
        how = draw(st.sampled_from(["set", "set", "set", "insert", "remove", "repeat", "cut"]))
        if how == "insert":
            out[at:at] = bytes([draw(_octets)])
        elif how == "repeat":
            out[at:at] = out[at : at + draw(st.integers(1, 8))]
        elif how == "cut":
            del out[at:]
        elif at < len(out):
            size = draw(st.sampled_from([1, 1, 1, 2, 4]))
            out[at : at + size] = b"" if how == "remove" else bytes([draw(_octets)])
            if how == "set" and size > 1:
                out[at + 1 : at + 1] = bytes(size - 1)
    return bytes(out)


#: What may stand where something else belongs.
_SCALARS: Final[list[object]] = [None, -1, 0, 1, 1 << 64, True, 1.5, "", "61"]
_HOLDERS: Final[list[object]] = [[], [0], {}, {"hex": ""}, {"hex": "x"}]
_wrong = st.sampled_from([*_SCALARS, *_HOLDERS]).map(copy.deepcopy)


@st.composite
def tampered(draw: DrawFn, fields: Mapping[str, object]) -> dict[str, object]:
    """``fields`` with a value or two replaced, removed, added or made longer."""
    out = copy.deepcopy(dict(fields))
    for _ in range(draw(st.integers(1, 2))):
        holders = list(_holders(out))
        holder = draw(st.sampled_from(holders))
        keys: list[Any] = list(holder if isinstance(holder, dict) else range(len(holder)))
        how = draw(st.sampled_from(["replace", "replace", "number", "resize", "remove", "add"]))
        if how == "add" or not keys:
            _add(holder, draw(_wrong))
            continue
        key = draw(st.sampled_from(keys))
        value = holder[key]
        if how == "remove":
            del holder[key]
        elif how == "number" and isinstance(value, int):
            holder[key] = value + draw(st.sampled_from([-1, 1, 2, 256, 1 << 16]))
        elif how == "resize" and isinstance(value, str):
            holder[key] = draw(st.sampled_from([value[2:], value + "00", value[1:]]))
        elif how == "resize" and isinstance(value, list) and value:
            holder[key] = draw(st.sampled_from([value[1:], [*value, value[0]]]))
        else:
            holder[key] = draw(_wrong)
    return out


#: Whatever JSON nests.
Holder = dict[Any, Any] | list[Any]


def _add(holder: Holder, value: object) -> None:
    if isinstance(holder, list):
        holder.append(value)
    else:
        holder["more"] = value


def _holders(value: object) -> Iterator[Holder]:
    """Every object and list in ``value``, itself included."""
    if isinstance(value, dict | list):
        yield value
        for inner in list(value.values()) if isinstance(value, dict) else value:
            yield from _holders(inner)
