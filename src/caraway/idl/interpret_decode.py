"""Reads a message body by the model, member after member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from caraway.errors import DecodeError
from caraway.idl.interpret_rules import (
    Fields,
    image_length,
    is_absent,
    join,
    matching_case,
    number_at,
)
from caraway.idl.layout import largest_case, minimum_size
from caraway.idl.model import (
    Array,
    ByteCount,
    Constant,
    Count,
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
from caraway.wire.limits import Extent, Limits


@dataclass(slots=True)
class _Window:
    """A stretch of the body that is read from front to back.

    Attributes:
        position: The next byte, counted from the start of the body.
        end: Where it ends, counted in the same way.
        name: What error messages call it.
    """

    position: int
    end: int
    name: str = "message"

    @property
    def left(self) -> int:
        return self.end - self.position

    def take(self, size: int, path: str) -> int:
        """Pass over ``size`` bytes for the member at ``path``; where they begin."""
        if size > self.left:
            raise DecodeError(
                f"{path}: needs {size} bytes at {self.position}, "
                f"{self.left} are left in the {self.name}",
                position=self.position,
            )
        start = self.position
        self.position += size
        return start


class BodyDecoder:
    """Decodes one message body.

    Args:
        data: The body; read only.
        pointer_size: Bytes of a pointer.
        minor: Protocol minor that decides which members exist, None for the newest.

    Raises:
        LimitExceeded: The body is longer than ``limits.max_message``.
    """

    def __init__(
        self, data: memoryview, *, pointer_size: int, limits: Limits | None, minor: int | None
    ) -> None:
        self._extent = Extent(data.nbytes, limits)
        self._data = bytes(data)
        self._pointer_size = pointer_size
        self._minor = minor

    def decode(self, body: Struct) -> dict[str, Fields]:
        """The members of ``body``.

        Raises:
            DecodeError: The bytes are not such a message.
            LimitExceeded: They ask for more than the limits allow.
        """
        window = _Window(0, len(self._data))
        fields = self._struct(body, window, "")
        self._extent.add_range(0, window.position)
        self._extent.finish(len(self._data))
        return fields

    def _struct(self, struct: Struct, window: _Window, path: str) -> dict[str, Fields]:
        fields: dict[str, Fields] = {}
        for member in struct.members:
            value = self._member(member, window, fields, join(path, member.name))
            if not member.zero:
                fields[member.name] = value
        return fields

    def _member(
        self, member: Member, window: _Window, scope: Mapping[str, Fields], path: str
    ) -> Fields:
        """The value of ``member``; ``scope`` has those before it in its struct."""
        if member.virtual is not None:
            return _virtual(member)
        if is_absent(member, self._minor):
            return self._absent(member.type)
        return self._value(member.type, window, scope, path)

    def _value(
        self, type_: Type, window: _Window, scope: Mapping[str, Fields], path: str
    ) -> Fields:
        match type_:
            case Integer():
                return self._number(type_, window, path)
            case Enumeration():
                return self._number(type_.integer, window, path)
            case FileDescriptor():
                return None
            case Struct():
                return self._struct(type_, window, path)
            case Pointer():
                return self._pointer(type_, window, scope, path)
            case Array():
                return self._array(type_, window, scope, path)
            case _:
                return self._switch(type_, window, scope, path)

    def _number(self, integer: Integer, window: _Window, path: str) -> int:
        start = window.take(integer.bits // 8, path)
        return int.from_bytes(self._data[start : window.position], "little", signed=integer.signed)

    def _pointer(
        self, pointer: Pointer, window: _Window, scope: Mapping[str, Fields], path: str
    ) -> Fields:
        start = window.take(self._pointer_size, path)
        offset = int.from_bytes(self._data[start : window.position], "little")
        if offset == 0:
            if pointer.nonnull:
                raise DecodeError(f"{path}: null, but it must point somewhere", position=start)
            return None
        if offset >= len(self._data):
            raise DecodeError(
                f"{path}: points to byte {offset} of a message of {len(self._data)} bytes",
                position=start,
            )
        target = _Window(offset, len(self._data))
        value = self._value(pointer.target, target, scope, path)
        self._extent.add_range(offset, target.position)
        return value

    def _switch(
        self, switch: Switch, window: _Window, scope: Mapping[str, Fields], path: str
    ) -> Fields:
        start = window.position
        case = matching_case(switch, number_at(scope, switch.path))
        value: Fields = None
        if case is not None:
            member = case.member
            inner = self._member(member, window, scope, join(path, member.name))
            value = None if member.zero else {member.name: inner}
        if switch.fixed_size:
            window.position = start
            window.take(largest_case(switch, self._pointer_size) or 0, path)
        return value

    # Arrays

    def _array(
        self, array: Array, window: _Window, scope: Mapping[str, Fields], path: str
    ) -> Fields:
        match array.size:
            case Rest():
                if array.is_bytes:
                    return self._bytes(window.left, window, path)
                return list(self._to_the_end(array.element, window, scope, path))
            case ByteCount():
                size = self._not_negative(number_at(scope, array.size.path), window, path)
                if array.is_bytes:
                    return self._bytes(size, window, path)
                start = window.take(size, path)
                part = _Window(start, start + size, f"{size} bytes of the array")
                return list(self._to_the_end(array.element, part, scope, path))
            case Constant(count):
                return self._elements(array, count, window, scope, path)
            case Count():
                count = self._not_negative(number_at(scope, array.size.path), window, path)
                return self._elements(array, count, window, scope, path)
            case _:
                width = number_at(scope, array.size.width)
                rows = number_at(scope, array.size.rows)
                length = image_length(array.size, width, rows)
                if length is None:
                    raise DecodeError(
                        f"{path}: an image of {width} by {rows}", position=window.position
                    )
                return self._elements(array, length, window, scope, path)

    @staticmethod
    def _not_negative(count: int, window: _Window, path: str) -> int:
        if count < 0:
            raise DecodeError(f"{path}: a length of {count}", position=window.position)
        return count

    def _bytes(self, size: int, window: _Window, path: str) -> Fields:
        start = window.take(size, path)
        return {"hex": self._data[start : window.position].hex()}

    def _elements(
        self, array: Array, count: int, window: _Window, scope: Mapping[str, Fields], path: str
    ) -> Fields:
        if array.is_bytes:
            return self._bytes(count, window, path)
        # A count costs its sender nothing, so nothing is built before there is room for it all.
        least = minimum_size(array.element, self._pointer_size)
        if count * least > window.left:
            raise DecodeError(
                f"{path}: {count} elements of at least {least} bytes at {window.position}, "
                f"{window.left} are left in the {window.name}",
                position=window.position,
            )
        self._extent.add_elements(count)
        return [
            self._value(array.element, window, scope, f"{path}[{index}]") for index in range(count)
        ]

    def _to_the_end(
        self, element: Type, window: _Window, scope: Mapping[str, Fields], path: str
    ) -> Iterator[Fields]:
        index = 0
        while window.left:
            self._extent.add_elements(1)
            yield self._value(element, window, scope, f"{path}[{index}]")
            index += 1

    # Members that an older protocol minor does not have

    def _absent(self, type_: Type) -> Fields:
        match type_:
            case Integer() | Enumeration():
                return 0
            case Struct():
                return {
                    member.name: self._absent(member.type)
                    if member.virtual is None
                    else _virtual(member)
                    for member in type_.members
                    if not member.zero
                }
            case Array():
                count = type_.size.count if isinstance(type_.size, Constant) else 0
                if type_.is_bytes:
                    return {"hex": "00" * count}
                self._extent.add_elements(count)
                return [self._absent(type_.element) for _ in range(count)]
            case _:
                return None


def _virtual(member: Member) -> Fields:
    """The value of a member that is never on the wire: its constant, or null."""
    return None if isinstance(member.type, Pointer) else member.virtual
