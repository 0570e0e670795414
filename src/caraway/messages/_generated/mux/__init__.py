# Made by 'caraway proto build' from mux.proto; do not edit.
"""Messages of the protocol Mux."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Mux",
    "caraway.messages._generated.mux",
    {
        "mux": 1,
    },
)
