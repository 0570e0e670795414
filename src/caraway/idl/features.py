"""Features: the parts of a protocol that a build may leave out (``@ifdef``)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from caraway.errors import UsageError
from caraway.idl.model import (
    Alias,
    Array,
    Case,
    Channel,
    Description,
    Enumeration,
    Member,
    Pointer,
    Struct,
    Switch,
    Type,
)


def features(description: Description) -> list[str]:
    """The feature names that channels and messages depend on, sorted."""
    named = [channel.feature for channel in description.channels]
    named += [message.feature for message in description.messages]
    return sorted({name for name in named if name is not None})


def select(description: Description, *, undefined: Collection[str]) -> Description:
    """The description as a build without some features has it.

    A channel goes with its feature, and so do the channels derived from it.
    Numbers stay as they are. A ``@view`` into a channel that is gone becomes
    plain bytes. Types that only dropped messages used are kept.

    Args:
        undefined: The features that the build lacks.

    Returns:
        ``description`` itself where there is nothing to drop, otherwise a
        copy that shares only enums and the source with it.

    Raises:
        UsageError: ``undefined`` names a feature that the description does not have.
    """
    known = features(description)
    unknown = sorted(set(undefined) - set(known))
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise UsageError(
            f"{description.source.name} has no feature{plural} {', '.join(unknown)}",
            hint=f"its features are: {', '.join(known)}" if known else "it has no features at all",
        )
    if not undefined:
        return description
    return _Selection(description, undefined).description


class _Selection:
    """Copies a description without what needs an undefined feature.

    Every kept struct and channel first gets an empty copy, which is then
    filled: so they may refer to each other in any order and to any depth.
    """

    def __init__(self, old: Description, undefined: Collection[str]) -> None:
        self._channels = {
            id(channel): replace(channel, own=[])
            for channel in old.channels
            if not any(each.feature in undefined for each in channel.lineage())
        }
        structs = [*old.structs, *(message.body for message in old.messages)]
        self._structs = {id(struct): replace(struct, members=[]) for struct in structs}
        for struct in structs:
            self._structs[id(struct)].members = [self._member(each) for each in struct.members]
        for channel in old.channels:
            if id(channel) in self._channels:
                self._fill(channel, self._channels[id(channel)], undefined)
        self.description = replace(
            old,
            types=[self._declared(each) for each in old.types],
            channels=list(self._channels.values()),
        )

    def _fill(self, old: Channel, new: Channel, undefined: Collection[str]) -> None:
        if old.base is not None:
            new.base = self._channels[id(old.base)]
        new.own = [
            replace(message, channel=new, body=self._structs[id(message.body)])
            for message in old.own
            if message.feature not in undefined
        ]

    def _declared(self, old: Enumeration | Struct | Alias) -> Enumeration | Struct | Alias:
        if isinstance(old, Alias):
            return replace(old, target=self._type(old.target))
        return self._structs[id(old)] if isinstance(old, Struct) else old

    def _member(self, old: Member) -> Member:
        view = None
        if old.view is not None and id(old.view[0]) in self._channels:
            view = (self._channels[id(old.view[0])], old.view[1])
        return replace(old, type=self._type(old.type), view=view)

    def _type(self, old: Type) -> Type:
        match old:
            case Struct():
                return self._structs[id(old)]
            case Pointer():
                return Pointer(self._type(old.target), old.nonnull)
            case Array():
                return Array(self._type(old.element), old.size)
            case Switch():
                cases = [Case(case.labels, self._member(case.member)) for case in old.cases]
                return Switch(old.path, old.on, cases, old.fixed_size)
            case _:
                return old
