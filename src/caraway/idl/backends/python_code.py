"""What the Python backend's parts share: indented text, struct formats, local names."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from caraway.idl.model import (
    Array,
    Case,
    Constant,
    Enumeration,
    FileDescriptor,
    Integer,
    Member,
    Pointer,
    Struct,
    Switch,
    Type,
    walk,
)

#: Codes of the struct module.
_CODES: Final = {8: "b", 16: "h", 32: "i", 64: "q"}


def code_of(type_: Integer | Enumeration) -> str:
    """The struct module's letter for a number."""
    integer = type_.integer if isinstance(type_, Enumeration) else type_
    code = _CODES[integer.bits]
    return code if integer.signed else code.upper()


#: What generated modules import from caraway.wire.codec and call.
RUNTIME_CALLS: Final = (
    "beyond",
    "drain",
    "ends_early",
    "negative",
    "not_filled",
    "null",
    "number_putter",
    "octets",
    "outside",
    "prefix",
    "put_octets",
    "record_putter",
    "refuse",
    "scalar_putter",
    "settle",
    "uneven",
)


class Lines:
    """Source text under construction."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0

    def add(self, *lines: str) -> None:
        """Append lines at the current depth; an empty one stays empty."""
        self._lines += ["    " * self._depth + line if line else "" for line in lines]

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """``head`` and, one level deeper, what is added inside."""
        self.add(head)
        self._depth += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self.add("pass")
        self._depth -= 1

    def text(self) -> str:
        """All of it, with a line end behind each line."""
        return "".join(f"{line}\n" for line in self._lines)


class Formats:
    """The ``struct.Struct`` objects of one generated module, each made once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._used: dict[tuple[int, str], None] = {}

    def use(self, codes: list[str], method: str) -> str:
        """The module-level name of one method of the Struct for ``codes``.

        Args:
            method: ``unpack``, ``unpack_from``, ``pack`` or ``iter_unpack``.
        """
        text = _compact(codes)
        number = self._numbers.setdefault(text, len(self._numbers))
        self._used[number, method] = None
        return f"_{method}_{number}"

    def definitions(self) -> list[str]:
        """The statements that define every name handed out."""
        lines = []
        for text, number in self._numbers.items():
            methods = sorted(method for n, method in self._used if n == number)
            lines.append(f'_struct_{number} = Struct("<{text}")')
            lines += [f"_{method}_{number} = _struct_{number}.{method}" for method in methods]
        return lines


def _compact(codes: list[str]) -> str:
    """``i i i B`` → ``3iB``."""
    out: list[str] = []
    at = 0
    while at < len(codes):
        run = at
        while run < len(codes) and codes[run] == codes[at]:
            run += 1
        if len(codes[at]) == 1 and run - at > 1:
            out.append(f"{run - at}{codes[at]}")
        else:
            out += codes[at:run]
        at = run
    return "".join(out)


class ModuleCode:
    """One generated module while its classes are being written.

    Attributes:
        lines: The body: classes and tables.
        formats: Struct objects the body uses.
        putters: Functions that write arrays behind pointers: definition to name.
        made: Classes that the body makes empty instances of.
        pointer_size: 4 or 8 bytes.
    """

    def __init__(self, pointer_size: int) -> None:
        self.lines = Lines()
        self.formats = Formats()
        self.putters: dict[str, str] = {}
        self.made: set[str] = set()
        self.pointer_size = pointer_size

    def new(self, class_name: str) -> str:
        """What makes an empty instance of a class, without its constructor."""
        self.made.add(class_name)
        return f"_new_{class_name}"

    def before(self) -> list[str]:
        """Statements that the body needs in front of it."""
        own = [f"{name} = {made}" for made, name in self.putters.items() if "record" not in made]
        return [*self.formats.definitions(), *own]

    def behind(self) -> list[str]:
        """Statements that name classes of the body, and so come after it."""
        makers = [f"_new_{name} = partial(object.__new__, {name})" for name in sorted(self.made)]
        return [
            *makers,
            *(f"{name} = {made}" for made, name in self.putters.items() if "record" in made),
        ]


#: Functions that generated code calls; a local of that name would hide them.
_CALLED: Final = frozenset(
    {"bytearray", "bytes", "dict", "found", "len", "list", "range", "s", "tuple", "type"}
)


#: Names that a module uses, and a sibling that it imports must not hide.
_IN_USE: Final = frozenset(
    {*RUNTIME_CALLS, *dir(builtins), "annotations", "check_size", "dataclass", "found", "partial"}
    | {"s", "text_of"}
)


def sibling(channel: str) -> str:
    """What another module calls the module of ``channel`` that it has imported."""
    return f"{channel}_" if channel in _IN_USE else channel


def import_siblings(package: str, channels: Iterable[str]) -> str:
    """The statement that imports the modules of ``channels``."""
    names = [name if sibling(name) == name else f"{name} as {sibling(name)}" for name in channels]
    return f"from {package} import {', '.join(names)}"


