# Made by 'caraway proto build' from link.proto; do not edit.
"""Messages of the protocol Link."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry
from caraway.messages._generated.link import link

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Link",
    {
        "link": 1,
    },
    {
        ("link", "server"): link.SERVER,
        ("link", "client"): link.CLIENT,
    },
)
