from __future__ import annotations
import asyncio
from collections.abc import Callable
from typing import TypeVar
from caraway.net.endpoint import Endpoint

P = TypeVar("P", bound=asyncio.Protocol)


async def dial(
    endpoint: Endpoint, factory: Callable[[], P], *, secure: bool, timeout_s: float
) -> P: ...
