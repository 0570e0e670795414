# Made by 'caraway proto build' from spice.proto; do not edit.
"""Messages of the protocol Spice."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Spice",
    "caraway.messages._generated.spice",
    {
        "main": 1,
        "display": 2,
        "inputs": 3,
        "cursor": 4,
        "playback": 5,
        "record": 6,
        "tunnel": 7,
        "smartcard": 8,
        "usbredir": 9,
        "port": 10,
        "webdav": 11,
        "base": None,
        "vscpayload": None,
        "spicevmc": None,
    },
)
