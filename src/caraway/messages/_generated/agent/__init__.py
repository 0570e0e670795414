# Made by 'caraway proto build' from agent.proto; do not edit.
"""Messages of the protocol Agent."""

from __future__ import annotations

from typing import Final

from caraway.wire.registry import Registry
from caraway.messages._generated.agent import agent, agent_stream, filexferdetail

#: Every message, by channel, direction and number or name.
PROTOCOL: Final = Registry(
    "Agent",
    {
        "agent": 1,
        "agent_stream": 2,
        "filexferdetail": None,
    },
    {
        ("agent", "server"): agent.SERVER,
        ("agent", "client"): agent.CLIENT,
        ("agent_stream", "server"): agent_stream.SERVER,
        ("agent_stream", "client"): agent_stream.CLIENT,
        ("filexferdetail", "server"): filexferdetail.SERVER,
        ("filexferdetail", "client"): filexferdetail.CLIENT,
    },
)