class Locals:
    """Names of local variables, told apart by the path of the field they stand for.

    What belongs to a field but is no field itself has an empty name in its path.
    """

    def __init__(self, *reserved: str) -> None:
        self._reserved = {*reserved, *RUNTIME_CALLS, *_CALLED, *keyword.kwlist}
        self._names: dict[tuple[str, ...], str] = {}

    def name(self, *path: str) -> str:
        """The variable for ``path``: the same one whenever asked again."""
        if path not in self._names:
            name = "_".join(filter(None, path))
            # Capitals are for classes, which the function may have to name.
            name = name[:1].lower() + name[1:]
            while name in self._reserved:
                name += "_"
            self._reserved.add(name)
            self._names[path] = name
        return self._names[path]


def referenced(struct: Struct) -> set[int]:
    """Identities of members whose value decides how other members are laid out."""
    found: set[int] = set()

    def mark(path: tuple[str, ...]) -> None:
        where: Type = struct
        for name in path:
            members = _find(where, name)
            found.update(map(id, members))
            where = members[0].type

    for member in walk(struct):
        type_ = member.type
        if isinstance(type_, Pointer):
            type_ = type_.target
        if isinstance(type_, Array):
            for path in size_paths(type_):
                mark(path)
        elif isinstance(type_, Switch):
            mark(type_.path)
    return found


def _find(where: Type, name: str) -> list[Member]:
    """The member called ``name``; in a switch all cases that share the name."""
    assert isinstance(where, Struct | Switch), "paths lead through structs and switches"
    inner = where.members if isinstance(where, Struct) else [case.member for case in where.cases]
    return [member for member in inner if member.name == name]


def size_paths(array: Array) -> list[tuple[str, ...]]:
    """Paths of the members that an array's size depends on."""
    size = array.size
    paths = [getattr(size, name, None) for name in ("path", "width", "rows")]
    return [path for path in paths if path is not None]


def zeros_below(
    member: Member, path: tuple[str, ...], needed: set[int], names: Locals
) -> list[str]:
    """What the locals inside ``member`` are where a minor leaves it out, as statements."""
    found: dict[str, None] = {}
    inner: list[Member] = []
    if isinstance(member.type, Struct):
        inner = member.type.members
    elif isinstance(member.type, Switch):
        inner = [case.member for case in member.type.cases]
    for each in inner:
        where = (*path, each.name)
        if id(each) in needed and not isinstance(each.type, Struct):
            found[f"{names.name(*where)} = {each.virtual or 0}"] = None
        found.update(dict.fromkeys(zeros_below(each, where, needed, names)))
    return list(found)


def case_path(path: tuple[str, ...], member: Member) -> tuple[str, ...]:
    """The path of a case; one that is no number has no share in the variable of its name."""
    is_number = isinstance(member.type, Integer | Enumeration)
    return (*path, member.name) if is_number else (*path, member.name, "")


def case_head(word: str, condition: str) -> str:
    """The line that opens one case; ``word`` is ``if`` for the first, then ``elif``."""
    if condition:
        return f"{word} {condition}:"
    return "else:" if word == "elif" else "if True:"


def case_condition(case: Case, selector: str, *, is_flags: bool) -> str:
    """The Python condition for one case; empty for the default."""
    parts: list[str] = []
    values: list[int] = []
    for label in case.labels:
        if label.item is None:
            return ""
        if not is_flags:
            values.append(label.item.value)
        elif label.negated:
            parts.append(f"not {selector} & {label.item.value}")
        else:
            parts.append(f"{selector} & {label.item.value}")
    if len(values) == 1:
        return f"{selector} == {values[0]}"
    if values:
        return f"{selector} in {tuple(values)}"
    return " or ".join(parts)


def is_flat(struct: Struct) -> bool:
    """Whether a struct is numbers only, so that its constructor takes them in order."""
    return bool(struct.members) and all(
        isinstance(member.type, Integer | Enumeration)
        and not member.zero
        and member.virtual is None
        and member.minor is None
        for member in struct.members
    )


def is_one_run(struct: Struct) -> bool:
    """Whether one call of ``unpack`` or ``pack`` does it all: numbers and bytes of one size."""
    return all(
        member.virtual is not None or (member.minor is None and _is_in_run(member.type))
        for member in struct.members
    )


def _is_in_run(type_: Type) -> bool:
    match type_:
        case Integer() | Enumeration() | FileDescriptor():
            return True
        case Array(size=Constant()):
            return type_.is_bytes
        case Struct():
            return is_one_run(type_)
        case _:
            return False


def docstring(text: str) -> list[str]:
    """The lines of a docstring that says ``text``."""
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    if safe.endswith('"'):
        safe += " "
    first, *rest = safe.split("\n")
    if not rest:
        return [f'"""{first}"""']
    return [f'"""{first}', *(line.rstrip() for line in rest), '"""']
