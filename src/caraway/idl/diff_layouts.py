"""Compares the bytes of two message bodies, member by member.

A body is unfolded to the parts that stand on the wire, each with the path of
member names that leads to it. Structs are gone then: their names, and how
members are spread over them, do not matter as long as the paths stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from caraway.idl.diff_cases import Choice, by_flags, by_value, shown_labels
from caraway.idl.diff_parts import (
    Come,
    Kept,
    Part,
    Path,
    Row,
    aligned,
    is_signed,
    new_top,
    parts_of,
    prefixes,
    references,
    shown,
    shown_minor,
    shown_size,
)
from caraway.idl.diff_rules import Report
from caraway.idl.layout import fixed_size, has_pointers
from caraway.idl.model import (
    Array,
    ArraySize,
    Constant,
    Description,
    Enumeration,
    FileDescriptor,
    ImageSize,
    Integer,
    Pointer,
    Rest,
    Struct,
    Switch,
    Type,
)


class End(Enum):
    """What stands behind the last part of a record."""

    MESSAGE = "the end of the message"
    TARGET = "other targets"
    MORE = "more parts"


@dataclass(frozen=True, slots=True)
class Record:
    """Where a sequence of parts stands.

    Attributes:
        where: How the place is called.
        end: What follows its last part.
        renamed: Paths of old parts of this record and their paths now, as far as compared.
    """

    where: str
    end: End
    renamed: dict[Path, Path] = field(default_factory=dict)

    def at(self, path: Path) -> str:
        """How a part of the record is called."""
        return ".".join([self.where, *path])


class LayoutComparer:
    """Compares bodies of two descriptions and keeps what it learns about their enums.

    Attributes:
        enums: The enums of members that were compared, old and new, with the first such member.
    """

    def __init__(self, old: Description, new: Description, report: Report) -> None:
        self._pointer_sizes = old.pointer_size, new.pointer_size
        self._newest_minor = max(old.minors, default=0)
        self._report = report
        self.enums: dict[tuple[str, str], tuple[Enumeration, Enumeration, str]] = {}

    def compare(self, where: str, old: Struct, new: Struct) -> None:
        """Report what differs between two bodies of the message called ``where``."""
        # Targets stand behind the root, so that something may follow its last part.
        end = End.TARGET if has_pointers(old) or has_pointers(new) else End.MESSAGE
        self._records(Record(where, end), list(parts_of(old.members)), list(parts_of(new.members)))

    # Sequences

    def _records(self, record: Record, old: list[Part], new: list[Part]) -> None:
        silent = (
            {part.path: part for part in old if self._is_silent(part, 0)},
            {part.path: part for part in new if self._is_silent(part, 1)},
        )
        loud = (
            [part for part in old if part.path not in silent[0]],
            [part for part in new if part.path not in silent[1]],
        )
        paths = {part.path for part in loud[0]}
        around = prefixes(part.path for part in old), prefixes(part.path for part in new)
        self._silent_parts(record, silent, around)
        rows = aligned(*loud)
        last = max((i for i, row in enumerate(rows) if isinstance(row, Kept)), default=-1)
        for index, row in enumerate(rows):
            is_last = index > last and record.end is not End.MORE
            if isinstance(row, Kept):
                # Something follows the inner parts of all but the last one.
                is_end = index == len(rows) - 1
                self._pair(record if is_end else replace(record, end=End.MORE), row.old, row.new)
            elif isinstance(row, Come):
                part = row.part
                rule = self._rule_for_added(record, rows[index:], part, is_last=is_last)
                what = f"added{' at the end' * is_last}"
                if part.path in silent[0]:
                    what = "takes bytes now"
                elif part.path in paths:
                    rule, what = "moved", "at another place"
                elif part.minor is not None:
                    what = f"added from minor {part.minor} on"
                top = new_top(part, around[0])
                self._report(rule, record.at(top.path), what, None, top.member)
            else:
                rule = _rule_for_removed(row.part, is_last=is_last)
                what = "takes no bytes now" if row.part.path in silent[1] else "removed"
                top = new_top(row.part, around[1])
                self._report(rule, record.at(top.path), what, top.member, None)

    def _is_silent(self, part: Part, side: int) -> bool:
        """Whether a part takes no bytes, ever, and carries no descriptor either."""
        if part.member.virtual is not None:
            return True
        size = fixed_size(part.type, self._pointer_sizes[side])
        return size == 0 and not isinstance(part.type, FileDescriptor)

    def _silent_parts(
        self,
        record: Record,
        silent: tuple[dict[Path, Part], dict[Path, Part]],
        around: tuple[set[Path], set[Path]],
    ) -> None:
        old, new = silent
        for path, part in old.items():
            other = new.get(path)
            if other is None and path not in around[1]:
                self._report("silent", record.at(path), "removed", part.member, None)
            elif other is not None and part.member.virtual != other.member.virtual:
                what = f"the constant is {other.member.virtual}, was {part.member.virtual}"
                self._report("silent", record.at(path), what, part.member, other.member)
        for path, part in new.items():
            if path not in around[0]:
                self._report("silent", record.at(path), "added", None, part.member)

    def _rule_for_added(
        self, record: Record, rows: Sequence[Row], part: Part, *, is_last: bool
    ) -> str:
        if part.minor is not None and part.minor > self._newest_minor:
            return "minor-added"
        if isinstance(part.type, FileDescriptor):
            return "descriptor-added"
        if len(rows) == 1 and _is_rest(part):
            return "rest-appended" if record.end is End.MESSAGE else "rest-among-targets"
        return "appended" if is_last else "inserted"

    # One part

    def _pair(self, record: Record, old: Part, new: Part) -> None:
        record.renamed[old.path] = new.path
        self._names(record, old, new)
        where = record.at(new.path)
        if old.minor != new.minor:
            what = f"on the wire {shown_minor(new.minor)}, was {shown_minor(old.minor)}"
            self._report("minor", where, what, old.member, new.member)
        if old.member.zero and not new.member.zero:
            self._report("zero-removed", where, "carries a value now", old.member, new.member)
        elif new.member.zero and not old.member.zero:
            self._report("zero-added", where, "always zero now", old.member, new.member)
        self._types(record, old, new, old.type, new.type)

    def _names(self, record: Record, old: Part, new: Part) -> None:
        if len(old.path) != len(new.path):
            what = f"was '{'.'.join(old.path)}'"
            self._report("renamed", record.at(new.path), what, old.member, new.member)
            return
        for depth, (before, after) in enumerate(zip(old.chain, new.chain, strict=True)):
            if before.name != after.name:
                where = record.at(new.path[: depth + 1])
                self._report("renamed", where, f"was '{before.name}'", before, after)

    def _types(self, record: Record, old: Part, new: Part, before: Type, after: Type) -> None:
        match before, after:
            case (Integer() | Enumeration(), Integer() | Enumeration()):
                self._numbers(record, old, new, before, after)
            case Array(), Array():
                self._array_sizes(record, old, new, before.size, after.size)
                self._inner(record, old, new, before.element, after.element, "[]", End.MORE)
            case Pointer(), Pointer():
                if before.nonnull != after.nonnull:
                    rule = "nonnull-added" if after.nonnull else "nonnull-removed"
                    what = f"{'must not' if after.nonnull else 'may'} be null now"
                    self._report(rule, record.at(new.path), what, old.member, new.member)
                self._inner(record, old, new, before.target, after.target, "", End.TARGET)
            case Switch(), Switch():
                self._switches(record, old, new, before, after)
            case FileDescriptor(), FileDescriptor():
                pass
            case _:
                what = f"{shown(after)}, was {shown(before)}"
                self._report("kind", record.at(new.path), what, old.member, new.member)

    def _inner(
        self, record: Record, old: Part, new: Part, before: Type, after: Type, mark: str, end: End
    ) -> None:
        """Compare elements or targets: structs are records of their own."""
        if isinstance(before, Struct) and isinstance(after, Struct):
            inner = Record(record.at(new.path) + mark, end)
            self._records(inner, list(parts_of(before.members)), list(parts_of(after.members)))
        else:
            self._types(record, old, new, before, after)

    def _numbers(
        self,
        record: Record,
        old: Part,
        new: Part,
        before: Integer | Enumeration,
        after: Integer | Enumeration,
    ) -> None:
        where, members = record.at(new.path), (old.member, new.member)
        what = f"{shown(after)}, was {shown(before)}"
        if isinstance(before, Enumeration) and isinstance(after, Enumeration):
            self.enums.setdefault((before.name, after.name), (before, after, where))
        elif before.bits != after.bits:
            self._report("width", where, what, *members)
        elif is_signed(before) != is_signed(after):
            self._report("sign", where, what, *members)
        elif isinstance(before, Enumeration) or isinstance(after, Enumeration):
            self._report("named", where, what, *members)

    def _array_sizes(
        self, record: Record, old: Part, new: Part, before: ArraySize, after: ArraySize
    ) -> None:
        is_same = type(before) is type(after) and [
            record.renamed.get(path, path) for path in references(before, old.scope)
        ] == references(after, new.scope)
        if isinstance(before, Constant) and isinstance(after, Constant):
            is_same = before.count == after.count
        if isinstance(before, ImageSize) and isinstance(after, ImageSize):
            is_same = is_same and before.bits == after.bits
        if not is_same:
            what = f"{shown_size(after)}, was {shown_size(before)}"
            self._report("array-size", record.at(new.path), what, old.member, new.member)

    # Switches

    def _switches(
        self, record: Record, old: Part, new: Part, before: Switch, after: Switch
    ) -> None:
        where, members = record.at(new.path), (old.member, new.member)
        selector = (*old.scope, *before.path)
        if record.renamed.get(selector, selector) != (*new.scope, *after.path):
            what = f"selected by '{'.'.join(after.path)}', was '{'.'.join(before.path)}'"
            self._report("selector", where, what, *members)
        if before.fixed_size != after.fixed_size:
            what = f"cases {'are' if after.fixed_size else 'are not'} padded to one size now"
            self._report("fixedsize", where, what, *members)
        if before.on.is_flags != after.on.is_flags:
            what = f"selected by {shown(after.on)}, was {shown(before.on)}"
            self._report("selector", where, what, *members)
            return
        chosen = by_flags(before, after) if before.on.is_flags else by_value(before, after)
        if chosen is None:
            what = f"cases are {shown_labels(after)}, were {shown_labels(before)}"
            self._report("case-order", where, what, *members)
            return
        for choice in chosen:
            self._choice(record, old, new, choice)

    def _choice(self, record: Record, old: Part, new: Part, choice: Choice) -> None:
        if choice.old and choice.new:
            cases = [
                list(parts_of([case.member], part.chain, part.scope, part.minor))
                for part, case in ((old, choice.old), (new, choice.new))
            ]
            self._records(record, *cases)
            return
        what = f"{choice.label}: {'bytes' if choice.new else 'no bytes'} now"
        if choice.old:
            rule = "case-removed"
        elif choice.is_known:
            rule = "case-filled"
        else:
            rule = "case-added-inside" if record.end is End.MORE else "case-added"
        self._report(rule, record.at(new.path), what, old.member, new.member)


def _is_rest(part: Part) -> bool:
    return isinstance(part.type, Array) and isinstance(part.type.size, Rest)


def _rule_for_removed(part: Part, *, is_last: bool) -> str:
    if isinstance(part.type, FileDescriptor):
        return "descriptor-removed"
    if not is_last:
        return "removed"
    return "rest-removed" if _is_rest(part) else "cut"
