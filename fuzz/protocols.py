"""The built-in protocols, each message both as a generated class and as a model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from caraway.idl import Source, compile_source
from caraway.idl.model import Description, Struct, strip, walk
from caraway.idl.model import Message as Model
from caraway.messages import SPICE, Limits, Message, Registry, agent, link, mux, spice1

#: Protocol name → its generated classes and the dialect of its description.
REGISTRIES: Final[dict[str, tuple[Registry, int]]] = {
    "spice": (SPICE, 2),
    "spice1": (spice1.PROTOCOL, 1),
    "link": (link.PROTOCOL, 2),
    "agent": (agent.PROTOCOL, 2),
    "mux": (mux.PROTOCOL, 2),
}

#: Limits that decoders are tried with; None are the defaults.
LIMITS: Final[tuple[Limits | None, ...]] = (
    None,
    Limits(),
    Limits(allow_overlap=False),
    Limits(allow_trailing=False),
    Limits(allow_overlap=False, allow_trailing=False),
    Limits(max_elements=3),
    Limits(max_elements=1, allow_overlap=False, allow_trailing=False),
    Limits(max_message=40),
)


class Subject:
    """One message that two codecs know.

    Attributes:
        description: Where its model comes from, for the interpreter.
        model: What the interpreter follows.
        kind: The generated class.
    """

    def __init__(self, description: Description, model: Model, kind: type[Message]) -> None:
        self.description = description
        self.model = model
        self.kind = kind

    def __repr__(self) -> str:
        protocol = self.description.source.name.removesuffix(".proto")
        names = protocol, self.model.channel.name, self.model.direction, self.model.name
        return "-".join(names)


def minors(body: Struct) -> list[int | None]:
    """The newest minor, and all up to the last at which the layout of ``body`` changes."""
    changes = set(_changes(body))
    return [None, *(range(max(changes) + 1) if changes else ())]


def _changes(struct: Struct) -> Iterator[int]:
    for member in walk(struct):
        if member.minor is not None:
            yield member.minor
        inner = strip(member.type)
        if isinstance(inner, Struct):
            yield from _changes(inner)


@cache
def description(name: str) -> Description:
    """The model of a built-in protocol."""
    text = (files("caraway") / "descriptions" / f"{name}.proto").read_text("utf-8")
    dialect = REGISTRIES[name][1]
    return compile_source(Source(f"{name}.proto", text), dialect=dialect).description


def subject(name: str, channel: str, direction: str, message: str | int) -> Subject:
    """One message of a built-in protocol; ``channel`` may be one that inherits it."""
    kind = REGISTRIES[name][0].message(channel, direction, message)
    family = description(name).channel(kind.CHANNEL)
    assert family is not None, f"{name} has no channel {kind.CHANNEL}"
    model = next(
        each
        for each in family.own
        if each.number == kind.NUMBER and each.direction == kind.DIRECTION
    )
    assert model.name == kind.NAME
    return Subject(description(name), model, kind)


def subjects() -> Iterator[tuple[Subject, int | None]]:
    """Every message of every built-in protocol, with every minor that changes it."""
    for name in REGISTRIES:
        for message in description(name).messages:
            for minor in minors(message.body):
                yield subject(name, message.channel.name, message.direction, message.name), minor
