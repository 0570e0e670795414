"""Writes the reading half of generated classes.

A *frame* is one generated function. It reads a struct with everything that is
inline in it: neighbouring numbers, across nested structs, go into one
``unpack`` call (a *run*). Pointer targets and elements of lists are frames of
their own.
"""

from __future__ import annotations

from collections.abc import Callable

from caraway.idl.backends.python_code import (
    Locals,
    ModuleCode,
    case_condition,
    case_head,
    case_path,
    code_of,
    is_flat,
    is_one_run,
    referenced,
    zeros_below,
)
from caraway.idl.layout import fixed_size, largest_case, minimum_size
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
    strip,
    walk,
)
from caraway.idl.naming import python_attribute, python_class

_RESERVED = ("m", "data", "pos", "end", "limits", "minor", "extent", "stop", "left", "v")

_LOOPS = [f"{word}{n}" for word in ("item", "items") for n in ("", *(f"_{i}" for i in range(99)))]


def keeps_account(struct: Struct) -> bool:
    """Whether reading ``struct`` needs an Extent: it has lists or pointers somewhere."""
    for member in walk(struct):
        type_ = member.type
        if isinstance(type_, Pointer) or (isinstance(type_, Array) and not type_.is_bytes):
            return True
        inner = strip(type_)
        if isinstance(inner, Struct) and keeps_account(inner):
            return True
    return False


def may_multiply(struct: Struct) -> bool:
    """Whether a small message could claim more elements than the default limits allow.

    Pointers may lead to the same list. As long as their number is fixed, a
    message of ``SMALL`` bytes stays far below ``Limits.max_elements``; where a
    list holds pointers, or there are very many of them, it may not.
    """
    return _lists_below(struct) > 64


def _lists_below(struct: Struct) -> int:
    """How many lists one ``struct`` can lead to; very many where that depends on a count.

    Just as bad are elements that take no bytes, or are there without being on the wire.
    """
    total = 0
    for member in walk(struct):
        inner = strip(member.type)
        here = _lists_below(inner) if isinstance(inner, Struct) else 0
        array = member.type.target if isinstance(member.type, Pointer) else member.type
        if isinstance(array, Array):
            free = minimum_size(array.element, 4) == 0 or member.minor is not None
            here = 1_000_000 if free or _points(inner) else here + 1
        total += here
    return total


def _points(type_: Type) -> bool:
    return isinstance(type_, Struct) and any(
        isinstance(member.type, Pointer) or _points(strip(member.type)) for member in walk(type_)
    )


