"""Draws fields that a message can carry, following its model."""

from __future__ import annotations

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from caraway.idl.layout import fixed_size, largest_case
from caraway.idl.model import (
    Array,
    ByteCount,
    Case,
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
    walk,
)

Fields = dict[str, object]
Path = tuple[str, ...]

#: The longest list and the longest array of bytes, where their count allows it.
LONG_LIST = 40
LONG_BYTES = 300
#: The longest side of an image.
LONG_SIDE = 6


def fields_of(struct: Struct, pointer_size: int, minor: int | None) -> SearchStrategy[Fields]:
    """Fields of a message with this body: what decoding their wire form returns.

    Rejects the example where the message cannot be sent at all.
    """
    return _drawn(_Body(struct, pointer_size, minor))


class _Body:
    """A body and how it is sent; a class of its own because its parts print at length."""

    def __init__(self, struct: Struct, pointer_size: int, minor: int | None) -> None:
        self.struct = struct
        self.pointer_size = pointer_size
        self.minor = minor


@st.composite
def _drawn(draw: DrawFn, body: _Body) -> Fields:
    return _Drawing(draw, body.pointer_size, body.minor).struct(body.struct, 0)


def without_counts(struct: Struct, fields: Fields) -> Fields:
    """``fields`` without the numbers that tell how long an array is."""
    counts = _Scope(struct).counts
    out: Fields = {}
    for member in struct.members:
        if member.name in fields and (member.name,) not in counts:
            out[member.name] = _uncounted(member.type, fields[member.name], (member.name,), counts)
    return out


def _uncounted(type_: Type, value: object, path: Path, counts: set[Path]) -> object:
    if isinstance(type_, Pointer):
        type_ = type_.target
    if isinstance(type_, Struct) and isinstance(value, dict):
        return without_counts(type_, value)
    if isinstance(type_, Array) and isinstance(value, list):
        return [_uncounted(type_.element, each, path, set()) for each in value]
    if isinstance(type_, Switch) and isinstance(value, dict):
        # Where cases share a name, which of them it is does not show: only counts matter here.
        return {name: inner for name, inner in value.items() if (*path, name) not in counts}
    return value


class _Scope:
    """One struct while it is drawn: its fields so far, and what its numbers have to be.

    Attributes:
        least: For each member that counts: the smallest number its arrays can be sent with.
        measured: Members that tell how many bytes an array takes: drawn after it.
        sizes: Members that decide about the length of anything.
        counts: Those among them that follow from the array.
        sides: Those among them that are a side of an image.
    """

    def __init__(self, struct: Struct) -> None:
        self.fields: Fields = {}
        self.least: dict[Path, int] = {}
        self.measured: set[Path] = set()
        self.sizes: set[Path] = set()
        self.counts: set[Path] = set()
        self.sides: set[Path] = set()
        for member in walk(struct):
            pointer = member.type if isinstance(member.type, Pointer) else None
            array = pointer.target if pointer else member.type
            if not isinstance(array, Array):
                continue
            least = 1 if pointer and pointer.nonnull else 0
            paths: tuple[Path, ...] = ()
            match array.size:
                case Count(path):
                    paths = (path,)
                    self.counts.add(path)
                case ByteCount(path):
                    paths = (path,)
                    self.counts.add(path)
                    if not array.is_bytes:
                        self.measured.add(path)
                case ImageSize(_, width, rows):
                    paths = (width, rows)
                    self.sides |= {width, rows}
            for path in paths:
                self.sizes.add(path)
                self.least[path] = max(least, self.least.get(path, 0))

    def number(self, path: Path) -> int:
        """The number at ``path``, 0 where it is not on the wire; settles it for good."""
        unknown = self.unknown(path)
        if unknown is not None:
            self.set(path, unknown.least)
        return _number_at(self.fields, path)

    def unknown(self, path: Path) -> _Unknown | None:
        """What is known of the number at ``path`` while it is not settled."""
        value = _at(self.fields, path)
        return value if isinstance(value, _Unknown) else None

    def set(self, path: Path, number: int) -> None:
        inner = self.fields
        for name in path[:-1]:
            below = inner[name]
            assert isinstance(below, dict)
            inner = below
        inner[path[-1]] = number


