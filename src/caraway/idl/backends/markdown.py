"""The reference of a protocol as a page of GitHub-flavoured Markdown.

The page has an overview, a chapter on how to read the layouts, the channels
with their messages in the order of the description, then structs and enums by
name. A struct that only one message or struct uses stands right below it.
Every place has an anchor made of names (:mod:`caraway.idl.backends.places`),
names in comments become links, and the output depends on nothing but the
description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from caraway.idl.backends.channel_chapter import ChannelChapter
from caraway.idl.backends.layouts import Layouts
from caraway.idl.backends.places import Places
from caraway.idl.backends.primer import primer
from caraway.idl.backends.prose import (
    code,
    escape,
    heading,
    inline,
    listing,
    markdown,
    summary,
    table,
)
from caraway.idl.backends.type_chapters import TypeChapters
from caraway.idl.features import features
from caraway.idl.model import DIRECTIONS, Channel, Description


def render(description: Description) -> str:
    """The reference page of ``description``, ending with a line end."""
    lines = list(_Page(description).lines())
    while not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


class _Page:
    def __init__(self, description: Description) -> None:
        self._description = description
        self._places = Places(description)
        layouts = Layouts(self._places, description.pointer_size)
        self._types = TypeChapters(description, self._places, layouts)
        self._channels = ChannelChapter(description, self._places, layouts, self._types)

    def lines(self) -> Iterator[str]:
        description = self._description
        version = " 1" if description.dialect == 1 else ""
        source = re.split(r"[/\\]", description.source.name)[-1]
        yield from [f"# {description.name} protocol{version}: reference", ""]
        yield from markdown(description.doc, self._places.resolver())
        yield f"*This page is made from {escape(source)} by `caraway proto doc`: change the"
        yield from ["description and its comments, not this page.*", ""]
        yield from self._overview()
        yield from primer(description)
        yield from self._channels.lines()
        yield from self._types.structs()
        yield from self._types.enums()
        yield from self._features()

    def _overview(self) -> Iterator[str]:
        rest = [each for each in self._description.channels if each.number is None]
        channels = [*self._description.listed, *rest]
        has_bases = any(each.base is not None for each in channels)
        yield from heading(2, "Overview", "overview")
        base = "builds on | " if has_bases else ""
        head = f"number | channel | {base}from server | from client | what for"
        yield from table(head, (self._overview_row(each, has_bases) for each in channels))
        if has_bases:
            yield "The counts leave out what a channel has from the one it builds on."
        if rest:
            yield "What has no number is not connected to: it is there for the others."
        sections = ["[how to read the layouts](#reading)", "[channels](#channels)"]
        sections += ["[structs](#structs)"] if self._description.structs else []
        sections += ["[enums and flags](#enums)"] if self._description.enums else []
        sections += ["[features](#features)"] if features(self._description) else []
        yield from [f"On this page: {listing(sections)}.", ""]

    def _overview_row(self, channel: Channel, has_bases: bool) -> Iterator[str]:
        yield "–" if channel.number is None else str(channel.number)
        yield self._places.link(channel)
        if has_bases:
            yield self._places.link(channel.base) if channel.base is not None else ""
        for direction in DIRECTIONS:
            yield str(sum(message.direction == direction for message in channel.own))
        yield inline(summary(channel.doc), self._places.resolver(channel))

    def _features(self) -> Iterator[str]:
        names = features(self._description)
        if not names:
            return
        yield from heading(2, "Features", "features")
        yield "Parts of the protocol that a program may be built without. Their numbers stay taken."
        yield "`--undefine NAME` leaves a feature out of what caraway generates."
        yield ""
        yield from table("feature | what depends on it", map(self._feature_row, names))

    def _feature_row(self, name: str) -> list[str]:
        channels = [each for each in self._description.channels if each.feature == name]
        parts = [f"channel {self._places.link(each)}" for each in channels]
        parts += [
            f"message {self._places.holder_link(message)}"
            for message in self._description.messages
            if message.feature == name and message.channel not in channels
        ]
        return [code(name), ", ".join(parts)]
