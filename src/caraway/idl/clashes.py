"""Finds names that differ in a description, but not in what is generated from it."""

from __future__ import annotations

import keyword
from typing import Final

from caraway.idl.diagnostics import Diagnostics
from caraway.idl.model import Alias, Description, Struct
from caraway.idl.naming import (
    c_message,
    message_class,
    python_attribute,
    python_class,
    python_item,
)
from caraway.idl.source import Span

#: Modules that generated packages have besides those of the channels.
_MODULES: Final = ("enums", "structs")

_Names = dict[str, tuple[str, Span]]


def check_names(description: Description, structs: list[Struct], diagnostics: Diagnostics) -> None:
    """Report names that collide, and channels that take a name generated code needs.

    Args:
        structs: All structs, the bodies of messages among them.
    """
    clashes = _Clashes(description, diagnostics)
    clashes.check_modules()
    clashes.check_classes()
    clashes.check_constants()
    clashes.check_attributes(structs)


class _Clashes:
    def __init__(self, description: Description, diagnostics: Diagnostics) -> None:
        self._description = description
        self._diagnostics = diagnostics

    def check_attributes(self, structs: list[Struct]) -> None:
        for struct in structs:
            attributes: _Names = {}
            for member in struct.members:
                made = python_attribute(member.name)
                owner = (member.name, member.span)
                self._claim(attributes, made, owner, "attribute")
                if member.text:
                    self._claim(attributes, f"{made}_text", owner, "attribute")
                if member.view is not None:
                    self._claim(attributes, f"{made}_view", owner, "attribute")

    def _claim(
        self, names: _Names, made: str, owner: tuple[str, Span], what: str, hint: str = ""
    ) -> bool:
        other = names.setdefault(made, owner)
        if other != owner:
            self._diagnostics.report(
                "E107",
                owner[1],
                f"'{owner[0]}' and '{other[0]}' both become the {what} '{made}'",
                hint=hint,
                related=(other[1], "the other one"),
            )
        return other == owner

    def check_modules(self) -> None:
        modules: _Names = {}
        for channel in self._description.channels:
            owner = (channel.type_name, channel.span)
            self._claim(modules, channel.name, owner, "module")
            if channel.name in _MODULES or keyword.iskeyword(channel.name):
                self._diagnostics.report(
                    "E107",
                    channel.span,
                    f"'{channel.type_name}' would become the module '{channel.name}', "
                    "a name that Python or generated code needs",
                    hint="call the channel something else",
                )

    def check_classes(self) -> None:
        classes: _Names = {}
        for type_ in self._description.types:
            if not isinstance(type_, Alias):
                owner = (type_.name, type_.span)
                self._claim(classes, python_class(type_.name), owner, "class")
        for channel in self._description.channels:
            # A channel's classes have a module of their own, which imports those of the types.
            own: _Names = {}
            for message in channel.own:
                made = message_class(message)
                owner = (message.name, message.span)
                self._claim(classes if made in classes else own, made, owner, "class")

    def check_constants(self) -> None:
        constants: _Names = {}
        for enumeration in self._description.enums:
            items: _Names = {}
            for item in enumeration.items:
                if not self._claim(items, python_item(item), (item.name, item.span), "item"):
                    continue
                owner = (f"{enumeration.name}.{item.name}", item.span)
                constant = enumeration.prefix + item.name.upper()
                hint = "give one of the enums another '@prefix(…)'"
                self._claim(constants, constant, owner, "C constant", hint)
        for message in self._description.messages:
            owner = (f"{message.channel.type_name}.{message.name}", message.span)
            self._claim(constants, c_message(message), owner, "C constant")