class ReadFrame:
    """Emits the body of one reading function into a module."""

    def __init__(self, module: ModuleCode) -> None:
        self._module = module
        self._lines = module.lines
        self._formats = module.formats
        self._pointer_size = module.pointer_size
        self._locals = Locals(*_RESERVED, *_LOOPS)
        self._needed: set[int] = set()
        self._signed: set[str] = set()
        self._loops = 0
        # The position is a constant as long as everything before has a fixed size, else a
        # variable: "pos", or where an array of bytes ended, "stop" or "end".
        self._pos: int | str = 0
        self._codes: list[str] = []
        self._targets: list[str] = []
        self._size = 0
        self._after: list[Callable[[], None]] = []

    def root(self, struct: Struct, class_name: str, what: str) -> None:
        """The body of ``parse``: a whole message."""
        if is_one_run(struct):
            self._exact(struct, class_name, what, fixed_size(struct, self._pointer_size) or 0)
            return
        lines = self._lines
        lines.add("end = len(data)")
        account = keeps_account(struct)
        if account:
            small = "" if may_multiply(struct) else "limits is None and end < SMALL"
            otherwise = "Extent(end, limits)"
            made = f"None if {small} else {otherwise}" if small else otherwise
            lines.add(f"extent = {made}")
        with lines.block("try:"):
            lines.add(f"m = {self._module.new(class_name)}()")
            self._struct(struct, "m", (), "")
            self._flush()
            self._judge(account=account)
            lines.add("return m")
        with lines.block("except _error:"):
            lines.add(f'raise ends_early("{what}", data) from None')

    def _judge(self, *, account: bool) -> None:
        """Apply the limits to what has been read."""
        lines = self._lines
        if account:
            with lines.block("if extent is not None:"):
                lines.add(f"extent.add_range(0, {self._pos})", "extent.finish(end)")
        else:
            with lines.block("if limits is not None or end >= SMALL:"):
                lines.add(f"settle({self._pos}, data, limits)")

    def _exact(self, struct: Struct, class_name: str, what: str, size: int) -> None:
        """A message of one size: unpack all of it, and only then look why that failed."""
        lines = self._lines
        if size == 0:
            with lines.block("if data:"):
                lines.add("settle(0, data, limits)")
            lines.add(f"m = {self._module.new(class_name)}()")
            self._struct(struct, "m", (), "")
            self._flush()
            lines.add("return m")
            return
        with lines.block("if limits is not None:"):
            lines.add("check_size(len(data), limits)")
        with lines.block("try:"):
            lines.add(f"m = {self._module.new(class_name)}()")
            self._struct(struct, "m", (), "")
            self._flush(method="unpack")
            lines.add("return m")
        with lines.block("except _error:"):
            exact = f'prefix("{what}", data, {size}, limits)'
            lines.add(f"return {class_name}.parse({exact}, None, minor)")

    def nested(self, struct: Struct, class_name: str) -> None:
        """The body of ``_read``: a pointer target or an element of a list."""
        self._pos = "pos"
        self._lines.add(f"m = {self._module.new(class_name)}()")
        self._struct(struct, "m", (), struct.name)
        self._flush()
        self._lines.add(f"return m, {self._pos}")

    # Runs

    def _flush(self, method: str = "unpack_from") -> None:
        if self._codes:
            call = self._formats.use(self._codes, method)
            place = f"data, {self._pos}" if self._pos else "data"
            if not self._targets:
                self._lines.add(f"{call}({place})")
            else:
                comma = "," if len(self._targets) == 1 else ""
                self._lines.add(f"{', '.join(self._targets)}{comma} = {call}({place})")
            self._move(self._size)
            self._codes, self._targets, self._size = [], [], 0
        after, self._after = self._after, []
        for emit in after:
            emit()

    def _move(self, size: int) -> None:
        if isinstance(self._pos, int):
            self._pos += size
        elif self._pos != "pos":
            self._lines.add(f"pos = {self._pos} + {size}")
            self._pos = "pos"
        elif size:
            self._lines.add(f"pos += {size}")

    def _let_position_vary(self) -> None:
        self._flush()
        if self._pos != "pos":
            self._lines.add(f"pos = {self._pos}")
            self._pos = "pos"

    def _when_read(self, *statements: str) -> None:
        """Emit ``statements`` once the open run has been unpacked."""
        self._after.append(lambda: self._lines.add(*statements))

    # Types

    def _struct(self, struct: Struct, obj: str, path: tuple[str, ...], label: str) -> None:
        self._needed |= referenced(struct)
        for member in struct.members:
            target = f"{obj}.{python_attribute(member.name)}"
            self._member(member, target, (*path, member.name), path, f"{label}.{member.name}")

    def _member(
        self,
        member: Member,
        target: str,
        path: tuple[str, ...],
        scope: tuple[str, ...],
        label: str,
    ) -> None:
        label = label.lstrip(".")
        if member.virtual is not None:
            constant = None if isinstance(member.type, Pointer) else member.virtual
            names = [target]
            if id(member) in self._needed:
                names.append(self._locals.name(*path))
                if member.virtual < 0:
                    self._signed.add(names[-1])
            self._lines.add(f"{' = '.join(names)} = {constant}")
        elif member.minor is not None:
            self._let_position_vary()
            inner = zeros_below(member, path, self._needed, self._locals)
            with self._lines.block(f"if minor is None or minor >= {member.minor}:"):
                self._value(member, member.type, target, path, scope, label)
                self._let_position_vary()
            with self._lines.block("else:"):
                names = [] if member.zero else [target]
                if id(member) in self._needed:
                    names.append(self._locals.name(*path))
                elements = _absent_elements(member.type)
                if elements:
                    with self._lines.block("if extent is not None:"):
                        self._lines.add(f"extent.add_elements({elements})")
                if names:
                    self._lines.add(f"{' = '.join(names)} = {absent(member.type)}")
                self._lines.add(*inner)
        else:
            self._value(member, member.type, target, path, scope, label)

    def _value(
        self,
        member: Member,
        type_: Type,
        target: str,
        path: tuple[str, ...],
        scope: tuple[str, ...],
        label: str,
    ) -> None:
        match type_:
            case Integer() | Enumeration():
                self._number(member, type_, target, path)
            case FileDescriptor():
                self._lines.add(f"{target} = None")
            case Pointer():
                self._pointer(type_, target, path, scope, label)
            case Struct():
                name = self._locals.name(*path)
                made = self._module.new(python_class(type_.name))
                self._lines.add(f"{target} = {name} = {made}()")
                self._struct(type_, name, path, label)
            case Array(size=Constant(count)) if type_.is_bytes:
                self._codes.append(f"{count}s")
                self._targets.append(target)
                self._size += count
            case Array():
                self._flush()
                if not type_.is_bytes or not isinstance(self._pos, int):
                    self._let_position_vary()
                stop = self._array(type_, target, scope, label, str(self._pos), "end")
                self._pos = stop
            case _:
                self._switch(type_, target, path, scope, label)

    def _number(
        self, member: Member, type_: Integer | Enumeration, target: str, path: tuple[str, ...]
    ) -> None:
        self._size += type_.bits // 8
        if member.zero:
            self._codes.append(f"{type_.bits // 8}x")
            return
        self._codes.append(code_of(type_))
        if id(member) in self._needed:
            name = self._locals.name(*path)
            if isinstance(type_, Integer) and type_.signed:
                self._signed.add(name)
            self._targets.append(name)
            self._when_read(f"{target} = {name}")
        else:
            self._targets.append(target)

    # Pointers

    def _pointer(
        self,
        pointer: Pointer,
        target: str,
        path: tuple[str, ...],
        scope: tuple[str, ...],
        label: str,
    ) -> None:
        offset = self._locals.name(*path, "at")
        self._codes.append("I" if self._pointer_size == 4 else "Q")
        self._targets.append(offset)
        self._size += self._pointer_size

        def follow() -> None:
            lines = self._lines
            with lines.block(f"if {offset}:"):
                with lines.block(f"if {offset} >= len(data):"):
                    lines.add(f'raise outside("{label}", {offset}, len(data))')
                stop = self._target(pointer.target, target, offset, scope, label)
                with lines.block("if extent is not None:"):
                    lines.add(f"extent.add_range({offset}, {stop})")
            with lines.block("else:"):
                if pointer.nonnull:
                    lines.add(f'raise null("{label}", 0)')
                else:
                    lines.add(f"{target} = None")

        self._after.append(follow)

    def _target(
        self, type_: Type, target: str, offset: str, scope: tuple[str, ...], label: str
    ) -> str:
        """Read what a pointer leads to; returns the expression of its end."""
        if isinstance(type_, Struct):
            read = f"{python_class(type_.name)}._read(data, {offset}, len(data), extent, minor)"
            self._lines.add(f"{target}, stop = {read}")
            return "stop"
        if isinstance(type_, Integer | Enumeration):
            call = self._formats.use([code_of(type_)], "unpack_from")
            self._lines.add(f"({target},) = {call}(data, {offset})")
            return f"{offset} + {type_.bits // 8}"
        assert isinstance(type_, Array), "nothing else stands behind a pointer"
        if not type_.is_bytes:
            self._lines.add(f"v = {offset}")
            offset = "v"
        return self._array(type_, target, scope, label, offset, "len(data)")

    # Arrays

    def _array(
        self, array: Array, target: str, scope: tuple[str, ...], label: str, pos: str, end: str
    ) -> str:
        """Read an array at ``pos``; returns the expression of where it ends."""
        lines = self._lines
        width = 1 if array.is_bytes else minimum_size(array.element, self._pointer_size)
        varies = fixed_size(array.element, self._pointer_size) is None
        match array.size:
            case Rest() if array.is_bytes:
                lines.add(f"{target} = data[{pos}:{end}]")
                return end
            case Rest() if varies:
                self._elements(array, target, pos, end, f"while {pos} < {end}:")
                return pos
            case Rest():
                lines.add(f"left = {end} - {pos}")
                with lines.block(f"if left % {width}:"):
                    lines.add(f'raise uneven("{label}", left, {width}, {pos})')
                count = f"left // {width}"
            case Constant(number):
                count = str(number)
            case Count(path) | ByteCount(path):
                count = self._locals.name(*scope, *path)
            case image:
                columns = self._locals.name(*scope, *image.width)
                rows = self._locals.name(*scope, *image.rows)
                row = columns if image.bits == 8 else f"(({image.bits} * {columns} + 7) // 8)"
                for name in sorted(self._signed & {columns, rows}):
                    with lines.block(f"if {name} < 0:"):
                        lines.add(f'raise negative("{label}", {name}, {pos})')
                lines.add(f"left = {row} * {rows}")
                count = "left"
        if count in self._signed:
            with lines.block(f"if {count} < 0:"):
                lines.add(f'raise negative("{label}", {count}, {pos})')
        if array.is_bytes or isinstance(array.size, ByteCount):
            lines.add(f"stop = {pos} + {count}")
            with lines.block(f"if stop > {end}:"):
                lines.add(f'raise beyond("{label}", {count}, {end} - {pos}, {pos})')
            if array.is_bytes:
                lines.add(f"{target} = data[{pos}:stop]")
                return "stop"
            self._elements(array, target, pos, "stop", f"while {pos} < stop:")
            with lines.block(f"if {pos} != stop:"):
                lines.add(f'raise not_filled("{label}", stop, {pos})')
            return pos
        with lines.block(f"if {_times(count, width)} > {end} - {pos}:"):
            lines.add(f'raise beyond("{label}", {_times(count, width)}, {end} - {pos}, {pos})')
        with lines.block("if extent is not None:"):
            lines.add(f"extent.add_elements({count})")
        self._counted(array, target, pos, end, count, width, varies=varies)
        return pos

    def _counted(
        self,
        array: Array,
        target: str,
        pos: str,
        end: str,
        count: str,
        width: int,
        *,
        varies: bool,
    ) -> None:
        lines = self._lines
        element = array.element
        if isinstance(element, Integer | Enumeration):
            code = f'f"<{{{count}}}{code_of(element)}"'
            lines.add(f"{target} = list(_unpack_from({code}, data, {pos}))")
            lines.add(f"{pos} += {_times(count, width)}")
        elif isinstance(element, Struct) and is_flat(element) and not varies:
            codes = [
                code_of(member.type)
                for member in element.members
                if isinstance(member.type, Integer | Enumeration)
            ]
            call = self._formats.use(codes, "iter_unpack")
            lines.add(f"stop = {pos} + {_times(count, width)}")
            lines.add(
                f"{target} = [{python_class(element.name)}(*v) for v in {call}(data[{pos}:stop])]"
            )
            lines.add(f"{pos} = stop")
        else:
            self._elements(array, target, pos, end, f"for _ in range({count}):")

    def _elements(self, array: Array, target: str, pos: str, end: str, head: str) -> None:
        lines = self._lines
        element = array.element
        self._loops += 1
        number = "" if self._loops == 1 else f"_{self._loops}"
        items, item = f"items{number}", f"item{number}"
        lines.add(f"{items} = []")
        with lines.block(head):
            if head.startswith("while"):
                with lines.block("if extent is not None:"):
                    lines.add("extent.add_elements(1)")
            if isinstance(element, Struct):
                read = f"{python_class(element.name)}._read(data, {pos}, {end}, extent, minor)"
                lines.add(f"{item}, {pos} = {read}")
            else:
                assert isinstance(element, Integer | Enumeration), "elements are structs or numbers"
                call = self._formats.use([code_of(element)], "unpack_from")
                lines.add(f"({item},) = {call}(data, {pos})", f"{pos} += {element.bits // 8}")
            lines.add(f"{items}.append({item})")
        lines.add(f"{target} = {items}")

    # Switches

    def _switch(
        self,
        switch: Switch,
        target: str,
        path: tuple[str, ...],
        scope: tuple[str, ...],
        label: str,
    ) -> None:
        lines = self._lines
        self._let_position_vary()
        for case in switch.cases:
            if id(case.member) in self._needed:
                lines.add(f"{self._locals.name(*path, case.member.name)} = 0")
        padded = largest_case(switch, self._pointer_size) if switch.fixed_size else None
        padding = self._locals.name(*path, "", "padded")
        if padded is not None:
            lines.add(f"{padding} = pos + {padded}")
            with lines.block(f"if {padding} > end:"):
                lines.add(f'raise beyond("{label}", {padded}, end - pos, pos)')
        selector = self._locals.name(*scope, *switch.path)
        word = "if"
        for case in switch.cases:
            condition = case_condition(case, selector, is_flags=switch.on.is_flags)
            with lines.block(case_head(word, condition)):
                member = case.member
                if member.zero:
                    lines.add(f"{target} = None")
                inner = case_path(path, member)
                self._member(member, target, inner, scope, f"{label}.{member.name}")
                self._let_position_vary()
            word = "elif"
            if not condition:
                break
        else:
            with lines.block("else:" if switch.cases else "if True:"):
                lines.add(f"{target} = None")
        if padded is not None:
            lines.add(f"pos = {padding}")


