"""Rounds in which everybody is measured in turns, and a watch over the rest of the machine."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping

from benchmarks import _machine
from benchmarks._client import WrongAnswer
from benchmarks._figures import Metric, Result, Sample
from benchmarks._servers import ServerFailed

#: What others may take of the machine before figures are doubted.
ALLOWED_SHARE = 0.05


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def choose(
    parser: argparse.ArgumentParser, option: str, given: str | None, known: list[str]
) -> list[str]:
    """Those of ``known`` that were asked for, in their order; all where nothing was."""
    if given is None:
        return known
    chosen = given.split(",")
    if unknown := [name for name in chosen if name not in known]:
        parser.error(f"{option} {unknown[0]}: not one of {', '.join(known)}")
    return [name for name in known if name in chosen]


class Others:
    """Watches what programs that are not ours take of the machine."""

    def __init__(self) -> None:
        self._since = self._read()

    @staticmethod
    def _read() -> tuple[float, float]:
        return time.monotonic(), _machine.busy_s() - _machine.cpu_s(os.getpid())

    def share(self) -> float:
        """Their share of all processors since the start."""
        (before, taken_before), (now, taken) = self._since, self._read()
        processors = os.cpu_count() or 1
        return max(0.0, (taken - taken_before) / (now - before) / processors)

    def warn(self) -> float:
        """Say so where they took too much; returns their share."""
        share = self.share()
        if share > ALLOWED_SHARE:
            say(
                f"warning: other programs took {share:.0%} of the machine; these figures say little"
            )
        return share


def take_turns(metric: Metric, turns: Mapping[str, Callable[[], Sample]], rounds: int) -> Result:
    """Measure one after the other, again and again.

    Raises:
        WrongAnswer: One failed; the text says which.
    """
    result = Result(metric)
    # The first round warms up.
    for number in range(rounds + 1):
        for name, take in turns.items():
            # What others have left to be written would slow this one down.
            os.sync()
            try:
                sample = take()
            except (WrongAnswer, ServerFailed, OSError) as error:
                raise WrongAnswer(f"{metric.name}, {name}: {error}") from error
            if number:
                result.add(name, sample)
            when = f"{number}/{rounds}" if number else "warm"
            value = f"{sample.value * metric.scale:12,.2f} {metric.unit}"
            say(f"{metric.name:<14}{when:<6}{name:<16}{value}")
    return result
