"""The chapter of the reference page about channels and their messages."""

from __future__ import annotations

from collections.abc import Iterator

from caraway.idl.backends.cheader import has_constants, message_constant
from caraway.idl.backends.layouts import Layouts
from caraway.idl.backends.places import Places
from caraway.idl.backends.prose import (
    code,
    heading,
    inline,
    listing,
    markdown,
    ranges,
    summary,
    table,
)
from caraway.idl.backends.type_chapters import TypeChapters
from caraway.idl.model import (
    DIRECTIONS,
    Channel,
    Description,
    Direction,
    Enumeration,
    Message,
    Struct,
)
from caraway.idl.naming import message_class


class ChannelChapter:
    """Writes the chapter for one description."""

    def __init__(
        self, description: Description, places: Places, layouts: Layouts, types: TypeChapters
    ) -> None:
        self._description = description
        self._places = places
        self._layouts = layouts
        self._types = types

    def lines(self) -> Iterator[str]:
        """The chapter: channels in the order written, then what is only a view of bytes."""
        yield from heading(2, "Channels and their messages", "channels")
        views = [each for each in self._description.channels if self._is_view(each)]
        for channel in self._description.channels:
            if channel not in views:
                yield from self._channel(channel)
        for channel in views:
            yield from self._view(channel)

    def _is_view(self, channel: Channel) -> bool:
        return channel.number is None and bool(self._places.views(channel))

    # Channels

    def _channel(self, channel: Channel) -> Iterator[str]:
        number = f" (channel {channel.number})" if channel.number is not None else ""
        name = channel.name
        yield from heading(3, f"{name}{number}", self._places.anchor(channel))
        yield from markdown(channel.doc, self._places.resolver(channel))
        yield from self._relations(channel)
        for direction in DIRECTIONS:
            own = _own(channel, direction)
            if own:
                yield from [f"**From the {direction}**", ""]
                rows = ([str(each.number), *self._summary(each)] for each in own)
                yield from table("number | message | what it does", rows)
        for direction in DIRECTIONS:
            for message in _own(channel, direction):
                anchor = self._places.anchor(message)
                yield from heading(4, f"{name} {message.name} ({direction})", anchor)
                origin = f"Number {message.number} from the {direction}"
                yield from self._message(message, origin)

    def _relations(self, channel: Channel) -> Iterator[str]:
        if channel.feature is not None:
            yield from [f"Only where [{code(channel.feature)}](#features) is defined.", ""]
        derived = [self._places.link(each) for each in self._places.derived(channel)]
        if derived:
            yield from [f"What builds on it: {', '.join(derived)}.", ""]
        if not channel.messages("server") and not channel.messages("client"):
            yield from ["It has no messages.", ""]
        for base in list(channel.lineage())[1:]:
            parts = [
                f"{ranges(message.number for message in own)} from the {direction}"
                for direction in DIRECTIONS
                if (own := _own(base, direction))
            ]
            if parts:
                yield f"From {self._places.link(base)} it has messages {listing(parts)}."
                yield ""

    def _summary(self, message: Message) -> list[str]:
        resolve = self._places.resolver(message.channel, message)
        return [self._places.link(message), inline(summary(message.doc), resolve)]

    # Views

    def _view(self, channel: Channel) -> Iterator[str]:
        name = channel.name
        views = self._places.views(channel)
        yield from heading(3, f"{name} (layouts of bytes)", self._places.anchor(channel))
        yield from markdown(channel.doc, self._places.resolver(channel))
        yield from self._relations(channel)
        holders = [
            f"{code(m.name)} of {self._places.holder_link(holder)}" for holder, m, _ in views
        ]
        paths = dict.fromkeys(code(".".join(path)) for _, _, path in views)
        choice = f"{listing(paths, last='or')} there says which"
        yield f"{listing(holders)} can have these layouts; {choice}."
        yield ""
        own = [message for direction in DIRECTIONS for message in _own(channel, direction)]
        enumeration = _selector(*views[0])
        rows = ([_value(each, enumeration), *self._summary(each)] for each in own)
        yield from table("value | layout | what it is", rows)
        for message in own:
            yield from heading(4, f"{name} {message.name}", self._places.anchor(message))
            yield from self._message(message, f"Value {_value(message, enumeration)}")

    # Messages

    def _message(self, message: Message, origin: str) -> Iterator[str]:
        facts = [origin, self._layouts.size_in_words(message.body)]
        if has_constants(message.channel, self._description):
            facts.append(f"{code(message_constant(message, self._description))} in C")
        facts.append(f"{code(message_class(message))} in Python")
        if message.feature is not None and message.feature != message.channel.feature:
            facts.append(f"only where [{code(message.feature)}](#features) is defined")
        yield from [" · ".join(facts), ""]
        resolve = self._places.resolver(message.channel, message)
        yield from markdown(message.doc, resolve)
        body = message.body
        is_shared = self._places.is_declared(body)
        if is_shared and self._places.users(body) == [message]:
            yield from [f'<a id="{self._places.anchor(body)}"></a>', ""]
            yield from markdown(body.doc, resolve)
        elif is_shared and body.members:
            yield from [f"The body is {self._places.link(body)}.", ""]
        yield from self._types.layout(body, message)
        if not is_shared:
            yield from self._types.guests(message, 5)
        elif self._places.users(body) == [message]:
            yield from self._types.guests(body, 5)


def _own(channel: Channel, direction: Direction) -> list[Message]:
    return [each for each in channel.messages(direction) if each.channel is channel]


def _selector(
    holder: Message | Struct, _member: object, path: tuple[str, ...]
) -> Enumeration | None:
    """The enum whose values choose the layout, where one does."""
    struct = holder.body if isinstance(holder, Message) else holder
    member = struct.member(path[0])
    if len(path) > 1 or member is None or not isinstance(member.type, Enumeration):
        return None
    return member.type


def _value(message: Message, enumeration: Enumeration | None) -> str:
    for item in enumeration.items if enumeration is not None else []:
        if item.value == message.number:
            return f"{message.number} ({code(item.name)})"
    return str(message.number)
