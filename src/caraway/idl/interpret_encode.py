"""Writes a message body by the model, member after member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from caraway.errors import EncodeError
from caraway.idl.interpret_rules import (
    Path,
    counted_by,
    image_length,
    is_absent,
    join,
    matching_case,
    number_at,
)
from caraway.idl.interpret_values import (
    as_list,
    as_object,
    hex_bytes,
    is_number,
    kind,
    packed,
)
from caraway.idl.layout import largest_case
from caraway.idl.model import (
    Array,
    ByteCount,
    Constant,
    Enumeration,
    FileDescriptor,
    ImageSize,
    Integer,
    Member,
    Pointer,
    Struct,
    Switch,
    Type,
    walk,
)

#: The data header has 32 bits for the size of a body.
MAX_BODY: Final = 0xFFFF_FFFF


@dataclass(slots=True, eq=False)
class _Block:
    """The fixed part of the message, or the target of one pointer.

    Attributes:
        pointers: Where in ``data`` an offset has to go, and to what it leads.
    """

    data: bytearray = field(default_factory=bytearray)
    pointers: list[tuple[int, _Block]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Scope:
    """One struct while it is being written.

    Attributes:
        path: Where the struct is, from the message.
        counts: The members that say how long an array of the struct is.
        known: The members written so far, numbers as they are on the wire.
        pending: Counts that were not given: where they go, until their array says them.
    """

    path: str
    block: _Block
    counts: frozenset[Path]
    known: dict[str, object] = field(default_factory=dict)
    pending: dict[Path, tuple[int, Integer]] = field(default_factory=dict)

    def number(self, path: Path) -> int:
        """The number at ``path``, which what follows depends on."""
        if path in self.pending:
            raise EncodeError(
                "has to be given: it is needed before the array that it counts",
                path=self.at(path),
            )
        return number_at(self.known, path)

    def at(self, path: Path) -> str:
        """``path`` from the message, for error messages."""
        return join(self.path, ".".join(path))


class BodyEncoder:
    """Encodes message bodies.

    Args:
        pointer_size: Bytes of a pointer.
        minor: Protocol minor that decides which members exist, None for the newest.
    """

    def __init__(self, *, pointer_size: int, minor: int | None) -> None:
        self._pointer_size = pointer_size
        self._minor = minor

    def encode(self, body: Struct, fields: object) -> bytes:
        """The bytes of a message whose members are ``fields``.

        Raises:
            EncodeError: They are not what ``body`` can carry; its ``path``
                leads to the member at fault.
        """
        root = _Block()
        self._struct(body, fields, "", root)
        return self._placed(root)

    def _placed(self, root: _Block) -> bytes:
        """All blocks in a row, breadth first, with the offsets filled in."""
        blocks = [root]
        for block in blocks:
            blocks.extend(target for _, target in block.pointers)
        size = sum(len(block.data) for block in blocks)
        if size > MAX_BODY:
            raise EncodeError(f"the message has {size} bytes, a header can tell {MAX_BODY}")
        offset = len(root.data)
        for block in blocks:
            for position, target in block.pointers:
                block.data[position : position + self._pointer_size] = offset.to_bytes(
                    self._pointer_size, "little"
                )
                offset += len(target.data)
        return b"".join(block.data for block in blocks)

    def _struct(self, struct: Struct, value: object, path: str, block: _Block) -> dict[str, object]:
        scope = _Scope(path, block, _counts(struct))
        names = [member.name for member in struct.members if not member.zero]
        given = as_object(value, names, path)
        for member in struct.members:
            scope.known[member.name] = self._member(member, given, scope, (member.name,))
        return scope.known

    def _member(
        self, member: Member, given: Mapping[str, object], scope: _Scope, key: Path
    ) -> object:
        """Write a member of ``scope`` or of one of its switches: the one at ``key``."""
        path = scope.at(key)
        value = given.get(member.name)
        if member.virtual is not None:
            if member.name in given and not _is_virtual(member, value):
                constant = "null" if isinstance(member.type, Pointer) else member.virtual
                raise EncodeError(f"is always {constant}", path=path)
            return member.virtual
        if is_absent(member, self._minor):
            return _absent_numbers(member.type)
        if isinstance(member.type, Integer | Enumeration):
            integer = _integer(member.type)
            if member.zero:
                value = 0
            elif value is None and key in scope.counts:
                scope.pending[key] = (len(scope.block.data), integer)
                value = 0
        if member.name not in given and value is None and not _is_descriptor(member):
            raise EncodeError("is missing", path=path)
        if isinstance(member.type, Switch):
            return self._switch(member.type, value, scope, key)
        return self._value(member.type, value, scope, scope.block, path)

    def _value(self, type_: Type, value: object, scope: _Scope, block: _Block, path: str) -> object:
        """Write into ``block``; ``scope`` is the struct whose numbers count arrays."""
        match type_:
            case Integer() | Enumeration():
                block.data += packed(_integer(type_), value, path)
                return value
            case FileDescriptor():
                if value is not None:
                    raise EncodeError(
                        f"is {kind(value)}, but descriptors travel beside the message: "
                        "it has to be null",
                        path=path,
                    )
                return None
            case Struct():
                return self._struct(type_, value, path, block)
            case Pointer():
                self._pointer(type_, value, scope, block, path)
            case _:
                # A switch never gets here: it is always a member itself.
                assert isinstance(type_, Array)
                self._array(type_, value, scope, block, path)
        return None

    def _pointer(
        self, pointer: Pointer, value: object, scope: _Scope, block: _Block, path: str
    ) -> None:
        if value is None:
            if pointer.nonnull:
                raise EncodeError("is null, but it must point somewhere", path=path)
            if isinstance(pointer.target, Array):
                self._settle(pointer.target, 0, scope, path)
        else:
            target = _Block()
            self._value(pointer.target, value, scope, target, path)
            if target.data:
                block.pointers.append((len(block.data), target))
            elif pointer.nonnull:
                raise EncodeError(
                    "is empty and so would be null, but it must point somewhere", path=path
                )
        block.data += bytes(self._pointer_size)

    def _switch(self, switch: Switch, value: object, scope: _Scope, key: Path) -> object:
        data, start = scope.block.data, len(scope.block.data)
        number = scope.number(switch.path)
        case = matching_case(switch, number)
        on = ".".join(switch.path)
        written: object = None
        if case is None or case.member.zero:
            if value is not None:
                raise EncodeError(
                    f"is {kind(value)}, but '{on}' is {number}, which selects nothing",
                    path=scope.at(key),
                )
            given: Mapping[str, object] = {}
        elif value is not None:
            given = as_object(value, [case.member.name], scope.at(key))
        elif self._is_written(case.member):
            raise EncodeError(
                f"is null, but '{on}' is {number}, which selects '{case.member.name}'",
                path=scope.at(key),
            )
        else:
            given = {}
        if case is not None:
            name = case.member.name
            written = {name: self._member(case.member, given, scope, (*key, name))}
        if switch.fixed_size:
            whole = largest_case(switch, self._pointer_size) or 0
            data += bytes(start + whole - len(data))
        return written

    def _is_written(self, member: Member) -> bool:
        """Whether the member is in the message at all."""
        return not (
            member.virtual is not None or is_absent(member, self._minor) or _is_descriptor(member)
        )

    # Arrays

    def _array(self, array: Array, value: object, scope: _Scope, block: _Block, path: str) -> None:
        start = len(block.data)
        if array.is_bytes:
            raw = hex_bytes(value, path)
            count = len(raw)
            block.data += raw
        else:
            elements = as_list(value, path)
            count = len(elements)
            for index, element in enumerate(elements):
                self._value(array.element, element, scope, block, f"{path}[{index}]")
        size = array.size
        if isinstance(size, Constant) and count != size.count:
            raise EncodeError(f"has {count} elements, needs {size.count}", path=path)
        if isinstance(size, ImageSize):
            width, rows = scope.number(size.width), scope.number(size.rows)
            needed = image_length(size, width, rows)
            if count != needed:
                raise EncodeError(
                    f"has {count} elements, an image of {width} by {rows} with "
                    f"{size.bits} bits each needs {'a size' if needed is None else needed}",
                    path=path,
                )
        in_bytes = isinstance(size, ByteCount)
        self._settle(array, len(block.data) - start if in_bytes else count, scope, path)

    @staticmethod
    def _settle(array: Array, length: int, scope: _Scope, path: str) -> None:
        """Write the count of ``array``, or compare it where it was given."""
        key = counted_by(array)
        if key is None:
            return
        if key in scope.pending:
            position, integer = scope.pending.pop(key)
            count = packed(integer, length, scope.at(key))
            scope.block.data[position : position + len(count)] = count
            _replace(scope.known, key, length)
            return
        given = number_at(scope.known, key)
        if given != length:
            unit = "bytes" if isinstance(array.size, ByteCount) else "elements"
            raise EncodeError(f"is {given}, but {path} has {length} {unit}", path=scope.at(key))


def _counts(struct: Struct) -> frozenset[Path]:
    """The paths of all members that say how long an array of ``struct`` is."""
    found = set()
    for member in walk(struct):
        array = member.type.target if isinstance(member.type, Pointer) else member.type
        if isinstance(array, Array):
            found.add(counted_by(array))
    return frozenset(path for path in found if path is not None)


def _replace(fields: dict[str, object], path: Path, number: int) -> None:
    *parents, name = path
    for parent in parents:
        inner = fields[parent]
        assert isinstance(inner, dict)
        fields = inner
    fields[name] = number


def _absent_numbers(type_: Type) -> object:
    """What others see of a member that the minor leaves out: no number but constant ones."""
    if not isinstance(type_, Struct):
        return 0
    return {
        member.name: _absent_numbers(member.type) if member.virtual is None else member.virtual
        for member in type_.members
    }


def _integer(type_: Integer | Enumeration) -> Integer:
    return type_ if isinstance(type_, Integer) else type_.integer


def _is_descriptor(member: Member) -> bool:
    return isinstance(member.type, FileDescriptor)


def _is_virtual(member: Member, value: object) -> bool:
    if isinstance(member.type, Pointer):
        return value is None
    return is_number(value) and value == member.virtual
