"""How long to wait before something is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

#: Seconds: the first time, and at most.
FIRST_S: Final = 1.0
LONGEST_S: Final = 30.0
#: What has stood so long has been well: the next time is a first one, seconds. Longer than
#: :data:`LONGEST_S`: of two clients that take each other's place, each stands for as long as
#: the other one waits.
LASTING_S: Final = 90.0
#: By how much of it a delay may be shorter, so that not all come back at once.
_JITTER: Final = 0.25


class Backoff:
    """Delays that double.

    Args:
        chance: A number from 0 up to 1, anew each time.

    >>> backoff = Backoff(chance=lambda: 0.0)
    >>> [backoff.next_delay(0.0) for _ in range(7)]
    [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    >>> backoff.next_delay(stood_s=100.0)
    1.0
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._delay = FIRST_S

    def next_delay(self, stood_s: float) -> float:
        """How long to wait now, seconds.

        Args:
            stood_s: How long what has ended now had stood.
        """
        if stood_s >= LASTING_S:
            self._delay = FIRST_S
        delay = self._delay
        self._delay = min(2 * delay, LONGEST_S)
        return delay * (1 - _JITTER * self._chance())
