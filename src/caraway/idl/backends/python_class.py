"""Writes the classes of generated modules: fields, constructor, reading, writing."""

from __future__ import annotations

from caraway.idl.backends.python_code import ModuleCode, docstring, sibling
from caraway.idl.backends.python_counts import derived_counts
from caraway.idl.backends.python_read import ReadFrame
from caraway.idl.backends.python_schema import SchemaWriter, annotation
from caraway.idl.backends.python_write import WriteFrame
from caraway.idl.model import (
    DIRECTIONS,
    Array,
    Channel,
    Direction,
    FileDescriptor,
    Member,
    Message,
    Pointer,
    Struct,
    Switch,
)
from caraway.idl.naming import message_class, python_attribute, python_class


class ClassWriter:
    """Emits classes into a module."""

    def __init__(self, module: ModuleCode) -> None:
        self._module = module
        self._lines = module.lines

    def struct(self, struct: Struct, *, framed: bool) -> None:
        """The class of a declared struct.

        Args:
            framed: Pointers or lists lead to it, so that it is read and
                written by functions of its own.
        """
        name = python_class(struct.name)
        doc = struct.doc or f"struct {struct.name}."
        self._lines.add("", "")
        self._lines.add("@dataclass(init=False, repr=False, eq=False)")
        with self._lines.block(f"class {name}(Record):"):
            self._lines.add(*docstring(doc), "")
            self._fields(struct, "server")
            if framed:
                self._nested(struct, name)

    def message(self, message: Message) -> None:
        """The class of one message of a channel."""
        name = message_class(message)
        self._lines.add("", "")
        body = message.body
        doc = message.doc or body.doc
        where = f"{message.channel.type_name}, {message.direction} message {message.number}."
        self._lines.add("@dataclass(init=False, repr=False, eq=False)")
        with self._lines.block(f"class {name}(Message):"):
            self._lines.add(*docstring(f"{doc}\n\n{where}" if doc else where), "")
            self._lines.add(f'CHANNEL: ClassVar[str] = "{message.channel.name}"')
            self._lines.add(f'DIRECTION: ClassVar[str] = "{message.direction}"')
            self._lines.add(f'NAME: ClassVar[str] = "{message.name}"')
            self._lines.add(f"NUMBER: ClassVar[int] = {message.number}")
            self._fields(body, message.direction)
            what = f"{message.channel.name} {message.direction} {message.name}"
            self._lines.add("", "@staticmethod")
            head = "data: Buffer, limits: Limits | None = None, minor: int | None = None"
            with self._lines.block(f"def parse({head}) -> {name}:"):
                ReadFrame(self._module).root(body, name, what)
            self._lines.add("")
            head = "self, minor: int | None = None"
            with self._lines.block(f"def write_buffers({head}) -> list[Buffer]:"):
                WriteFrame(self._module).root(body)

    def _nested(self, struct: Struct, name: str) -> None:
        lines = self._lines
        lines.add("", "@staticmethod")
        head = "data: Buffer, pos: int, end: int, extent: Extent | None, minor: int | None = None"
        with lines.block(f"def _read({head}) -> tuple[{name}, int]:"):
            ReadFrame(self._module).nested(struct, name)
        lines.add("")
        head = "self, out: list[Buffer], queue: Queue, size: int, minor: int | None = None"
        with lines.block(f"def _write({head}) -> int:"):
            WriteFrame(self._module).nested(struct)

    # Fields

    def _fields(self, struct: Struct, direction: Direction) -> None:
        lines = self._lines
        members = [member for member in struct.members if not member.zero]
        names = [python_attribute(member.name) for member in members]
        slots = ", ".join(f'"{name}"' for name in names)
        lines.add(f"__slots__ = ({slots}{',' if len(names) == 1 else ''})")
        for member, name in zip(members, names, strict=True):
            comment = f"  # {' '.join(member.doc.split())}" if member.doc else ""
            lines.add(f"{name}: {annotation(member)}{comment}")
        schema = SchemaWriter(struct)
        lines.add("FIELDS: ClassVar[tuple[s.Field, ...]] = (")
        lines.add(*(f"    {schema.field(member)}," for member in members))
        lines.add(")", "")
        self._init(struct, members)
        for member in members:
            array = member.type.target if isinstance(member.type, Pointer) else member.type
            if member.text and isinstance(array, Array) and array.is_bytes:
                self._text(member)
            if member.view is not None:
                self._view(member, *member.view, direction)

    def _init(self, struct: Struct, members: list[Member]) -> None:
        lines = self._lines
        counts = derived_counts(struct)
        required, optional = [], []
        for member in members:
            name = python_attribute(member.name)
            default = _default(member, counts)
            if default is None:
                required.append(f"{name}: {annotation(member)}")
            else:
                hint = annotation(member)
                if default == "None" and not hint.endswith("None"):
                    hint += " | None"
                optional.append(f"{name}: {hint} = {default}")
        parameters = ", ".join(["self", *required, *(["*"] if optional else []), *optional])
        with lines.block(f"def __init__({parameters}) -> None:"):
            for member in members:
                name = python_attribute(member.name)
                value = name
                if member.name in counts:
                    value = f"{counts[member.name]} if {name} is None else {name}"
                lines.add(f"self.{name} = {value}")

    def _text(self, member: Member) -> None:
        name = python_attribute(member.name)
        is_nullable = isinstance(member.type, Pointer) and not member.type.nonnull
        hint = "str | None" if is_nullable else "str"
        self._lines.add("", "@property")
        with self._lines.block(f"def {name}_text(self) -> {hint}:"):
            self._lines.add(f'"""``{name}`` as text, up to its NUL if it has one."""')
            null = f"None if self.{name} is None else " if is_nullable else ""
            self._lines.add(f"return {null}text_of(self.{name})")

    def _view(
        self, member: Member, family: Channel, path: tuple[str, ...], direction: Direction
    ) -> None:
        name = python_attribute(member.name)
        is_in_union = len(path) > 1
        selector = "number" if is_in_union else f"self.{python_attribute(path[0])}"
        # Where both sides have messages of that number, the side that sends this one.
        sides = sorted(DIRECTIONS, key=lambda side: side != direction)
        tables = [side.upper() for side in sides if family.messages(side)] or ["SERVER"]
        found = " or ".join(f"{sibling(family.name)}.{table}.get({selector})" for table in tables)
        lines = self._lines
        lines.add("")
        head = "self, limits: Limits | None = None, minor: int | None = None"
        with lines.block(f"def {name}_view({head}) -> Message | None:"):
            lines.add(
                f'"""What ``{name}`` holds, told by ``{".".join(path)}``: '
                f'a message of {family.type_name}, or None."""'
            )
            if is_in_union:
                lines.add(f"number = s.follow(self, {path})")
                with lines.block("if not isinstance(number, int):"):
                    lines.add("return None")
            lines.add(f"found = {found}")
            null = f" or self.{name} is None" if isinstance(member.type, Pointer) else ""
            with lines.block(f"if found is None{null}:"):
                lines.add("return None")
            lines.add(f"return found.parse(self.{name}, limits, minor)")


def _default(member: Member, counts: dict[str, str]) -> str | None:
    """The default of a constructor's parameter; None where it has to be given."""
    if member.virtual is not None:
        return "None" if isinstance(member.type, Pointer) else str(member.virtual)
    if member.name in counts or isinstance(member.type, FileDescriptor | Switch):
        return "None"
    if isinstance(member.type, Pointer) and not member.type.nonnull:
        return "None"
    return None
