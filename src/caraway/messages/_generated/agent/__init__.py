# Made by 'caraway proto build' from agent.proto; do not edit.
"""Messages of the protocol Agent."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Agent",
    "caraway.messages._generated.agent",
    {
        "agent": 1,
        "agent_stream": 2,
        "filexferdetail": None,
    },
)
