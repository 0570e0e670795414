"""How to read the reference page, told once and only as far as a protocol needs it."""

from __future__ import annotations

from collections.abc import Iterator

from caraway.idl.backends.prose import heading
from caraway.idl.model import (
    Array,
    Description,
    FileDescriptor,
    ImageSize,
    Pointer,
    Rest,
    Switch,
    Type,
    walk,
)


def primer(description: Description) -> Iterator[str]:
    """The lines of the chapter, headed and anchored ``reading``."""
    yield from heading(2, "How to read the layouts", "reading")
    yield "Each table shows the body of a message, or a struct inside one, from its first byte on."
    yield "Numbers are little-endian. Members follow each other without gaps: nothing is aligned."
    yield ""
    for point in _points(description):
        first, *more = point.split("\n")
        yield f"* {first}"
        yield from (f"  {line}" for line in more)
    yield ""


def _points(description: Description) -> Iterator[str]:
    structs = [*description.structs, *(message.body for message in description.messages)]
    members = [member for struct in structs for member in walk(struct)]
    parts = [part for member in members for part in _parts(member.type)]
    sizes = [part.size for part in parts if isinstance(part, Array)]

    yield (
        "**offset** counts bytes from the start of the message or struct that the table shows.\n"
        "`12+` means 12 or more: it depends on the size of what comes before."
    )
    yield "**bytes** is the size of the member; `12+` means 12 or more."
    yield "`uint16` is a number of 16 bits, 0 or above. `int16` may be negative, too."
    if description.enums:
        yield (
            "An *enum* is a number out of a list. *Flags* are a sum of bits. A peer may send\n"
            "numbers and bits that are not listed: keep them as they are."
        )
    if sizes:
        yield "`n` × T means that many T one after the other; `n` is a number or an earlier member."
    if any(isinstance(size, Rest) for size in sizes):
        yield "*Up to the end of the message*: there is no count, the size of the message tells."
    if any(isinstance(size, ImageSize) for size in sizes):
        yield "⌈x⌉ is x rounded up to a whole number."
    if any(member.text for member in members):
        yield "*Text* is bytes. The last may be a NUL, which the count includes unless it says so."
    if any(isinstance(part, Pointer) for part in parts):
        yield (
            f"*Offset of T* is a number of {description.pointer_size} bytes: where T is, "
            "counted from the first byte of the\n"
            "message's body, also when it stands in a struct. 0 means that there is no T; where\n"
            "it says *never 0*, a message without T is refused. Writers put T behind everything\n"
            "in the tables, one T after the other in the order of their offsets, and behind\n"
            "those what these lead to. Readers go by the offset alone."
        )
    if any(isinstance(part, Switch) for part in parts):
        yield (
            "What *depends on* an earlier member has a row for each case, marked ↳. Only the\n"
            "case that applies is in the message. Where that is *nothing*, the next member\n"
            "follows at once."
        )
    if any(isinstance(part, FileDescriptor) for part in parts):
        yield (
            "A *file descriptor* is not among the bytes. It travels beside the message, which\n"
            "takes a Unix socket."
        )
    if any(member.zero for member in members):
        yield "*Reserved* members are written as 0, and ignored when read."
    if description.minors:
        yield (
            "*Present from minor N on*: a lower minor version of the protocol, or whatever a\n"
            "protocol has in its place, does not have the member."
        )


def _parts(type_: Type) -> Iterator[Type]:
    """``type_`` and what pointers and arrays of it consist of."""
    yield type_
    if isinstance(type_, Pointer):
        yield from _parts(type_.target)
    elif isinstance(type_, Array):
        yield from _parts(type_.element)
