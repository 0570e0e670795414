"""Compares the enums and flags of two descriptions by the names and numbers of their items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from caraway.idl.diff_parts import shown
from caraway.idl.diff_rules import RULES, Report
from caraway.idl.model import Description, Enumeration, Item

#: Pairs of enums, by their names, that a member has in the old and the new
#: description, and the first such member.
Used = Mapping[tuple[str, str], tuple[Enumeration, Enumeration, str]]


def compare_enums(old: Description, new: Description, used: Used, report: Report) -> None:
    """Report what differs between the declared enums, and where a member has another one."""
    before = {enumeration.name: enumeration for enumeration in old.enums}
    after = {enumeration.name: enumeration for enumeration in new.enums}
    renamed: dict[str, str] = {}
    for was, now in used:
        if was not in after and now not in before and was not in renamed.values():
            renamed.setdefault(now, was)
    for (was, now), (earlier, later, where) in used.items():
        if was != now and renamed.get(now) != was:
            _compare_other(earlier, later, where, report)
    for name, enumeration in after.items():
        origin = before.get(renamed.get(name, name))
        if origin is None:
            report("enum-added", f"enum {name}", "added", None, None)
        else:
            if origin.name != name:
                report("enum-renamed", f"enum {name}", f"was '{origin.name}'", None, None)
            is_used = (origin.name, name) in used
            for rule, place, what in _differences(origin, enumeration, is_used=is_used):
                report(rule, f"enum {name}{place}", what, None, None)
    for name in before:
        if name not in after and name not in renamed.values():
            report("enum-removed", f"enum {name}", "removed", None, None)


def _compare_other(old: Enumeration, new: Enumeration, where: str, report: Report) -> None:
    """A member takes its values from an enum of another name."""
    what = f"{shown(new)}, was {shown(old)}"
    if old.bits != new.bits:
        report("width", where, what, None, None)
    rules = {rule for rule, _, _ in _differences(old, new, is_used=False)}
    is_broken = any(RULES[rule][0] == "breaking" for rule in rules)
    report("enum-mistaken" if is_broken else "enum-swapped", where, what, None, None)


def _differences(
    old: Enumeration, new: Enumeration, *, is_used: bool
) -> Iterator[tuple[str, str, str]]:
    """The rule, the item as ``.NAME`` and the words for each difference."""
    if old.bits != new.bits:
        rule = "enum-width" if is_used else "enum-width-unused"
        yield rule, "", f"{new.bits} bits, were {old.bits}"
    if old.is_flags != new.is_flags:
        yield "enum-kind", "", f"{shown(new)}, was {shown(old)}"
    named = {item.name: item for item in old.items}
    names = {item.name for item in new.items}
    gone = [item for item in old.items if item.name not in names]
    loose = {item.value: item for item in reversed(gone)}
    for item in new.items:
        place = f".{item.name}"
        same = named.get(item.name)
        origin = same or loose.pop(item.value, None)
        if origin is None:
            yield "item-added", place, f"added as {_value(new, item)}"
        elif origin.value != item.value:
            yield "item-renumbered", place, f"{_value(new, item)}, was {_value(old, origin)}"
        elif same is None:
            gone.remove(origin)
            yield "item-renamed", place, f"was '{origin.name}'"
    still = {item.value: item.name for item in new.items}
    for item in gone:
        if item.value in still:
            yield "item-renamed", f".{still[item.value]}", f"was '{item.name}' too"
        else:
            yield "item-removed", f".{item.name}", f"removed, was {_value(old, item)}"


def _value(enumeration: Enumeration, item: Item) -> str:
    return hex(item.value) if enumeration.is_flags else str(item.value)
