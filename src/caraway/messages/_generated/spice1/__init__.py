# Made by 'caraway proto build' from spice1.proto; do not edit.
"""Messages of the protocol Spice."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Spice",
    "caraway.messages._generated.spice1",
    {
        "main": 1,
        "display": 2,
        "inputs": 3,
        "cursor": 4,
        "playback": 5,
        "record": 6,
        "base": None,
    },
)
