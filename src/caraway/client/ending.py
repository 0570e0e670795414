"""Why a session has ended, which a server does not say."""

from __future__ import annotations

from caraway.client.connections import Connections
from caraway.client.opener import server_still_accepts
from caraway.errors import CarawayError, ClosedError, ConnectError, TakenOver


async def why_ended(connections: Connections, error: CarawayError) -> CarawayError:
    """What it means that the main channel is gone.

    Args:
        error: How it went.
    """
    where = connections.opener.endpoint.describe()
    if type(error) is ClosedError:
        return await _why_closed(connections, where)
    if type(error) is ConnectError:
        return ConnectError(f"{where}: {error}")
    return error


async def _why_closed(connections: Connections, where: str) -> CarawayError:
    # Asked at once: one that starts again would answer in a while.
    if not await server_still_accepts(connections.opener):
        return ConnectError(
            f"{where} is gone: the virtual machine was switched off, or its host cannot be reached"
        )
    if not await connections.end_at_once():
        return ClosedError(
            f"{where} closed the main channel of this session and no other, without a reason"
        )
    return TakenOver(
        f"{where} ended this session:"
        " another client connected, or an administrator disconnected us",
        hint="connecting again would disconnect the other client in turn",
    )
