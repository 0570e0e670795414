"""What benchmarks make of their samples: medians, ratios, verdicts, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

OURS = "caraway"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure of ours has to be.

    Attributes:
        bound: Of the ratio to the peer's figure, or of our own figure without a peer.
        peer: Whose figure ours is divided by.
        of: Which of ours it is, where there are several.
    """

    bound: float
    peer: str | None = None
    of: str = OURS


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is measured.

    Attributes:
        name: What ``--only`` calls it.
        title: What it is called in the table.
        scale: What a sample is multiplied by to be shown in ``unit``.
        more_is_better: Goals are lower bounds; else they are upper ones.
    """

    name: str
    title: str
    unit: str
    goals: tuple[Goal, ...]
    more_is_better: bool = True
    scale: float = 1.0


@dataclass(slots=True)
class Sample:
    """One measurement of one server.

    Attributes:
        value: In the base unit of its metric.
        details: Other figures that came with it.
    """

    value: float
    details: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal and what was reached.

    Attributes:
        reached: None where the peer was not measured.
    """

    goal: Goal
    reached: float | None
    more_is_better: bool

    @property
    def met(self) -> bool | None:
        if self.reached is None:
            return None
        if self.more_is_better:
            return self.reached >= self.goal.bound
        return self.reached <= self.goal.bound

    def __str__(self) -> str:
        sign = "≥" if self.more_is_better else "≤"
        unit = "× " + self.goal.peer if self.goal.peer else ""
        reached = "not measured" if self.reached is None else f"{self.reached:.2f}"
        if self.goal.of != OURS:
            reached = f"{self.goal.of}: {reached}"
        words = {True: "met", False: "MISSED", None: ""}[self.met]
        return f"{reached} ({sign} {self.goal.bound:g}{unit}) {words}".rstrip()


@dataclass(slots=True)
class Result:
    """All samples of one metric, by server."""

    metric: Metric
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def add(self, name: str, sample: Sample) -> None:
        """Keep one more."""
        self.samples.setdefault(name, []).append(sample)

    def figure(self, name: str) -> float | None:
        """The median of a server's samples; None where there is none."""
        samples = self.samples.get(name)
        return median(sample.value for sample in samples) if samples else None

    def ratio(self, name: str, peer: str) -> float | None:
        """One server's median as a multiple of another's."""
        own, others = self.figure(name), self.figure(peer)
        return own / others if own is not None and others else None

    def details(self, name: str) -> dict[str, float]:
        """Medians of what came with a server's samples."""
        gathered: dict[str, list[float]] = {}
        for sample in self.samples.get(name, []):
            for key, value in sample.details.items():
                gathered.setdefault(key, []).append(value)
        return {key: median(values) for key, values in gathered.items()}

    def verdicts(self) -> list[Verdict]:
        """What became of each goal."""
        found = []
        for goal in self.metric.goals:
            if goal.peer is None:
                own = self.figure(goal.of)
                reached = None if own is None else own * self.metric.scale
            else:
                reached = self.ratio(goal.of, goal.peer)
            found.append(Verdict(goal, reached, self.metric.more_is_better))
        return found

    def to_json(self) -> dict[str, object]:
        """Everything, as plain values."""
        return {
            "name": self.metric.name,
            "title": self.metric.title,
            "unit": self.metric.unit,
            "servers": {
                name: {
                    "median": (self.figure(name) or 0.0) * self.metric.scale,
                    "samples": [sample.value * self.metric.scale for sample in samples],
                    "details": self.details(name),
                }
                for name, samples in self.samples.items()
            },
            "goals": [
                {
                    "of": verdict.goal.of,
                    "peer": verdict.goal.peer,
                    "bound": verdict.goal.bound,
                    "reached": verdict.reached,
                    "met": verdict.met,
                }
                for verdict in self.verdicts()
            ],
        }


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of all do not exceed.

    >>> percentile([3, 1, 2, 4], 0.5), percentile([3, 1, 2, 4], 0.95)
    (2, 4)

    Raises:
        ValueError: There are none.
    """
    if not values:
        raise ValueError("no values have no percentile")
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def show(value: float) -> str:
    """A figure with three digits that count.

    >>> show(21456.7), show(321.98), show(1.2345)
    ('21,457', '322', '1.23')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def _rows(results: Sequence[Result], servers: Sequence[str]) -> list[list[str]]:
    """What is measured, how it came out, and what became of the goals."""
    rows = [["", "unit", *servers, "reached (goal)"]]
    for result in results:
        metric = result.metric
        figures = [result.figure(name) for name in servers]
        shown = ["–" if figure is None else show(figure * metric.scale) for figure in figures]
        verdicts = "; ".join(map(str, result.verdicts()))
        rows.append([metric.title, metric.unit, *shown, verdicts])
    return rows


def _detail_rows(results: Sequence[Result], servers: Sequence[str]) -> list[list[str]]:
    """What came along with the figures; only the head where there is nothing."""
    rows = [["", "", *servers]]
    for result in results:
        details = {name: result.details(name) for name in servers}
        for key in dict.fromkeys(key for found in details.values() for key in found):
            shown = [show(found[key]) if key in found else "–" for found in details.values()]
            rows.append([result.metric.title, key, *shown])
    return rows


def _as_markdown(rows: Sequence[Sequence[str]], figures: int) -> str:
    rules = ["---", "---", *["---:"] * figures]
    lines = [rows[0], rules + ["---"] * (len(rows[0]) - len(rules)), *rows[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _as_text(rows: Sequence[Sequence[str]], figures: int) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if 2 <= at < 2 + figures else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def tables(results: Sequence[Result], servers: Sequence[str], *, as_markdown: bool) -> str:
    """Figures and goals, and below them what came along.

    Args:
        servers: The columns.
        as_markdown: For a document; else for a terminal.
    """
    layout = _as_markdown if as_markdown else _as_text
    parts = [_rows(results, servers), _detail_rows(results, servers)]
    return "\n\n".join(layout(rows, len(servers)) for rows in parts if len(rows) > 1)
