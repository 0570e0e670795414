"""How many examples a property is tried with."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings


def examples(count: int) -> Callable[[Any], Any]:
    """Try a test with ``count`` examples, or as many times that as EFFORT in the environment says.

    >>> import os
    >>> os.environ["EFFORT"] = "50"  # such as EFFORT=50 pytest tests/property, for a night
    """
    times = int(os.environ.get("EFFORT", "1"))
    # Messages are drawn by their layout, which takes its time for the larger ones.
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=count * times, suppress_health_check=slow)
