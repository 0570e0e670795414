"""What the programs of a soak know and count."""

from __future__ import annotations

from dataclasses import dataclass, field

from scripts.soak_connection import Content


class Violation(Exception):
    """Something happened that must not."""


#: What files may be: by name, None for what is not there.
State = dict[str, Content | None]


@dataclass
class Tally:
    """What all programs have done.

    Attributes:
        seconds: How long each request took that was answered, by its kind.
        bytes_moved: Of files, in both directions.
        checked: Answers whose content was compared.
        interrupted: Requests that ended with their connections.
        killed: Programs, in the middle of a request.
        stopped: Programs, for a while.
        settled: Times that files were right after an interruption.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    bytes_moved: int = 0
    checked: int = 0
    interrupted: int = 0
    killed: int = 0
    stopped: int = 0
    settled: int = 0
    violations: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """All that were answered."""
        return sum(map(len, self.seconds.values()))

    def note(self, choice: str, seconds: float) -> None:
        """A request was answered."""
        self.seconds.setdefault(choice, []).append(seconds)
