# Made by 'caraway proto build' from spice.proto; do not edit.
"""Messages of the protocol Spice."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry
from caraway.messages._generated.spice import base, cursor, display, inputs, main, playback, port, record, smartcard, spicevmc, tunnel, usbredir, vscpayload, webdav

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
        "tunnel": 7,
        "smartcard": 8,
        "usbredir": 9,
        "port": 10,
        "webdav": 11,
        "base": None,
        "vscpayload": None,
        "spicevmc": None,
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
        ("tunnel", "server"): tunnel.SERVER,
        ("tunnel", "client"): tunnel.CLIENT,
        ("smartcard", "server"): smartcard.SERVER,
        ("smartcard", "client"): smartcard.CLIENT,
        ("usbredir", "server"): usbredir.SERVER,
        ("usbredir", "client"): usbredir.CLIENT,
        ("port", "server"): port.SERVER,
        ("port", "client"): port.CLIENT,
        ("webdav", "server"): webdav.SERVER,
        ("webdav", "client"): webdav.CLIENT,
        ("base", "server"): base.SERVER,
        ("base", "client"): base.CLIENT,
        ("vscpayload", "server"): vscpayload.SERVER,
        ("vscpayload", "client"): vscpayload.CLIENT,
        ("spicevmc", "server"): spicevmc.SERVER,
        ("spicevmc", "client"): spicevmc.CLIENT,
    },
)
