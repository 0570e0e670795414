"""The parts of a message body, and how those of two bodies correspond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from caraway.idl.model import (
    Array,
    ArraySize,
    ByteCount,
    Constant,
    Count,
    Enumeration,
    FileDescriptor,
    ImageSize,
    Integer,
    Member,
    Pointer,
    Rest,
    Struct,
    Switch,
    Type,
)

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Something on the wire that is not a struct.

    Attributes:
        chain: The members that lead to it, itself last.
        scope: Path of the struct that has it, to which its counts and discriminator are relative.
        minor: The largest protocol minor that it or a struct around it asks for.
    """

    chain: tuple[Member, ...]
    scope: Path
    minor: int | None

    @property
    def path(self) -> Path:
        """The names that lead to it."""
        return tuple(member.name for member in self.chain)

    @property
    def member(self) -> Member:
        """The member itself."""
        return self.chain[-1]

    @property
    def type(self) -> Type:
        """What it is."""
        return self.member.type


def parts_of(
    members: Iterable[Member],
    chain: tuple[Member, ...] = (),
    scope: Path = (),
    minor: int | None = None,
) -> Iterator[Part]:
    """Unfold ``members``, which stand where ``chain`` leads."""
    for member in members:
        asked = [each for each in (minor, member.minor) if each is not None]
        part = Part((*chain, member), scope, max(asked, default=None))
        if isinstance(member.type, Struct) and member.type.members:
            yield from parts_of(member.type.members, part.chain, part.path, part.minor)
        else:
            yield part


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of the old body and the one that corresponds to it."""

    old: Part
    new: Part


@dataclass(frozen=True, slots=True)
class Come:
    """A part of the new body without counterpart."""

    part: Part


@dataclass(frozen=True, slots=True)
class Gone:
    """A part of the old body without counterpart."""

    part: Part


Row = Kept | Come | Gone


def aligned(old: list[Part], new: list[Part]) -> list[Row]:
    """Pairs of parts that correspond, with what has no counterpart in between.

    Parts correspond by path, in order; between these, by what they are: they were renamed.
    """
    rows: list[Row] = []
    paths = [part.path for part in old], [part.path for part in new]
    known = set(paths[0]), set(paths[1])
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *paths, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += map(Kept, old[i1:i2], new[j1:j2])
            continue
        # What is called the same elsewhere has moved; it is not a rename.
        gone = [part for part in old[i1:i2] if part.path not in known[1]]
        come = [part for part in new[j1:j2] if part.path not in known[0]]
        shapes = [_shape(part) for part in gone], [_shape(part) for part in come]
        for same, k1, k2, l1, l2 in SequenceMatcher(None, *shapes, autojunk=False).get_opcodes():
            if same == "equal":
                rows += map(Kept, gone[k1:k2], come[l1:l2])
            else:
                rows += map(Gone, gone[k1:k2])
                rows += map(Come, come[l1:l2])
        rows += [Come(part) for part in new[j1:j2] if part.path in known[0]]
    return rows


def _shape(part: Part) -> tuple[object, ...]:
    """What a part is, without any name."""
    return part.minor, part.member.zero, _type_shape(part.type)


def _type_shape(type_: Type) -> object:
    match type_:
        case Integer() | Enumeration():
            return type_.bits, is_signed(type_)
        case Array(element=element, size=size):
            count = size.count if isinstance(size, Constant) else type(size)
            return "array", count, _type_shape(element)
        case Pointer(target=target, nonnull=nonnull):
            return "pointer", nonnull, _type_shape(target)
        case Switch(cases=cases, fixed_size=fixed):
            return "switch", fixed, tuple(_type_shape(case.member.type) for case in cases)
        case Struct(members=members):
            return "struct", tuple(_shape(part) for part in parts_of(members))
        case _:
            return "descriptor"


def prefixes(paths: Iterable[Path]) -> set[Path]:
    """The paths and those to everything around."""
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}


def new_top(part: Part, known: set[Path]) -> Part:
    """The outermost member around ``part`` that the other side does not have."""
    for length in range(1, len(part.chain)):
        top = replace(part, chain=part.chain[:length])
        if top.path not in known:
            return top
    return part


def is_signed(type_: Integer | Enumeration) -> bool:
    """Whether half of the numbers mean negative ones."""
    return isinstance(type_, Integer) and type_.signed


def references(size: ArraySize, scope: Path) -> list[Path]:
    """The paths to the members that give an array in ``scope`` its size."""
    match size:
        case Count(path=path) | ByteCount(path=path):
            return [(*scope, *path)]
        case ImageSize(width=width, rows=rows):
            return [(*scope, *width), (*scope, *rows)]
        case _:
            return []


def shown(type_: Type) -> str:
    """A type in a few words."""
    match type_:
        case Integer():
            return type_.name
        case Enumeration():
            return f"{'flags' if type_.is_flags else 'enum'}{type_.bits} {type_.name}"
        case Array():
            return f"an array of {shown(type_.element)}"
        case Pointer():
            return f"a pointer to {shown(type_.target)}"
        case Switch():
            return "a switch"
        case FileDescriptor():
            return "a file descriptor"
    return "a struct" if type_.members else "an empty struct"


def shown_size(size: ArraySize) -> str:
    """An array's size as it is written."""
    match size:
        case Rest():
            return "[]"
        case Constant(count=count):
            return f"[{count}]"
        case Count(path=path):
            return f"[{'.'.join(path)}]"
        case ImageSize():
            return f"[image_size({size.bits}, {'.'.join(size.width)}, {'.'.join(size.rows)})]"
    return f"[bytes({'.'.join(size.path)})]"


def shown_minor(minor: int | None) -> str:
    """When a member is on the wire."""
    return "always" if minor is None else f"from minor {minor} on"
