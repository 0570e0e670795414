"""Draws damage: bytes that nearly are a message."""

from __future__ import annotations

from typing import Final

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
