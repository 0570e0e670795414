# Made by 'caraway proto build' from mux.proto; do not edit.
"""Messages of the protocol Mux."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry
from caraway.messages._generated.mux import mux

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Mux",
    {
        "mux": 1,
    },
    {
        ("mux", "server"): mux.SERVER,
        ("mux", "client"): mux.CLIENT,
    },
)
