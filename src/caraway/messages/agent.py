"""What travels between a client and the agent in the guest.

Layouts depend on what both ends announced: ``minor`` is 0 without the
clipboard capabilities, 1 with CLIPBOARD_SELECTION, 2 with
CLIPBOARD_GRAB_SERIAL too.
"""

from __future__ import annotations

from caraway.messages._generated.agent import (
    PROTOCOL,
    agent,
    agent_stream,
    enums,
    filexferdetail,
    structs,
)

__all__ = ["PROTOCOL", "agent", "agent_stream", "enums", "filexferdetail", "structs"]
