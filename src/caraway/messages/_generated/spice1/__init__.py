# Made by 'caraway proto build' from spice1.proto; do not edit.
"""Messages of the protocol Spice."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry
from caraway.messages._generated.spice1 import base, cursor, display, inputs, main, playback, record

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Spice",
    {
        "main": 1,
        "display": 2,
        "inputs": 3,
        "cursor": 4,
        "playback": 5,
        "record": 6,
        "base": None,
    },
    {
        ("main", "server"): main.SERVER,
        ("main", "client"): main.CLIENT,
        ("display", "server"): display.SERVER,
        ("display", "client"): display.CLIENT,
        ("inputs", "server"): inputs.SERVER,
        ("inputs", "client"): inputs.CLIENT,
        ("cursor", "server"): cursor.SERVER,
        ("cursor", "client"): cursor.CLIENT,
        ("playback", "server"): playback.SERVER,
        ("playback", "client"): playback.CLIENT,
        ("record", "server"): record.SERVER,
        ("record", "client"): record.CLIENT,
        ("base", "server"): base.SERVER,
        ("base", "client"): base.CLIENT,
    },
)
