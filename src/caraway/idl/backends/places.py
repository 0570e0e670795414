"""Where things stand on the reference page: anchors, links, who uses a type, roles of channels."""

from __future__ import annotations

from collections.abc import Iterator

from caraway.idl.backends.prose import Resolve, code
from caraway.idl.model import (
    Channel,
    Description,
    Enumeration,
    Member,
    Message,
    Struct,
    Switch,
    strip,
    walk,
)

#: What holds bytes that a channel is a view of, the member with them, and the
#: path to the member that chooses the layout.
View = tuple[Message | Struct, Member, tuple[str, ...]]


class Places:
    """Answers where to look for what, for one description.

    An anchor is made of names only, so it stays when other things come or go:
    ``channel-main``, ``main-server-init``, ``type-Rect``.
    """

    def __init__(self, description: Description) -> None:
        self._description = description
        self._types = {type_.name: type_ for type_ in description.types}
        self._declared = {id(type_) for type_ in description.types}
        self._users: dict[int, list[Message | Struct]] = {}
        self._holders: list[Message | Struct] = [*description.messages, *description.structs]
        for user in self._holders:
            for used in _used(user, self._declared):
                self._users.setdefault(id(used), []).append(user)
        self._views = self._find_views()

    def _find_views(self) -> dict[int, list[View]]:
        views: dict[int, list[View]] = {}
        for holder in self._holders:
            if isinstance(holder, Message) and self.is_declared(holder.body):
                continue
            for member in walk(holder.body if isinstance(holder, Message) else holder):
                if member.view is not None:
                    channel, path = member.view
                    views.setdefault(id(channel), []).append((holder, member, path))
        return views

    # Channels

    def views(self, channel: Channel) -> list[View]:
        """The members whose bytes are seen through ``channel``."""
        return self._views.get(id(channel), [])

    def derived(self, channel: Channel) -> list[Channel]:
        """The channels that name ``channel`` as their base."""
        return [each for each in self._description.channels if each.base is channel]

    # Types

    def is_declared(self, struct: Struct) -> bool:
        """Whether a struct has a name of its own; bodies of single messages have none."""
        return id(struct) in self._declared

    def users(self, type_: Struct | Enumeration) -> list[Message | Struct]:
        """What has a member of a type, or a shared body as its own; each once."""
        return self._users.get(id(type_), [])

    def guests(self, holder: Message | Struct) -> list[Struct]:
        """The structs that only ``holder`` uses, so that they are best shown beside it."""
        found = []
        for used in _used(holder, self._declared):
            if isinstance(used, Struct) and self.users(used) == [holder]:
                found.append(used)
        return found

    def independent(self) -> list[Struct]:
        """The structs that need a place of their own."""
        return [struct for struct in self._description.structs if len(self.users(struct)) != 1]

    # Anchors and links

    def anchor(self, thing: Channel | Message | Struct | Enumeration) -> str:
        """The name of the place of ``thing``, without ``#``."""
        match thing:
            case Channel():
                return f"channel-{thing.name}"
            case Message():
                return f"{thing.channel.name}-{thing.direction}-{thing.name}"
            case _:
                return f"type-{thing.name}"

    def link(self, thing: Channel | Message | Struct | Enumeration) -> str:
        """A link to ``thing`` that shows its name."""
        return f"[{thing.name}](#{self.anchor(thing)})"

    def holder_link(self, holder: Message | Struct) -> str:
        """A link to what uses something, telling a message's channel and, if need be, direction."""
        if isinstance(holder, Struct):
            return self.link(holder)
        namesakes = [own for own in holder.channel.own if own.name == holder.name]
        direction = f" ({holder.direction})" if len(namesakes) > 1 else ""
        return f"[{holder.channel.name} {holder.name}{direction}](#{self.anchor(holder)})"

    # Names in running text

    def resolver(
        self,
        channel: Channel | None = None,
        message: Message | None = None,
        *,
        members: Struct | None = None,
    ) -> Resolve:
        """Looks names up for running text.

        Args:
            channel: What the text is about: its messages come before all others.
            message: Which of them, if one: it is not linked to itself.
            members: The text is about members of this struct: these come first,
                and types come before messages.
        """
        own = {member.name for member in walk(members)} if members is not None else set()

        def resolve(name: str) -> str | None:
            if name in own:
                return code(name)
            near = self._near(name, channel, message) if channel is not None else None
            type_ = self._type_named(name)
            found = (type_ or near) if members is not None else (near or type_)
            if found is None and "_" in name:
                found = self._anywhere(name)
            if found is None:
                return self._channel_named(name)
            return self.link(found) if found is not message else None

        return resolve

    def _type_named(self, name: str) -> Struct | Enumeration | None:
        found = self._types.get(name)
        return found if isinstance(found, Struct | Enumeration) else None

    def _channel_named(self, name: str) -> str | None:
        for channel in self._description.channels:
            if name == channel.type_name or (name == channel.name and "_" in name):
                return f"[{name}](#{self.anchor(channel)})"
        return None

    @staticmethod
    def _near(name: str, channel: Channel, message: Message | None) -> Message | None:
        """The message called ``name`` of a channel or its bases.

        Where both directions have it, the one that is not ``message``.
        """
        for each in channel.lineage():
            found = [own for own in each.own if own.name == name]
            if found:
                return next((own for own in found if own is not message), found[0])
        return None

    def _anywhere(self, name: str) -> Message | None:
        found = [message for message in self._description.messages if message.name == name]
        channels = {id(message.channel) for message in found}
        return found[0] if len(channels) == 1 else None


def _used(holder: Message | Struct, declared: set[int]) -> Iterator[Struct | Enumeration]:
    """The declared types of the members of ``holder``, each once."""
    seen: set[int] = set()
    if isinstance(holder, Message) and id(holder.body) in declared:
        yield holder.body
        return
    for member in walk(holder.body if isinstance(holder, Message) else holder):
        used = strip(member.type)
        if isinstance(used, Struct | Enumeration) and id(used) not in seen:
            seen.add(id(used))
            yield used
        if isinstance(member.type, Switch) and id(member.type.on) not in seen:
            seen.add(id(member.type.on))
            yield member.type.on