class _Unknown:
    """A number that an array still to come decides."""

    def __init__(self, least: int, maximum: int) -> None:
        self.least = least
        self.maximum = maximum


class _Drawing:
    def __init__(self, draw: DrawFn, pointer_size: int, minor: int | None) -> None:
        self._draw = draw
        self._pointer_size = pointer_size
        self._minor = minor

    def struct(self, struct: Struct, depth: int) -> Fields:
        scope = _Scope(struct)
        for member in struct.members:
            value = self._member(member, scope, (member.name,), depth)
            if not member.zero:
                scope.fields[member.name] = value
        for path in scope.measured:
            scope.number(path)
        return scope.fields

    def _member(self, member: Member, scope: _Scope, path: Path, depth: int) -> object:
        if member.virtual is not None:
            return None if isinstance(member.type, Pointer) else member.virtual
        if _is_absent(member, self._minor):
            return absent(member.type)
        if isinstance(member.type, Integer | Enumeration) and not member.zero:
            return self._number(member.type, scope, path)
        if isinstance(member.type, Switch):
            return self._switch(member.type, scope, path, depth)
        return self._value(member.type, scope, depth)

    def _value(self, type_: Type, scope: _Scope, depth: int) -> object:
        match type_:
            case Integer() | Enumeration():
                return self._draw(numbers(type_))
            case FileDescriptor():
                return None
            case Struct():
                return self.struct(type_, depth)
            case Pointer():
                return self._pointer(type_, scope, depth)
            case Array():
                return self._array(type_, scope, depth)
            case Switch():
                raise TypeError("a switch is drawn where its selector is known")

    def _number(self, type_: Integer | Enumeration, scope: _Scope, path: Path) -> object:
        if path not in scope.sizes:
            return self._draw(numbers(type_))
        least, maximum = scope.least[path], _integer(type_).maximum
        if path in scope.measured:
            return _Unknown(least, maximum)
        lengths = st.integers(least, least + 3)
        most = LONG_SIDE if path in scope.sides else LONG_LIST
        return self._draw(lengths | lengths | st.integers(least, most))

    def _pointer(self, pointer: Pointer, scope: _Scope, depth: int) -> object:
        target = pointer.target
        has_count = isinstance(target, Array) and isinstance(target.size, Count | ByteCount)
        if not pointer.nonnull and not has_count and self._draw(st.integers(0, 3)) == 0:
            return None
        value = self._value(target, scope, depth + 1)
        if self._size(target, value) == 0:
            if pointer.nonnull:
                reject()
            return None
        return value

    def _switch(self, switch: Switch, scope: _Scope, path: Path, depth: int) -> object:
        case = chosen(switch, scope.number(switch.path))
        if case is None or case.member.zero:
            return None
        name = case.member.name
        return {name: self._member(case.member, scope, (*path, name), depth)}

    # Arrays

    def _array(self, array: Array, scope: _Scope, depth: int) -> object:
        match array.size:
            case Constant(count):
                return self._elements(array, count, scope, depth)
            case Count(path):
                return self._elements(array, self._count(scope, path), scope, depth)
            case ImageSize(bits, width, rows):
                columns, lines = self._count(scope, width), self._count(scope, rows)
                count = (bits * columns + 7) // 8 * lines
                if count > LONG_BYTES:
                    reject()
                return self._elements(array, count, scope, depth)
            case Rest():
                return self._elements(array, self._length(array, depth), scope, depth)
            case ByteCount(path):
                return self._counted_in_bytes(array, path, scope, depth)

    @staticmethod
    def _count(scope: _Scope, path: Path) -> int:
        number = scope.number(path)
        if number < 0:
            reject()
        return number

    def _length(self, array: Array, depth: int) -> int:
        if array.is_bytes:
            return self._draw(st.integers(0, 5) | st.integers(0, LONG_BYTES))
        short = st.integers(0, 3 if depth < 2 else 1)
        if isinstance(array.element, Struct):
            return self._draw(short)
        return self._draw(short | st.integers(0, LONG_LIST))

    def _counted_in_bytes(self, array: Array, path: Path, scope: _Scope, depth: int) -> object:
        unknown = scope.unknown(path)
        if array.is_bytes or unknown is None:
            size = self._count(scope, path)
            if array.is_bytes:
                return self._elements(array, size, scope, depth)
            return self._filling(array, size, scope, depth)
        count = max(unknown.least, self._length(array, depth))
        value = self._elements(array, count, scope, depth)
        size = self._size(array, value)
        if size > unknown.maximum:
            reject()
        scope.set(path, size)
        return value

    def _filling(self, array: Array, size: int, scope: _Scope, depth: int) -> object:
        """Elements that take ``size`` bytes together."""
        elements: list[object] = []
        while size > 0:
            element = self._value(array.element, scope, depth + 1)
            size -= self._size(array.element, element)
            elements.append(element)
        if size < 0:
            reject()
        return elements

    def _elements(self, array: Array, count: int, scope: _Scope, depth: int) -> object:
        if array.is_bytes:
            content = st.binary(min_size=count, max_size=count)
            return {"hex": self._draw(content).hex()}
        if isinstance(array.element, Integer | Enumeration):
            lists = st.lists(numbers(array.element), min_size=count, max_size=count)
            return list(self._draw(lists))
        return [self._value(array.element, scope, depth + 1) for _ in range(count)]

    # Sizes

    def _size(self, type_: Type, value: object) -> int:
        """Bytes that ``value`` takes where it stands, without what pointers lead to."""
        match type_:
            case Struct():
                assert isinstance(value, dict)
                return sum(self._size_of_member(member, value) for member in type_.members)
            case Array():
                if isinstance(value, dict):
                    return len(str(value["hex"])) // 2
                assert isinstance(value, list)
                return sum(self._size(type_.element, each) for each in value)
            case _:
                return fixed_size(type_, self._pointer_size) or 0

    def _size_of_member(self, member: Member, fields: Fields) -> int:
        if member.virtual is not None or _is_absent(member, self._minor):
            return 0
        value = fields.get(member.name)
        if not isinstance(member.type, Switch):
            return self._size(member.type, value)
        switch = member.type
        if switch.fixed_size:
            return largest_case(switch, self._pointer_size) or 0
        case = chosen(switch, _number_at(fields, switch.path))
        if case is None:
            return 0
        inner = value if isinstance(value, dict) else {}
        return self._size_of_member(case.member, inner)


