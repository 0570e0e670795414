"""Runs tshark with the dissector, and reads what it shows back into the fields of messages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from caraway.idl.model import (
    Array,
    Enumeration,
    FileDescriptor,
    Integer,
    Pointer,
    Struct,
    Switch,
    Type,
)

#: What tshark says on stderr without anything being wrong.
_HARMLESS = re.compile(r'Running as user "\w+" and group "\w+"\. This could be dangerous\.\n')


@dataclass(frozen=True, slots=True)
class Tshark:
    """tshark with one Lua script, and a home without any settings."""

    script: Path
    home: Path

    def run(self, capture: Path, *options: str) -> str:
        """What tshark prints about a capture; the test fails if it complains of anything."""
        if shutil.which("tshark") is None:
            pytest.fail("tshark is missing; install it with: apt-get install tshark")
        result = subprocess.run(
            ["tshark", "-n", "-r", capture, "-X", f"lua_script:{self.script}", *options],
            capture_output=True,
            text=True,
            env={**os.environ, "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
            timeout=120,
            check=False,
        )
        complaints = _HARMLESS.sub("", result.stderr)
        assert (result.returncode, complaints) == (0, "")
        assert "Lua Error" not in result.stdout
        return result.stdout

    def parts(self, capture: Path, *options: str) -> list[Part]:
        """What the dissector shows: each link message, and each message with its header."""
        text = self.run(capture, "-T", "pdml", *options)
        found = []
        for packet in ElementTree.fromstring(text).iter("packet"):
            number = packet.find("proto[@name='geninfo']/field[@name='num']")
            assert number is not None
            for proto in packet.findall("proto"):
                assert proto.get("name") != "_ws.malformed" or proto.get("hide") == "yes"
                if proto.get("name") == "caraway_spice":
                    found.append(Part(int(number.get("show", "")), proto))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One line of Wireshark's tree and what is below it.

    Attributes:
        frame: Number of the packet.
    """

    frame: int
    element: ElementTree.Element

    @property
    def name(self) -> str:
        """Its filter name without ``caraway_spice.``."""
        return self.element.get("name", "").removeprefix("caraway_spice.")

    @property
    def show(self) -> str:
        """Its value as tshark shows it."""
        return self.element.get("show", "")

    @property
    def title(self) -> str:
        """The line as a person sees it."""
        return self.element.get("showname", "")

    @property
    def hex(self) -> str:
        """The bytes that Wireshark would highlight."""
        return self.element.get("value", "")

    def below(self) -> Iterator[Part]:
        """The lines right below this one."""
        return (Part(self.frame, child) for child in self.element.findall("field"))

    def all_below(self, name: str) -> Iterator[Part]:
        """The lines of a name at any depth below this one."""
        for child in self.element.iter("field"):
            if child.get("name") == f"caraway_spice.{name}":
                yield Part(self.frame, child)

    def find(self, name: str) -> Part | None:
        """The line right below this one whose filter name ends in ``name``."""
        return next((part for part in self.below() if part.name.split(".")[-1] == name), None)

    def child(self, name: str) -> Part:
        """The same line, which must be there."""
        found = self.find(name)
        assert found is not None, f"{self.name} does not show {name}"
        return found

    def one(self, name: str) -> Part:
        """The only line of a whole name right below this one."""
        (found,) = [part for part in self.below() if part.name == name]
        return found

    def text(self, name: str) -> str | None:
        """The value of the line of a whole name right below, or None without one."""
        return next((part.show for part in self.below() if part.name == name), None)

    def shape(self) -> object:
        """Everything that is shown, for comparing."""
        children = [part.shape() for part in self.below()]
        return (self.frame, self.name, self.title, self.show, self.hex, children)


def fields_of(struct: Struct, part: Part) -> dict[str, object]:
    """The fields of a struct, in the conventions of the reference vectors."""
    fields: dict[str, object] = {}
    for member in struct.members:
        if member.zero:
            continue
        fields[member.name] = _value(member.type, part.child(member.name))
    return fields


def _value(type_: Type, part: Part) -> object:
    match type_:
        case Integer() | Enumeration():
            return int(part.show, 0)
        case FileDescriptor():
            return None
        case Struct():
            return fields_of(type_, part)
        case Array():
            if type_.is_bytes:
                return {"hex": part.hex}
            return [_value(type_.element, item) for item in part.below()]
        case Pointer():
            target = part.find("target")
            assert (target is None) == (int(part.show, 0) == 0), part.title
            return None if target is None else _value(type_.target, target)
        case Switch():
            for case in type_.cases:
                child = part.find(case.member.name)
                if child is not None and not case.member.zero:
                    return {case.member.name: _value(case.member.type, child)}
            return None
