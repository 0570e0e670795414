"""What the values of a discriminator select in two versions of a switch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caraway.idl.model import Case, Item, Switch


@dataclass(frozen=True, slots=True)
class Choice:
    """What one value of a discriminator selects in both descriptions.

    Attributes:
        is_known: The old description lists the value.
    """

    label: str
    is_known: bool
    old: Case | None
    new: Case | None


def by_value(old: Switch, new: Switch) -> list[Choice]:
    """What each value selects, each pair of cases once; the order of cases does not matter."""
    names = {item.value: item.name for item in [*new.on.items, *old.on.items]}
    known = {item.value for item in old.on.items}
    selected = []
    for switch in (old, new):
        cases: dict[int | None, Case] = {}
        for case in switch.cases:
            for label in case.labels:
                cases.setdefault(label.item.value if label.item else None, case)
        selected.append(cases)
    choices: dict[tuple[int, int, bool], Choice] = {}
    for value in [*sorted(names), None]:
        before, after = (cases.get(value, cases.get(None)) for cases in selected)
        words = "other values" if value is None else names[value]
        if before or after:
            choice = Choice(words, value in known, before, after)
            choices.setdefault((id(before), id(after), choice.is_known), choice)
    return list(choices.values())


def by_flags(old: Switch, new: Switch) -> list[Choice] | None:
    """The cases in order, or None where their conditions differ.

    Conditions may be added at the end: a value that reaches them had no case before.
    """
    before, after = list(_conditions(old)), list(_conditions(new))
    if [key for key, *_ in before] != [key for key, *_ in after[: len(before)]]:
        return None
    known = {item.value for item in old.on.items}
    choices: dict[tuple[int, int], Choice] = {}
    for index, ((bit, negated), words, case) in enumerate(after):
        earlier = before[index][2] if index < len(before) else None
        is_known = bit is None or negated or bit in known
        choice = Choice(words, is_known, earlier, case)
        choices.setdefault((id(earlier), id(case)), choice)
    return list(choices.values())


def _conditions(switch: Switch) -> Iterator[tuple[tuple[int | None, bool], str, Case]]:
    for case in switch.cases:
        for label in case.labels:
            bit = label.item.value if label.item else None
            yield (bit, label.negated), _shown_label(label.item, label.negated), case


def _shown_label(item: Item | None, negated: bool) -> str:
    return "default" if item is None else f"{'!' * negated}{item.name}"


def shown_labels(switch: Switch) -> str:
    """The conditions of all cases in a few words."""
    return ", ".join(label for _, label, _ in _conditions(switch))
