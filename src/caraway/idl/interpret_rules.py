"""Wire rules that reading and writing by the model have in common."""

from __future__ import annotations

from collections.abc import Mapping

from caraway.idl.model import Array, ByteCount, Case, Count, ImageSize, Member, Switch

#: A message as plain values, the kind that JSON carries: numbers; objects for
#: structs; lists for arrays; ``{"hex": …}`` for arrays of bytes; the target or
#: None for pointers; ``{case: value}`` or None for switches; None for descriptors.
Fields = int | str | None | list["Fields"] | dict[str, "Fields"]

#: Names that lead from a struct to one of its members or what is inside them.
Path = tuple[str, ...]


def join(path: str, name: str) -> str:
    """``path`` with one more name, as in ``data.src_area.top``."""
    return f"{path}.{name}" if path else name


def is_absent(member: Member, minor: int | None) -> bool:
    """Whether protocol minor ``minor`` (None for the newest) has no such member yet."""
    return member.minor is not None and minor is not None and minor < member.minor


def number_at(fields: Mapping[str, object], path: Path) -> int:
    """The number that ``path`` leads to; 0 where it is not on the wire."""
    value: object = fields
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, int) else 0


def counted_by(array: Array) -> Path | None:
    """Where the number stands that says how long ``array`` is, or None."""
    return array.size.path if isinstance(array.size, Count | ByteCount) else None


def matching_case(switch: Switch, value: int) -> Case | None:
    """The first case that ``value`` selects, or None where nothing is on the wire."""
    for case in switch.cases:
        for label in case.labels:
            if label.item is None:
                return case
            if switch.on.is_flags:
                matches = (value & label.item.value != 0) is not label.negated
            else:
                matches = value == label.item.value
            if matches:
                return case
    return None


def image_length(size: ImageSize, width: int, rows: int) -> int | None:
    """Elements of an image whose rows each fill whole bytes; None for a size below 0."""
    if width < 0 or rows < 0:
        return None
    return (size.bits * width + 7) // 8 * rows
