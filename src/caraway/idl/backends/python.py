"""The Python backend: a package of typed message classes.

One description becomes one package::

    enums.py          every enum and flags type
    structs.py        every struct
    <channel>.py      the messages a channel declares, by direction
    __init__.py       PROTOCOL, a caraway.wire.registry.Registry of all of them

Output depends on the description alone: no dates, no paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from caraway.idl.backends.python_class import ClassWriter
from caraway.idl.backends.python_code import (
    RUNTIME_CALLS,
    Lines,
    ModuleCode,
    docstring,
    import_siblings,
    sibling,
)
from caraway.idl.model import (
    DIRECTIONS,
    Channel,
    Description,
    Enumeration,
    Struct,
    strip,
    walk,
)
from caraway.idl.naming import message_class, python_class, python_item

_BANNER = "# Made by 'caraway proto build' from {source}; do not edit."


def render(description: Description, *, package: str, source: str) -> dict[str, str]:
    """The files of the package, by name.

    Args:
        package: Its import name, as in ``caraway.messages._generated.spice``.
        source: How the description is called in the files' first line.
    """
    banner = _BANNER.format(source=source)
    backend = _Backend(description, package, banner)
    files = {"enums.py": backend.enums(), "structs.py": backend.structs()}
    for channel in description.channels:
        files[f"{channel.name}.py"] = backend.channel(channel)
    files["__init__.py"] = backend.init()
    return files


class _Backend:
    def __init__(self, description: Description, package: str, banner: str) -> None:
        self._description = description
        self._package = package
        self._banner = banner

    # Modules

    def enums(self) -> str:
        lines = Lines()
        lines.add(self._banner)
        lines.add(f'"""Enumerations of {self._description.name}."""', "")
        lines.add("from enum import IntEnum, IntFlag", "")
        for enumeration in self._description.enums:
            lines.add("")
            self._enum(lines, enumeration)
        return lines.text()

    @staticmethod
    def _enum(lines: Lines, enumeration: Enumeration) -> None:
        base = "IntFlag" if enumeration.is_flags else "IntEnum"
        with lines.block(f"class {python_class(enumeration.name)}({base}):"):
            kind = f"{'flags' if enumeration.is_flags else 'enum'}{enumeration.bits}"
            doc = enumeration.doc or f"{kind} {enumeration.name}."
            lines.add(*docstring(doc), "")
            for item in enumeration.items:
                value = hex(item.value) if enumeration.is_flags else str(item.value)
                comment = f"  # {' '.join(item.doc.split())}" if item.doc else ""
                lines.add(f"{python_item(item)} = {value}{comment}")

    def structs(self) -> str:
        module = ModuleCode(self._description.pointer_size)
        writer = ClassWriter(module)
        elsewhere = _framed(self._description)
        for struct in _in_order(self._description.structs):
            if struct.is_message:
                continue
            writer.struct(struct, framed=id(struct) in elsewhere)
        structs = [struct for struct in self._description.structs if not struct.is_message]
        viewed = sorted({name for struct in structs for name in _viewed(struct)})
        if viewed:
            # Channels import this module, and so are imported at its end.
            module.lines.add("", "", import_siblings(self._package, viewed))
        return self._module(f"Structs of {self._description.name}.", module, [])

    def channel(self, channel: Channel) -> str:
        module = ModuleCode(self._description.pointer_size)
        writer = ClassWriter(module)
        names: dict[str, dict[int, str]] = {direction: {} for direction in DIRECTIONS}
        for message in channel.own:
            writer.message(message)
            names[message.direction][message.number] = message_class(message)
        module.lines.add("", "")
        for direction in DIRECTIONS:
            self._table(module, channel, direction, names[direction])
        siblings = {channel.base.name} if channel.base else set()
        for message in channel.own:
            siblings |= _viewed(message.body)
        doc = channel.doc or f"Messages of {channel.type_name}."
        return self._module(doc, module, sorted(siblings))

    @staticmethod
    def _table(module: ModuleCode, channel: Channel, direction: str, names: dict[int, str]) -> None:
        lines = module.lines
        table = direction.upper()
        lines.add(f"#: Messages the {direction} sends, by number.")
        with lines.block(f"{table}: dict[int, type[Message]] = {{"):
            if channel.base:
                lines.add(f"**{sibling(channel.base.name)}.{table},")
            lines.add(*(f"{number}: {name}," for number, name in sorted(names.items())))
            if not names and not channel.base:
                lines.add("# none")
        lines.add("}")

    def _module(self, doc: str, module: ModuleCode, siblings: list[str]) -> str:
        body = module.lines.text()
        before, behind = module.before(), module.behind()
        if "_patch" in _WORD.findall(body):
            code = "I" if self._description.pointer_size == 4 else "Q"
            before.insert(0, f'_patch = Struct("<{code}").pack_into')
        used = set(_WORD.findall("\n".join([body, *before, *behind])))
        head = Lines()
        head.add(self._banner, *docstring(doc), "", "from __future__ import annotations", "")
        for origin, names in _IMPORTS.items():
            wanted = sorted(name for name in names if name.rsplit(" ", 1)[-1] in used)
            if wanted:
                head.add(f"from {origin} import {', '.join(wanted)}")
        enums = sorted({python_class(e.name) for e in self._description.enums} & used)
        if enums:
            head.add(f"from {self._package}.enums import {', '.join(enums)}")
        own = {python_class(s.name) for s in self._description.structs if not s.is_message}
        structs = sorted((own & used) - set(_CLASS.findall(body)))
        if structs:
            head.add(f"from {self._package}.structs import {', '.join(structs)}")
        if siblings:
            head.add(import_siblings(self._package, siblings))
        head.add("", *before)
        tail = Lines()
        if behind:
            tail.add("", *behind)
        return head.text() + body + tail.text()

    def init(self) -> str:
        description = self._description
        lines = Lines()
        doc = f"Messages of the protocol {description.name}."
        lines.add(self._banner, *docstring(doc), "", "from __future__ import annotations", "")
        lines.add("from typing import Final", "")
        lines.add("from caraway.wire.registry import Registry", "")
        lines.add("#: Every message, by channel, direction and number or name.")
        with lines.block("PROTOCOL: Final = Registry("):
            lines.add(f'"{description.name}",', f'"{self._package}",')
            with lines.block("{"):
                unlisted = [c for c in description.channels if c.number is None]
                for channel in [*description.listed, *unlisted]:
                    lines.add(f'"{channel.name}": {channel.number},')
            lines.add("},")
        lines.add(")")
        return lines.text()


#: Where generated modules find what they use.
_IMPORTS: Final = {
    "builtins": ("len as _len",),
    "dataclasses": ("dataclass",),
    "functools": ("partial",),
    "struct": ("Struct", "error as _error", "pack as _pack", "unpack_from as _unpack_from"),
    "typing": ("Any", "ClassVar"),
    "caraway.wire": ("schema as s",),
    "caraway.wire.codec": (
        "UNSENDABLE",
        "Refused",
        *RUNTIME_CALLS,
        "length as _length",
        "measure as _measure",
    ),
    "caraway.wire.limits": ("SMALL", "Extent", "Limits", "check_size"),
    "caraway.wire.record": ("Buffer", "Message", "Queue", "Record", "text_of"),
}

_WORD: Final = re.compile(r"\w+")
_CLASS: Final = re.compile(r"^class (\w+)", re.MULTILINE)


def _viewed(struct: Struct) -> set[str]:
    """The channels whose messages are seen in the payloads of ``struct``."""
    return {member.view[0].name for member in walk(struct) if member.view}


def _in_order(structs: list[Struct]) -> Iterator[Struct]:
    """Structs so that each comes after those it contains."""
    done: set[int] = set()

    def visit(struct: Struct) -> Iterator[Struct]:
        if id(struct) in done:
            return
        done.add(id(struct))
        for member in walk(struct):
            inner = strip(member.type)
            if isinstance(inner, Struct):
                yield from visit(inner)
        yield struct

    for struct in structs:
        yield from visit(struct)


def _framed(description: Description) -> set[int]:
    """Identities of structs that are read or written by functions of their own."""
    found: set[int] = set()
    bodies = [message.body for message in description.messages]
    for struct in [*description.structs, *bodies]:
        for member in walk(struct):
            inner = strip(member.type)
            if isinstance(inner, Struct) and inner is not member.type:
                found.add(id(inner))
    return found
