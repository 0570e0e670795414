"""What became of each stage on the way to a session."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from caraway.errors import CarawayError
from caraway.net.endpoint import Endpoint
from caraway.net.tls import Certificate

__all__ = ["Report", "StageReport", "stages_of"]

State = Literal["not reached", "begun", "ok", "failed", "not tried"]


@dataclass(slots=True)
class StageReport:
    """One stage.

    Attributes:
        found: In a line for people; further lines say more.
        facts: The same for programs.
        elapsed_s: How long it took; None where it did not happen.
    """

    name: str
    state: State = "not reached"
    found: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    elapsed_s: float | None = None
    begun_at: float = 0.0


class Report:
    """All stages, in their order.

    Attributes:
        error: What the one that failed failed of.
        refused: The certificate that it failed of, if it was one.

    Args:
        on_settled: Called with each stage as soon as it is known what became of it.
    """

    def __init__(
        self, endpoint: Endpoint, *, on_settled: Callable[[StageReport], None] | None = None
    ) -> None:
        self.endpoint = endpoint
        self.stages = {name: StageReport(name) for name in stages_of(endpoint)}
        self.error: CarawayError | None = None
        self.refused: Certificate | None = None
        self._on_settled = on_settled
        self._current: StageReport | None = None

    def begin(self, name: str) -> None:
        """A stage begins; one that is over is not begun again."""
        stage = self.stages.get(name)
        if stage is not None and stage.state in ("not reached", "begun"):
            stage.state = "begun"
            stage.begun_at = time.monotonic()
            self._current = stage

    def time(self, name: str) -> None:
        """A stage is over; what was found comes later."""
        stage = self.stages.get(name)
        if stage is not None and stage.elapsed_s is None:
            stage.elapsed_s = time.monotonic() - stage.begun_at

    def settle(self, name: str, *found: str, **facts: object) -> None:
        """A stage went well."""
        stage = self.stages.get(name)
        if stage is not None and stage.state == "begun":
            self.time(name)
            self._settle(stage, "ok", found, facts)

    def refuse(self, name: str, certificate: Certificate, *found: str, **facts: object) -> None:
        """What a stage saw that fails of it."""
        self.refused = certificate
        stage = self.stages.get(name)
        if stage is not None:
            stage.found += found
            stage.facts.update(facts)

    def fail(self, error: CarawayError) -> None:
        """The stage that began last failed."""
        self.error = error
        stage = self._current or next(iter(self.stages.values()))
        if stage.state != "begun":
            # Between two stages: it is the next one that did not come about.
            rest = (each for each in self.stages.values() if each.state == "not reached")
            stage = next(rest, stage)
        else:
            self.time(stage.name)
        found = (str(error), *([f"hint: {error.hint}"] if error.hint else []))
        facts: dict[str, object] = {
            "error": type(error).__name__,
            "message": str(error),
            "hint": error.hint,
        }
        self._settle(stage, "failed", found, facts)
        self._settle_rest("not reached")

    def stop(self) -> None:
        """What was not reached is not to be tried."""
        self._settle_rest("not tried")

    def _settle_rest(self, state: State) -> None:
        for stage in self.stages.values():
            if stage.state in ("not reached", "begun"):
                self._settle(stage, state, (), {})

    def _settle(
        self, stage: StageReport, state: State, found: tuple[str, ...], facts: dict[str, object]
    ) -> None:
        stage.state = state
        stage.found[:0] = found
        stage.facts.update(facts)
        if self._on_settled is not None:
            self._on_settled(stage)

    def as_dict(self) -> dict[str, object]:
        """All of it, for programs."""
        return {
            "where": self.endpoint.describe(),
            "ok": self.error is None,
            "exit_code": 0 if self.error is None else self.error.exit_code,
            "stages": [
                {
                    "name": stage.name,
                    "state": stage.state,
                    "seconds": None if stage.elapsed_s is None else round(stage.elapsed_s, 6),
                    **stage.facts,
                }
                for stage in self.stages.values()
            ],
        }


def stages_of(endpoint: Endpoint) -> list[str]:
    """The stages on the way to a server, in their order.

    >>> stages_of(Endpoint("host", 5900))[:3]
    ['resolve', 'tcp', 'link']
    """
    names = ["unix"] if endpoint.unix_path is not None else ["resolve", "tcp"]
    if endpoint.proxy is not None:
        names.append("proxy")
    if endpoint.has_tls:
        names.append("tls")
    if endpoint.websocket is not None:
        names.append("websocket")
    return [*names, "link", "authentication", "main", "channels", "agent", "ports"]
