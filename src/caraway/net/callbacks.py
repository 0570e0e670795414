"""Calls what users give to be called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


def tell(callback: Callable[P, None] | None, *args: P.args, **kwargs: P.kwargs) -> None:
    """Tell somebody of something that has happened already, and go on whatever comes of it.

    Args:
        callback: None where nobody wants to know. What it raises goes to the event loop's
            exception handler: others have to be told as well.
    """
    if callback is None:
        return
    try:
        callback(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - reported; others are to be told too
        asyncio.get_running_loop().call_exception_handler(
            {"message": "a function that was to be told something has failed", "exception": error}
        )
