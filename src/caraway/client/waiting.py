"""Has a channel wait until others have come as far as the server says: WAIT_FOR_CHANNELS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from caraway.messages import base
from caraway.net.connection import ChannelConnection

#: How long a channel waits for others, seconds. Upstream's client waits for ever, and
#: channels may be told to wait for each other.
MAX_WAIT_S: Final = 10.0
_STEP_S: Final = 0.01


async def hold(
    connection: ChannelConnection[Any],
    event: base.ServerWaitForChannels,
    find: Callable[[tuple[int, int]], ChannelConnection[Any] | None],
) -> None:
    """Release a channel, which is held already, when others have come far enough.

    Args:
        find: The channel of a kind and number; one that is not there is not waited for.
    """

    def has_come(wait: Any) -> bool:
        other = find((wait.channel_type, wait.channel_id))
        return other is None or other.channel.received_serial >= wait.message_serial

    now = asyncio.get_running_loop().time
    deadline = now() + MAX_WAIT_S
    try:
        while now() < deadline and not connection.is_closed:
            if all(has_come(each) for each in event.wait_list):
                return
            await asyncio.sleep(_STEP_S)
    finally:
        connection.release()
