"""Layouts of structs as rows of a table, in words that need no C."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caraway.idl.backends.places import Places
from caraway.idl.backends.prose import Resolve, code, inline, listing
from caraway.idl.layout import fixed_size, largest_case, minimum_size
from caraway.idl.model import (
    Array,
    Case,
    Constant,
    Count,
    Enumeration,
    FileDescriptor,
    ImageSize,
    Integer,
    Label,
    Member,
    Pointer,
    Rest,
    Struct,
    Switch,
    Type,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a layout table; every cell is Markdown.

    Attributes:
        offset: Where it starts, as in ``8``; ``8+`` where what comes before may
            be longer, empty for a case.
        size: Its bytes, ``8+`` for 8 or more.
    """

    offset: str
    size: str
    member: str
    type: str
    meaning: str


class Layouts:
    """Makes the tables of one description.

    Args:
        places: Where types are, for the links.
        pointer_size: Bytes of a pointer on the wire.
    """

    def __init__(self, places: Places, pointer_size: int) -> None:
        self._places = places
        self._pointer = pointer_size

    # Sizes

    def size(self, type_: Type) -> str:
        """The bytes of a type in place: ``8``, or ``8+`` for 8 or more."""
        return _at_least(minimum_size(type_, self._pointer), fixed_size(type_, self._pointer))

    def size_in_words(self, struct: Struct) -> str:
        """The bytes of a message or struct, as a sentence has it."""
        exact = fixed_size(struct, self._pointer)
        least = minimum_size(struct, self._pointer)
        if exact == 0:
            return "no bytes"
        words = f"{exact if exact is not None else least} byte{'' if least == 1 else 's'}"
        if exact is None:
            words = "any number of bytes" if least == 0 else f"at least {words}"
        return f"{words}, and what its offsets lead to" if has_pointers(struct) else words

    # Rows

    def rows(self, struct: Struct, resolve: Resolve) -> Iterator[Row]:
        """The rows of ``struct``, each case of a switch below the switch.

        Args:
            resolve: Looks up the names in comments.
        """
        offset, is_exact = 0, True
        for member in struct.members:
            yield Row(
                f"{offset}{'' if is_exact else '+'}",
                self._member_size(member),
                code(member.name),
                self.type(member.type, is_text=member.text),
                self._meaning(member, resolve),
            )
            if isinstance(member.type, Switch):
                yield from self._cases(member.type, resolve)
            if member.virtual is None and member.minor is None:
                offset += minimum_size(member.type, self._pointer)
                is_exact &= fixed_size(member.type, self._pointer) is not None
            is_exact &= member.minor is None

    def _member_size(self, member: Member) -> str:
        return "0" if member.virtual is not None else self.size(member.type)

    def _cases(self, switch: Switch, resolve: Resolve) -> Iterator[Row]:
        for case in switch.cases:
            member = case.member
            yield Row(
                "",
                self._member_size(member),
                f"↳ {_condition(switch, case)}: {code(member.name)}",
                self.type(member.type, is_text=member.text),
                self._meaning(member, resolve),
            )
        if all(label.item is not None for case in switch.cases for label in case.labels):
            size = largest_case(switch, self._pointer) if switch.fixed_size else 0
            yield Row("", str(size), "↳ otherwise", "nothing" if not size else "padding", "")

    def _meaning(self, member: Member, resolve: Resolve) -> str:
        doc = inline(member.doc, resolve)
        notes = []
        if member.zero:
            notes.append("reserved: written as 0, ignored when read")
        if member.virtual is not None:
            notes.append(f"not on the wire: always {member.virtual}")
        if member.minor is not None:
            notes.append(f"present from minor {member.minor} on")
        if member.unique:
            notes.append("one bit at most")
        if isinstance(member.type, Switch) and member.type.fixed_size:
            size = largest_case(member.type, self._pointer)
            notes.append(f"every case is padded with zeros to {size} bytes")
        if member.view is not None:
            channel, path = member.view
            link = self._places.link(channel)
            notes.append(f"holds a layout of {link}, chosen by {_path(path)}")
        joined = "; ".join(notes)
        if doc and notes:
            return (
                f"{doc} {joined[0].upper()}{joined[1:]}" if doc[-1] in ".!?" else f"{doc}; {joined}"
            )
        return doc or joined

    # Types in words

    def type(self, type_: Type, *, is_text: bool = False) -> str:
        """A type in words, with links to declared ones."""
        match type_:
            case Integer():
                return code(type_.name)
            case FileDescriptor():
                return "file descriptor"
            case Enumeration() | Struct():
                return self._places.link(type_)
            case Pointer():
                null = "never 0" if type_.nonnull else "0 for none"
                return f"offset of {self.type(type_.target, is_text=is_text)} ({null})"
            case Array():
                return self._array(type_, is_text=is_text)
            case _:
                return self._switch(type_)

    def _array(self, array: Array, *, is_text: bool) -> str:
        what = "bytes of text" if is_text else "bytes" if array.is_bytes else ""
        element = self.type(array.element)
        any_number = what or f"any number of {element},"
        match array.size:
            case Rest():
                return f"{any_number} up to the end of the message"
            case Constant(count=count):
                return f"{count} {what}" if what else f"{count} × {element}"
            case Count(path=path):
                return f"{_path(path)} {what}" if what else f"{_path(path)} × {element}"
            case ImageSize(bits=bits, width=width, rows=rows):
                row = _path(width) if bits == 8 else f"⌈{_path(width)} × {bits} / 8⌉"
                return f"{_path(rows)} × {row} {what or element}"
            case _:
                path = array.size.path
                return f"{_path(path)} {what}" if what else f"{any_number} in {_path(path)} bytes"

    def _switch(self, switch: Switch) -> str:
        on = f"{_path(switch.path)} ({self._places.link(switch.on)})"
        if len(switch.path) == 1:
            on = _path(switch.path)
        several = switch.on.is_flags and len(switch.cases) > 1
        return f"{'the first case that applies by' if several else 'depends on'} {on}"


def has_pointers(type_: Type) -> bool:
    """Whether a value of ``type_`` has pointers in place, not behind other pointers."""
    match type_:
        case Pointer():
            return True
        case Array():
            return has_pointers(type_.element)
        case Struct():
            return any(has_pointers(member.type) for member in type_.members)
        case Switch():
            return any(has_pointers(case.member.type) for case in type_.cases)
        case _:
            return False


def _at_least(least: int, exact: int | None) -> str:
    return f"{least}+" if exact is None else str(exact)


def _path(path: tuple[str, ...]) -> str:
    return code(".".join(path))


def _condition(switch: Switch, case: Case) -> str:
    if any(label.item is None for label in case.labels):
        return "otherwise"
    return "if " + listing((_label(switch, label) for label in case.labels), last="or")


def _label(switch: Switch, label: Label) -> str:
    name = label.item.name if label.item is not None else ""
    if not switch.on.is_flags:
        return name
    return f"{name} is {'clear' if label.negated else 'set'}"
