"""Annotations and schemas of generated fields."""

from __future__ import annotations

from caraway.idl.backends.python_counts import count_paths
from caraway.idl.model import (
    Array,
    ByteCount,
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
)
from caraway.idl.naming import python_attribute, python_class


def annotation(member: Member) -> str:
    """The type of a field as Python writes it."""
    return _annotation(member.type)


def _annotation(type_: Type) -> str:
    match type_:
        case Integer() | Enumeration():
            return "int"
        case FileDescriptor():
            return "None"
        case Struct(name=name):
            return python_class(name)
        case Array():
            return "Buffer" if type_.is_bytes else f"list[{_annotation(type_.element)}]"
        case Pointer(target=target, nonnull=nonnull):
            hint = _annotation(target)
            return hint if nonnull else f"{hint} | None"
        case _:
            hints: dict[str, None] = {}
            for case in type_.cases:
                if not case.member.zero:
                    hints.update(dict.fromkeys(_annotation(case.member.type).split(" | ")))
            hints.pop("None", None)
            return " | ".join([*hints, "None"])


class SchemaWriter:
    """Writes the ``Field(…)`` expressions of one struct."""

    def __init__(self, struct: Struct) -> None:
        self._struct = struct
        self._counts = count_paths(struct)

    def field(self, member: Member) -> str:
        """The expression for one member."""
        arguments = [
            f'"{member.name}"',
            f'"{python_attribute(member.name)}"',
            self._kind(member.type, member.name),
            *self._manners(member, (member.name,)),
        ]
        if member.text:
            arguments.append("text=True")
        if member.view is not None:
            family, path = member.view
            arguments.append(f'view=("{family.name}", {_path(path)})')
        return f"s.Field({', '.join(arguments)})"

    def _manners(self, member: Member, path: tuple[str, ...]) -> list[str]:
        """What fields of structs and cases of unions have in common."""
        arguments = []
        if path in self._counts:
            arguments.append("derived=True")
        if member.virtual is not None:
            arguments.append(f"constant={member.virtual}")
        if member.minor is not None:
            arguments.append(f"minor={member.minor}")
        return arguments

    def _kind(self, type_: Type, name: str = "") -> str:
        match type_:
            case Integer():
                return f"s.{'I' if type_.signed else 'U'}{type_.bits}"
            case Enumeration():
                flags = ", True" if type_.is_flags else ""
                return f"s.Number(0, {type_.integer.maximum}, {python_class(type_.name)}{flags})"
            case FileDescriptor():
                return "s.FD"
            case Struct(name=name):
                return f"s.Nested({python_class(name)})"
            case Array():
                size = self._size(type_)
                if type_.is_bytes:
                    return f"s.Octets({size})"
                in_bytes = ", True" if isinstance(type_.size, ByteCount) else ""
                return f"s.Items({self._kind(type_.element)}, {size}{in_bytes})"
            case Pointer(target=target, nonnull=nonnull):
                return f"s.Reference({self._kind(target)}, {nonnull})"
            case _:
                return self._union(name, type_)

    def _size(self, array: Array) -> str:
        match array.size:
            case Constant(count):
                return str(count)
            case Count(path) | ByteCount(path):
                return _path(path)
            case ImageSize(bits, width, rows):
                return f"s.Image({bits}, {_path(width)}, {_path(rows)})"
            case _:
                return "None"

    def _union(self, name: str, switch: Switch) -> str:
        choices = []
        for case in switch.cases:
            labels = [
                f"({label.item.value}, {label.negated})"
                for label in case.labels
                if label.item is not None
            ]
            is_default = len(labels) < len(case.labels)
            shown = "()" if is_default else f"({', '.join(labels)},)"
            kind = "None" if case.member.zero else self._kind(case.member.type)
            manners = self._manners(case.member, (name, case.member.name))
            arguments = [shown, f'"{case.member.name}"', kind, *manners]
            choices.append(f"s.Choice({', '.join(arguments)})")
        path = _path(tuple(switch.path))
        return f"s.Union({path}, {switch.on.is_flags}, ({', '.join(choices)},))"


def _path(path: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in path)
    return f"({names},)"
