"""Writes the writing half of generated classes.

As in reading, neighbouring numbers go into one ``pack`` call. Pointers are
written as 0 into a block that is patched when their target has been placed.
Where the pointers stand in the last run of a message, its size and so the
first target's offset are known at once, and nothing needs patching.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

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
from caraway.idl.layout import fixed_member_size, fixed_size, largest_case, minimum_size
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
    Struct,
    Switch,
    Type,
    strip,
    walk,
)
from caraway.idl.naming import python_attribute, python_class

_RESERVED = ("self", "out", "queue", "size", "minor", "block", "place", "start", "item", "error")


@dataclass(slots=True)
class _Target:
    """A pointer in the open run: where in it, the variable, what it leads to."""

    index: int
    offset: int
    variable: str
    type: Type


def has_pointers(struct: Struct) -> bool:
    """Whether a pointer is anywhere in ``struct``."""
    for member in walk(struct):
        inner = strip(member.type)
        if isinstance(member.type, Pointer) or (isinstance(inner, Struct) and has_pointers(inner)):
            return True
    return False


def _mixes_arrays(switch: Switch) -> bool:
    """Whether what a union holds may be an array or something else."""
    targets = [
        case.member.type.target if isinstance(case.member.type, Pointer) else case.member.type
        for case in switch.cases
    ]
    return len(targets) > 1 and any(isinstance(target, Array) for target in targets)


class WriteFrame:
    """Emits the body of one writing function into a module."""

    def __init__(self, module: ModuleCode) -> None:
        self._lines = module.lines
        self._formats = module.formats
        self._putters = module.putters
        self._pointer_size = module.pointer_size
        self._locals = Locals(*_RESERVED)
        self._needed: set[int] = set()
        self._signed: set[str] = set()
        self._codes: list[str] = []
        self._values: list[str] = []
        self._targets: list[_Target] = []
        self._run = 0
        # Bytes appended since ``size`` was last brought up to date.
        self._owed = 0
        self._counts_size = True
        self._is_root = False
        self._pointed = False

    def root(self, struct: Struct) -> None:
        """The body of ``write_buffers``: a whole message."""
        lines = self._lines
        self._is_root = True
        self._counts_size = has_pointers(struct)
        with lines.block("try:"):
            if is_one_run(struct):
                self._struct(struct, "self", ())
                lines.add(f"return [{self._packed()}]")
            else:
                lines.add("out: list[Buffer] = []")
                lines.add("queue: Queue = []")
                lines.add("size = 0")
                self._struct(struct, "self", ())
                self._flush(last=True)
                if self._counts_size:
                    self._settle()
                    with lines.block("if queue:"):
                        lines.add("drain(out, queue, size, _patch, minor)")
                lines.add("return out")
        with lines.block("except UNSENDABLE as error:"):
            lines.add("refuse(self, error, minor)")

    def nested(self, struct: Struct) -> None:
        """The body of ``_write``: a pointer target or an element of a list."""
        self._struct(struct, "self", ())
        self._flush()
        self._settle()
        self._lines.add("return size")

    # Runs

    def _packed(self) -> str:
        if not self._codes:
            return 'b""'
        arguments = ", ".join(self._values)
        return f"{self._formats.use(self._codes, 'pack')}({arguments})"

    def _flush(self, *, last: bool = False) -> None:
        if self._codes:
            if not self._targets:
                self._lines.add(f"out.append({self._packed()})")
                self._owed += self._run
            elif last and self._is_root and not self._pointed:
                self._place_targets()
            else:
                self._queue_targets()
            self._pointed = self._pointed or bool(self._targets)
        self._codes, self._values, self._targets, self._run = [], [], [], 0

    def _place_targets(self) -> None:
        """The run ends the fixed part: place its targets now, then pack it."""
        lines = self._lines
        self._owed += self._run
        self._settle()
        lines.add("place = len(out)", 'out.append(b"")')
        for target in self._targets:
            offset = self._locals.name(target.variable, "", "offset")
            self._values[target.index] = offset
            with lines.block(f"if {target.variable} is None:"):
                lines.add(f"{offset} = 0")
            with self._present(target, "elif"):
                lines.add(f"{offset} = size")
                lines.add(
                    f"size = {self._put(target.type)}({target.variable}, out, queue, size, minor)"
                )
                if self._may_be_empty(target.type):
                    with lines.block(f"if size == {offset}:"):
                        lines.add(f"{offset} = 0")
            self._absent(target)
        lines.add(f"out[place] = {self._packed()}")

    def _queue_targets(self) -> None:
        lines = self._lines
        lines.add(f"block = bytearray({self._packed()})", "out.append(block)")
        self._owed += self._run
        for target in self._targets:
            with self._present(target, "if"):
                entry = f"block, {target.offset}, {self._put(target.type)}, {target.variable}"
                lines.add(f"queue.append(({entry}))")
            self._absent(target, null=True)

    def _present(self, target: _Target, word: str) -> AbstractContextManager[None]:
        """The branch for a target that is not null, and is what the pointer leads to."""
        if isinstance(target.type, Struct):
            class_name = python_class(target.type.name)
            return self._lines.block(f"{word} type({target.variable}) is {class_name}:")
        return self._lines.block(
            "else:" if word == "elif" else f"if {target.variable} is not None:"
        )

    def _absent(self, target: _Target, *, null: bool = False) -> None:
        """The branch for a target of the wrong class."""
        if not isinstance(target.type, Struct):
            return
        head = f"elif {target.variable} is not None:" if null else "else:"
        with self._lines.block(head):
            class_name = python_class(target.type.name)
            self._lines.add(f'raise Refused("{target.variable} must be a {class_name}")')

    def _settle(self) -> None:
        """Bring ``size`` up to date."""
        if self._owed and self._counts_size:
            self._lines.add(f"size += {self._owed}")
        self._owed = 0

    def _may_be_empty(self, target: Type) -> bool:
        """Whether what is not None may still take no bytes; empty arrays are None here."""
        inner = target.element if isinstance(target, Array) else target
        return minimum_size(inner, self._pointer_size) == 0

    def _put(self, target: Type) -> str:
        """The function that writes what a pointer leads to."""
        match target:
            case Struct(name=name):
                return f"{python_class(name)}._write"
            case Array(element=Struct(name=name)):
                made = f"record_putter({python_class(name)})"
            case Array(element=element) if target.is_bytes:
                return "put_octets"
            case Array(element=(Integer() | Enumeration()) as element):
                made = f'number_putter("{code_of(element)}", {element.bits // 8})'
            case _:
                assert isinstance(target, Integer | Enumeration), "pointers lead to nothing else"
                made = f'scalar_putter("{code_of(target)}")'
        return self._putters.setdefault(made, f"_put_{len(self._putters)}")

    # Types

    def _struct(self, struct: Struct, obj: str, path: tuple[str, ...]) -> None:
        self._needed |= referenced(struct)
        for member in struct.members:
            value = f"{obj}.{python_attribute(member.name)}"
            self._member(member, value, (*path, member.name), path)

    def _member(
        self, member: Member, value: str, path: tuple[str, ...], scope: tuple[str, ...]
    ) -> None:
        lines = self._lines
        if member.virtual is not None:
            constant = "None" if isinstance(member.type, Pointer) else str(member.virtual)
            comparison = "is not" if constant == "None" else "!="
            with lines.block(f"if {value} {comparison} {constant}:"):
                lines.add(f'raise Refused("{member.name} is always {constant}")')
            if id(member) in self._needed:
                name = self._locals.name(*path)
                lines.add(f"{name} = {constant}")
                if member.virtual < 0:
                    self._signed.add(name)
        elif member.minor is not None:
            self._flush()
            self._settle()
            if id(member) in self._needed and not isinstance(member.type, Struct):
                lines.add(f"{self._locals.name(*path)} = 0")
            lines.add(*zeros_below(member, path, self._needed, self._locals))
            with lines.block(f"if minor is None or minor >= {member.minor}:"):
                self._value(member, member.type, value, path, scope)
                self._flush()
                self._settle()
        else:
            self._value(member, member.type, value, path, scope)

    def _value(
        self,
        member: Member,
        type_: Type,
        value: str,
        path: tuple[str, ...],
        scope: tuple[str, ...],
    ) -> None:
        lines = self._lines
        match type_:
            case Integer() | Enumeration() if member.zero:
                self._add(f"{type_.bits // 8}x", type_.bits // 8)
            case Integer() | Enumeration():
                if id(member) in self._needed:
                    name = self._locals.name(*path)
                    lines.add(f"{name} = {value}")
                    value = name
                    if isinstance(type_, Integer) and type_.signed:
                        self._signed.add(name)
                self._add(code_of(type_), type_.bits // 8, value)
            case FileDescriptor():
                return
            case Pointer():
                self._pointer(type_, value, path, scope)
            case Struct():
                name = self._locals.name(*path)
                lines.add(f"{name} = {value}")
                self._struct(type_, name, path)
            case Array(size=Constant(count)) if type_.is_bytes:
                name = self._locals.name(*path)
                lines.add(f"{name} = {value}")
                with lines.block(f"if type({name}) is not bytes:"):
                    lines.add(f"{name} = octets({name})")
                with lines.block(f"if len({name}) != {count}:"):
                    lines.add(f'raise Refused("{member.name} needs {count} bytes")')
                self._add(f"{count}s", count, f"bytes({name})")
            case Array():
                self._flush()
                self._array(type_, value, path, scope)
            case _:
                self._switch(type_, value, path, scope)

    def _add(self, code: str, size: int, value: str | None = None) -> None:
        self._codes.append(code)
        self._run += size
        if value is not None:
            self._values.append(value)

    # Pointers

    def _pointer(
        self, pointer: Pointer, value: str, path: tuple[str, ...], scope: tuple[str, ...]
    ) -> None:
        lines = self._lines
        name = self._locals.name(*path)
        lines.add(f"{name} = {value}")
        target = pointer.target
        if isinstance(target, Array):
            if target.is_bytes:
                with lines.block(f"if {name} is not None and type({name}) is not bytes:"):
                    lines.add(f"{name} = octets({name})")
            self._check_count(target, name, scope, nullable=True)
            if isinstance(target.size, ByteCount) and not target.is_bytes:
                counted = self._locals.name(*scope, *target.size.path)
                size = f"{self._put(target)}({name}, [], [], 0, minor)"
                with lines.block(f"if ({size} if {name} else 0) != {counted}:"):
                    lines.add(f'raise Refused("{name} takes another number of bytes than counted")')
            with lines.block(f"if not {name}:"):
                if pointer.nonnull:
                    lines.add(f'raise Refused("{name} must not be null or empty")')
                else:
                    lines.add(f"{name} = None")
        elif pointer.nonnull:
            with lines.block(f"if {name} is None:"):
                lines.add(f'raise Refused("{name} must not be null")')
        if pointer.nonnull and self._may_be_empty(target):
            with lines.block(f"if not {self._put(target)}({name}, [], [], 0, minor):"):
                lines.add(f'raise Refused("{name} must not be empty")')
        self._targets.append(_Target(len(self._values), self._run, name, target))
        self._add("I" if self._pointer_size == 4 else "Q", self._pointer_size, "0")

    # Arrays

    def _count(self, array: Array, scope: tuple[str, ...]) -> str | None:
        """The expression of how long an array must be; None where it may be any length."""
        match array.size:
            case Constant(count):
                return str(count)
            case Count(path):
                return self._locals.name(*scope, *path)
            case ByteCount(path) if array.is_bytes:
                return self._locals.name(*scope, *path)
            case ImageSize(bits, width, rows):
                columns = self._locals.name(*scope, *width)
                row = columns if bits == 8 else f"(({bits} * {columns} + 7) // 8)"
                return f"{row} * {self._locals.name(*scope, *rows)}"
            case _:
                return None

    def _check_count(
        self, array: Array, name: str, scope: tuple[str, ...], *, nullable: bool = False
    ) -> None:
        count = self._count(array, scope)
        if count is None:
            return
        if isinstance(array.size, ImageSize):
            paths = (array.size.width, array.size.rows)
            sides = {self._locals.name(*scope, *path) for path in paths}
            for side in sorted(self._signed & sides):
                given = f"{name} is not None and " if nullable else ""
                with self._lines.block(f"if {given}{side} < 0:"):
                    self._lines.add(f'raise Refused("{side} is negative")')
        length = f"len({name})"
        if nullable and isinstance(array.size, Count | ByteCount):
            length = f"(0 if {name} is None else {length})"
        elif nullable:
            length = f"({count} if {name} is None else {length})"
        with self._lines.block(f"if {length} != {count}:"):
            self._lines.add(f'raise Refused("{name} has another length than counted")')

    def _array(
        self, array: Array, value: str, path: tuple[str, ...], scope: tuple[str, ...]
    ) -> None:
        lines = self._lines
        name = self._locals.name(*path)
        item = self._locals.name(*path, "item")
        lines.add(f"{name} = {value}")
        element = array.element
        if array.is_bytes:
            with lines.block(f"if type({name}) is not bytes:"):
                lines.add(f"{name} = octets({name})")
        self._check_count(array, name, scope)
        self._settle()
        if array.is_bytes:
            lines.add(f"out.append({name})")
            counted_by = self._count(array, scope)
            self._grow(f"len({name})" if counted_by is None else counted_by)
            return
        counted = isinstance(array.size, ByteCount)
        if counted:
            # Elements report how far they got: here also where nobody else asks for it.
            lines.add("start = size")
        if isinstance(element, Integer | Enumeration):
            code = f'f"<{{len({name})}}{code_of(element)}"'
            lines.add(f"out.append(_pack({code}, *{name}))")
            self._grow(f"{element.bits // 8} * len({name})", always=counted)
        elif isinstance(element, Struct) and is_flat(element):
            fields = element.members
            codes = [
                code_of(member.type)
                for member in fields
                if isinstance(member.type, Integer | Enumeration)
            ]
            values = ", ".join(f"{item}.{python_attribute(member.name)}" for member in fields)
            pack = self._formats.use(codes, "pack")
            lines.add(f"out += [{pack}({values}) for {item} in {name}]")
            width = fixed_size(element, self._pointer_size)
            self._grow(f"{width} * len({name})", always=counted)
        else:
            assert isinstance(element, Struct), "elements are structs or numbers"
            # What these point to comes before the targets of pointers that are still to come.
            self._pointed = self._pointed or has_pointers(element)
            with lines.block(f"for {item} in {name}:"):
                class_name = python_class(element.name)
                with lines.block(f"if type({item}) is not {class_name}:"):
                    lines.add(f'raise Refused("{name} must hold {class_name}")')
                lines.add(f"size = {item}._write(out, queue, size, minor)")
        if counted and isinstance(array.size, ByteCount):
            size = self._locals.name(*scope, *array.size.path)
            with lines.block(f"if size - start != {size}:"):
                lines.add(f'raise Refused("{name} takes another number of bytes than counted")')

    def _grow(self, amount: str, *, always: bool = False) -> None:
        if self._counts_size or always:
            self._lines.add(f"size += {amount}")

    # Switches

    def _switch(
        self, switch: Switch, value: str, path: tuple[str, ...], scope: tuple[str, ...]
    ) -> None:
        lines = self._lines
        if self._targets:
            self._flush()
        for case in switch.cases:
            if id(case.member) in self._needed:
                lines.add(f"{self._locals.name(*path, case.member.name)} = 0")
        padded = largest_case(switch, self._pointer_size) if switch.fixed_size else None
        selector = self._locals.name(*scope, *switch.path)
        name = self._locals.name(*path)
        # To a type-checker an array is one of the union's types, until its case is known.
        lines.add(f"{name}{': Any' if _mixes_arrays(switch) else ''} = {value}")
        # The open run goes on into each case, where it saves a call of pack.
        before = self._open_run()
        word = "if"
        for case in switch.cases:
            condition = case_condition(case, selector, is_flags=switch.on.is_flags)
            with lines.block(case_head(word, condition)):
                self._reopen(before)
                self._case(case, name, path, scope, padded)
            word = "elif"
            if not condition:
                return
        head = f"elif {name} is not None:" if switch.cases else f"if {name} is not None:"
        with lines.block(head):
            lines.add(f'raise Refused("{name} must be None here")')
        self._reopen(before)
        if padded:
            self._add(f"{padded}x", padded)
        if self._codes or self._owed:
            with lines.block("else:"):
                self._flush()
                self._settle()

    def _open_run(self) -> tuple[list[str], list[str], int, int]:
        return list(self._codes), list(self._values), self._run, self._owed

    def _reopen(self, run: tuple[list[str], list[str], int, int]) -> None:
        codes, values, self._run, self._owed = run
        self._codes, self._values, self._targets = list(codes), list(values), []

    def _case(
        self,
        case: Case,
        name: str,
        path: tuple[str, ...],
        scope: tuple[str, ...],
        padded: int | None,
    ) -> None:
        member = case.member
        if member.zero:
            with self._lines.block(f"if {name} is not None:"):
                self._lines.add(f'raise Refused("{name} must be None here")')
        elif isinstance(member.type, Struct):
            class_name = python_class(member.type.name)
            with self._lines.block(f"if type({name}) is not {class_name}:"):
                self._lines.add(f'raise Refused("{name} must be a {class_name} here")')
        elif isinstance(member.type, Integer | Enumeration | Array):
            with self._lines.block(f"if {name} is None:"):
                self._lines.add(f'raise Refused("{name} must not be None here")')
        self._member(member, name, case_path(path, member), scope)
        if padded is not None:
            used = fixed_member_size(member, self._pointer_size) or 0
            if padded > used:
                self._add(f"{padded - used}x", padded - used)
        self._flush()
        self._settle()
