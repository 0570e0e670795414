"""A SPICE client to be maltreated: ``spice_attacked.py URI SECONDS``.

Connects, stays until the session ends or for so many seconds, and prints how
it went and the most memory it had, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from caraway.client import connect
from caraway.errors import CarawayError


async def visit(uri: str, seconds: float) -> str:
    """How a session went: the name of an error, or ``stayed``."""
    try:
        async with connect(uri, password="secret", timeout_s=seconds) as session:
            async with asyncio.timeout(seconds):
                return type(await session.wait_ended()).__name__
    except TimeoutError as error:
        return type(error).__name__ if isinstance(error, CarawayError) else "stayed"
    except CarawayError as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    begin = time.monotonic()
    outcome = asyncio.run(visit(sys.argv[1], float(sys.argv[2])))
    found = re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())
    assert found
    print(json.dumps([outcome, time.monotonic() - begin, int(found[1])]))
