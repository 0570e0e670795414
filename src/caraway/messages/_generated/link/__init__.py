# Made by 'caraway proto build' from link.proto; do not edit.
"""Messages of the protocol Link."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Link",
    "caraway.messages._generated.link",
    {
        "link": 1,
    },
)
