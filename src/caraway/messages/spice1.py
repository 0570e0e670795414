"""The old protocol, major version 1: 64-bit pointers and layouts that depend on the minor."""

from __future__ import annotations

from caraway.messages._generated.spice1 import (
    PROTOCOL,
    base,
    cursor,
    display,
    enums,
    inputs,
    main,
    playback,
    record,
    structs,
)

__all__ = [
    "PROTOCOL",
    "base",
    "cursor",
    "display",
    "enums",
    "inputs",
    "main",
    "playback",
    "record",
    "structs",
]
