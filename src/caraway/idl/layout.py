"""Sizes on the wire: what is fixed, what is least, what is open to the end."""

from __future__ import annotations

from caraway.idl.model import (
    Array,
    Constant,
    Enumeration,
    FileDescriptor,
    Integer,
    Member,
    Pointer,
    Rest,
    Struct,
    Switch,
    Type,
)


def fixed_size(type_: Type, pointer_size: int) -> int | None:
    """Bytes that every value of ``type_`` takes inline, or None where it varies."""
    match type_:
        case Integer() | Enumeration():
            return type_.bits // 8
        case FileDescriptor():
            return 0
        case Pointer():
            return pointer_size
        case Array(element=element, size=Constant(count)):
            size = fixed_size(element, pointer_size)
            return None if size is None else size * count
        case Array():
            return None
        case Switch():
            return largest_case(type_, pointer_size) if type_.fixed_size else None
    sizes = [fixed_member_size(member, pointer_size) for member in type_.members]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None


def fixed_member_size(member: Member, pointer_size: int) -> int | None:
    """As :func:`fixed_size`, counting what ``@virtual`` and ``@minor`` take away."""
    if member.virtual is not None:
        return 0
    if member.minor is not None:
        return None
    return fixed_size(member.type, pointer_size)


def minimum_size(type_: Type, pointer_size: int) -> int:
    """The fewest bytes a value of ``type_`` can take inline.

    What is behind a pointer counts for nothing, and so does what an older
    protocol minor leaves out.
    """
    match type_:
        case Array(element=element, size=Constant(count)):
            return minimum_size(element, pointer_size) * count
        case Array():
            return 0
        case Switch(fixed_size=False):
            return 0
        case Struct():
            return sum(
                minimum_size(member.type, pointer_size)
                for member in type_.members
                if member.virtual is None and member.minor is None
            )
        case _:
            return fixed_size(type_, pointer_size) or 0


def largest_case(switch: Switch, pointer_size: int) -> int | None:
    """The size every case of a ``@fixedsize`` switch is padded to.

    None where a case has no fixed size, which the checks refuse.
    """
    sizes = [fixed_member_size(case.member, pointer_size) for case in switch.cases]
    known = [size for size in sizes if size is not None]
    return max(known, default=0) if len(known) == len(sizes) else None


def is_open_ended(type_: Type) -> bool:
    """Whether ``type_`` reaches to the end of the message, so that nothing can follow."""
    match type_:
        case Array(size=Rest()):
            return True
        case Switch():
            return any(is_open_ended(case.member.type) for case in type_.cases)
        case Struct():
            return any(is_open_ended(member.type) for member in type_.members)
        case _:
            return False


def has_pointers(type_: Type) -> bool:
    """Whether a pointer is among the bytes of ``type_``, so that something stands behind them."""
    match type_:
        case Pointer():
            return True
        case Array():
            return has_pointers(type_.element)
        case Switch():
            return any(_member_has_pointers(case.member) for case in type_.cases)
        case Struct():
            return any(map(_member_has_pointers, type_.members))
        case _:
            return False


def _member_has_pointers(member: Member) -> bool:
    return member.virtual is None and has_pointers(member.type)
