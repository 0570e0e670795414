"""How generated constructors derive the numbers that count arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from caraway.idl.backends.python_code import case_condition
from caraway.idl.model import (
    Array,
    ByteCount,
    Case,
    Count,
    Member,
    Pointer,
    Struct,
    Switch,
    Type,
)
from caraway.idl.naming import python_attribute

Path = tuple[str, ...]


def derived_counts(struct: Struct) -> dict[str, str]:
    """For each member that counts, or holds what counts, the expression that derives it.

    Where arrays share a count it is the length of the first. Expressions name
    the constructor's parameters.
    """
    found: dict[str, str] = {}
    for holder in struct.members:
        for path, length in _lengths(holder):
            counting = struct.member(path[0])
            if counting is None or counting.virtual is not None:
                continue
            if isinstance(counting.type, Switch):
                # The count is in a union itself: None where its own case is not chosen.
                length = _chosen(counting.type, _named(path[1], length), "None")
            found.setdefault(path[0], length)
    return found


def count_paths(struct: Struct) -> set[Path]:
    """The paths of all members that count an array of ``struct``."""
    return {path for holder in struct.members for path, _ in _lengths(holder)}


def _lengths(holder: Member) -> Iterator[tuple[Path, str]]:
    """The counts of the arrays in a member, each with the expression of what it should be."""
    value = python_attribute(holder.name)
    if isinstance(holder.type, Switch):
        counts = dict.fromkeys(_counted_by(case.member.type) for case in holder.type.cases)
        for path in counts:
            if path is not None:
                yield path, _chosen(holder.type, _counting(path, value), "0")
    elif path := _counted_by(holder.type):
        yield path, _length(holder.type, value, in_union=False)


def _array(type_: Type) -> Type:
    return type_.target if isinstance(type_, Pointer) else type_


def _counted_by(type_: Type) -> Path | None:
    array = _array(type_)
    if isinstance(array, Array) and isinstance(array.size, Count | ByteCount):
        return array.size.path
    return None


def _counting(path: Path, value: str) -> Callable[[Case], str | None]:
    def length(case: Case) -> str | None:
        if _counted_by(case.member.type) != path:
            return None
        return _length(case.member.type, value, in_union=True)

    return length


def _named(name: str, length: str) -> Callable[[Case], str | None]:
    return lambda case: length if case.member.name == name else None


def _length(type_: Type, value: str, *, in_union: bool) -> str:
    """What counts an array; ``in_union`` its value may be None, or that of another case."""
    array = _array(type_)
    in_bytes = isinstance(array, Array) and isinstance(array.size, ByteCount)
    element = array.element if isinstance(array, Array) else array
    if in_bytes and isinstance(element, Struct):
        return f"_measure({value})"
    if in_union:
        length = f"_length({value})"
    elif isinstance(type_, Pointer):
        length = f"(0 if {value} is None else _len({value}))"
    else:
        length = f"_len({value})"
    width = getattr(element, "bits", 8) // 8
    return f"{width} * {length}" if in_bytes and width > 1 else length


def _chosen(switch: Switch, of: Callable[[Case], str | None], otherwise: str) -> str:
    """An expression that is ``of(case)`` for the case of ``switch`` that matches."""
    selector = ".".join(map(python_attribute, switch.path))
    parts: list[tuple[str, str]] = []
    last = otherwise
    for case in switch.cases:
        condition = case_condition(case, selector, is_flags=switch.on.is_flags)
        value = of(case) or otherwise
        if not condition:
            last = value
            break
        if parts and parts[-1][1] == value:
            parts[-1] = (f"{parts[-1][0]} or {condition}", value)
        else:
            parts.append((condition, value))
    if parts and parts[-1][1] == last:
        parts.pop()
    return f"({''.join(f'{value} if {condition} else ' for condition, value in parts)}{last})"
