"""What a soak has to say at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import Final

from scripts.soak_tally import Tally
from scripts.soak_watch import End, Flatness

#: Violations that are listed; more are only counted.
_LISTED: Final = 50


def table(
    tally: Tally,
    ends: Sequence[End],
    *,
    faults: Mapping[str, int],
    back_s: Sequence[float],
    cores: float,
) -> str:
    """What was done, what was held, and what must not have been.

    Args:
        tally: What programs have done.
        ends: The processes, with their samples.
        faults: How many of each kind there were.
        back_s: How long the folder was not served after each.
        cores: How many were used on the average.
    """
    lines = [f"{'request':10}{'done':>9}{'median':>11}{'99 of 100':>13}"]
    for name, seconds in sorted(tally.seconds.items()):
        last = quantiles(seconds, n=100)[-1] if len(seconds) > 1 else seconds[0]
        lines.append(f"{name:10}{len(seconds):9}{median(seconds):9.3f} s{last:11.3f} s")
    lines += [
        f"{tally.bytes_moved >> 20} MiB moved, {tally.checked} answers compared, {cores:.2f} cores",
        "faults: " + (", ".join(f"{name} {faults[name]}" for name in sorted(faults)) or "none"),
        f"programs: killed {tally.killed}, stopped {tally.stopped}",
        f"requests ended by faults: {tally.interrupted};"
        f" files right after an interruption: {tally.settled}",
    ]
    if back_s:
        lines.append(f"back after {median(back_s):.2f} s, at most {max(back_s):.2f} s")
    lines += map(_held, ends)
    lines += tally.violations[:_LISTED]
    lines.append(f"violations: {len(tally.violations)}")
    return "\n".join(lines)


def _held(end: End) -> str:
    flatness = Flatness.of(end.samples)
    if flatness is None:
        return f"{end.name}: too short to say whether it is flat"
    memory, descriptors = flatness.memory_kib, flatness.descriptors
    return (
        f"{end.name}: {memory[0] / 1024:.1f} → {memory[1] / 1024:.1f} MiB,"
        f" {descriptors[0]:g} → {descriptors[1]:g} descriptors,"
        f" from the second to the last quarter of {len(end.samples)} samples"
    )