def absent(type_: Type) -> str:
    """The value of a member that the negotiated minor leaves out, as an expression."""
    match type_:
        case Integer() | Enumeration():
            return "0"
        case Array(size=Constant(count)) if type_.is_bytes:
            return f"bytes({count})"
        case Array(element=element, size=Constant(count)):
            return f"[{absent(element)} for _ in range({count})]"
        case Array():
            return 'b""' if type_.is_bytes else "[]"
        case Struct():
            # Virtual members and descriptors are what their constructor makes them.
            values = ", ".join(
                f"{python_attribute(member.name)}={absent(member.type)}"
                for member in type_.members
                if not member.zero
                and member.virtual is None
                and not isinstance(member.type, FileDescriptor)
            )
            return f"{python_class(type_.name)}({values})"
        case _:
            return "None"


def _absent_elements(type_: Type) -> int:
    """Elements of all lists in the value that :func:`absent` makes."""
    match type_:
        case Array(element=element, size=Constant(count)) if not type_.is_bytes:
            return count * (1 + _absent_elements(element))
        case Struct():
            return sum(_absent_elements(member.type) for member in type_.members)
        case _:
            return 0


def _times(count: str, width: int) -> str:
    if count.isdigit():
        return str(int(count) * width)
    return count if width == 1 else f"{count} * {width}"