def numbers(type_: Integer | Enumeration) -> SearchStrategy[int]:
    """Values of a number: listed ones, corners, and any other that fits."""
    integer = _integer(type_)
    corners = {0, 1, integer.minimum, integer.maximum, integer.maximum // 2}
    anything = st.sampled_from(sorted(corners)) | st.integers(integer.minimum, integer.maximum)
    if not isinstance(type_, Enumeration):
        return anything
    listed = st.sampled_from(sorted({0, *(item.value for item in type_.items)}))
    if not type_.is_flags:
        return listed | listed | anything
    return st.lists(listed, max_size=4).map(_union) | anything


def _at(fields: Fields, path: Path) -> object:
    value: object = fields
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _number_at(fields: Fields, path: Path) -> int:
    value = _at(fields, path)
    return value if isinstance(value, int) else 0


def _union(flags: list[int]) -> int:
    number = 0
    for flag in flags:
        number |= flag
    return number


def _integer(type_: Integer | Enumeration) -> Integer:
    return type_ if isinstance(type_, Integer) else type_.integer


def _is_absent(member: Member, minor: int | None) -> bool:
    return member.minor is not None and minor is not None and minor < member.minor


def chosen(switch: Switch, number: int) -> Case | None:
    """The case that ``number`` selects."""
    for case in switch.cases:
        for label in case.labels:
            if label.item is None:
                return case
            if not switch.on.is_flags:
                matches = number == label.item.value
            elif label.negated:
                matches = number & label.item.value == 0
            else:
                matches = number & label.item.value != 0
            if matches:
                return case
    return None


def absent(type_: Type) -> object:
    """What stands for a member that the minor leaves out."""
    match type_:
        case Integer() | Enumeration():
            return 0
        case Array(size=Constant(count)):
            if type_.is_bytes:
                return {"hex": "00" * count}
            return [absent(type_.element) for _ in range(count)]
        case Array():
            return {"hex": ""} if type_.is_bytes else []
        case Struct():
            return {
                member.name: absent(member.type)
                if member.virtual is None or isinstance(member.type, Pointer)
                else member.virtual
                for member in type_.members
                if not member.zero
            }
        case _:
            return None
