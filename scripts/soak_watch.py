"""The soak's processes, what they hold, and when that counts as flat."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
#: The last quarter may have a tenth more than the second one, and as much besides.
_GROWTH: Final = 1.1
_MORE_KIB: Final = 2048
_MORE_DESCRIPTORS: Final = 3
_END_S: Final = 20.0
_LINES: Final = 20


@dataclass(frozen=True)
class Sample:
    """What a process holds."""

    memory_kib: int
    descriptors: int


class End:
    """A process of :mod:`scripts.soak_ends`, which can be killed and started again.

    Args:
        name: What it is called in reports.
        arguments: Of the process.
        log: What it says is added there.
    """

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.samples: list[Sample] = []
        self._command = [sys.executable, "-m", "scripts.soak_ends", *arguments]
        self._log = log
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def log(self) -> str:
        """What it has said, in all its lives."""
        return self._log.read_text(errors="backslashreplace")

    def last_words(self) -> str:
        """The end of what it has said, each line with its name."""
        return "\n".join(f"{self.name}: {line}" for line in self.log.splitlines()[-_LINES:])

    @property
    def has_ended(self) -> bool:
        """It has ended by itself."""
        return self._process.poll() is not None

    def tell(self, line: str) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def start(self) -> None:
        """Start it again, after it was killed: its samples begin anew."""
        self.samples.clear()
        self._process = self._start()

    def stop(self) -> str:
        """End it in order; what went wrong, or nothing."""
        self._process.terminate()
        try:
            code = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"{self.name}: it did not end within {_END_S:g} s of SIGTERM"
        self.kill()
        return f"{self.name}: it ended with {code}, not 0" if code else ""

    def cpu_s(self) -> float:
        """Seconds of the processor that it has taken in this life."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def sample(self) -> None:
        """Note what it holds; nothing where it is gone."""
        folder = Path(f"/proc/{self._process.pid}")
        try:
            found = re.search(r"^VmRSS:\s+([0-9]+) kB", (folder / "status").read_text(), re.M)
            count = len(list((folder / "fd").iterdir()))
        except OSError:
            return
        if found is not None:
            self.samples.append(Sample(int(found[1]), count))


@dataclass(frozen=True)
class Flatness:
    """Medians of the second and the last quarter of a life."""

    memory_kib: tuple[float, float]
    descriptors: tuple[float, float]

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Flatness | None:
        """None for lives of which there are fewer than eight samples."""
        quarter = len(samples) // 4
        if quarter < 2:
            return None
        second, last = samples[quarter : 2 * quarter], samples[-quarter:]
        return cls(
            (median(s.memory_kib for s in second), median(s.memory_kib for s in last)),
            (median(s.descriptors for s in second), median(s.descriptors for s in last)),
        )

    def faults(self, name: str) -> list[str]:
        """What is not flat."""
        found = []
        before, after = self.memory_kib
        if after > before * _GROWTH + _MORE_KIB:
            found.append(f"{name}: its memory grew from {before:.0f} to {after:.0f} KiB")
        before, after = self.descriptors
        if after > before + _MORE_DESCRIPTORS:
            found.append(f"{name}: its descriptors grew from {before:g} to {after:g}")
        return found


class Pace:
    """Keeps all processes together below a share of one core.

    Args:
        ends: The processes besides this one.
        cores: The share.
    """

    def __init__(self, ends: Sequence[End], *, cores: float) -> None:
        self._ends = ends
        self._cores = cores
        self._begun = time.monotonic()
        self._before = self.used_s()

    def used_s(self) -> float:
        """Seconds of the processor that were used so far."""
        return sum(os.times()[:4]) + sum(end.cpu_s() for end in self._ends)

    @property
    def load(self) -> float:
        """Cores in use, on the average."""
        return (self.used_s() - self._before) / max(1e-9, time.monotonic() - self._begun)

    def delay_s(self) -> float:
        """For how long to do nothing."""
        used = self.used_s() - self._before
        return max(0.0, used / self._cores - (time.monotonic() - self._begun))
