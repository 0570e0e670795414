"""Resolves channels: bases, messages and all numbers."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from caraway.idl.attributes import check_attributes, name_argument
from caraway.idl.diagnostics import Diagnostics
from caraway.idl.members import StructResolver
from caraway.idl.model import DIRECTIONS, Alias, Channel, Direction, Enumeration, Message, Struct
from caraway.idl.parser import MAX_NESTING
from caraway.idl.syntax import (
    Body,
    ChannelDeclaration,
    ChannelMessage,
    File,
    Name,
    ProtocolDeclaration,
    ProtocolEntry,
)

#: Message numbers are carried in 16 bits, channel numbers in 8.
MAX_MESSAGE_NUMBER: Final = 0xFFFF
MAX_CHANNEL_NUMBER: Final = 0xFF

Types = Mapping[str, Enumeration | Struct | Alias]


def resolve_channels(
    channels: list[tuple[ChannelDeclaration, Channel]],
    file: File,
    types: Types,
    structs: StructResolver,
    diagnostics: Diagnostics,
) -> None:
    """Give each channel its base, its messages and its number."""
    resolver = _ChannelResolver(channels, file, types, structs, diagnostics)
    resolver.link_bases()
    if file.protocol is not None:
        resolver.number_channels(file.protocol)
    resolver.add_messages()


@dataclass(slots=True)
class _Taken:
    """What a channel declares in one direction, to find clashes."""

    numbers: dict[int, Message] = field(default_factory=dict)
    names: dict[str, Message] = field(default_factory=dict)


class _ChannelResolver:
    def __init__(
        self,
        channels: list[tuple[ChannelDeclaration, Channel]],
        file: File,
        types: Types,
        structs: StructResolver,
        diagnostics: Diagnostics,
    ) -> None:
        self._channels = channels
        self._by_name = {channel.type_name: channel for _, channel in channels}
        self._unread = file.unread
        self._types = types
        self._structs = structs
        self._diagnostics = diagnostics
        self._taken: dict[tuple[str, Direction], _Taken] = defaultdict(_Taken)

    def _find(self, name: Name) -> Channel | None:
        channel = self._by_name.get(name.text)
        known = self._types.get(name.text)
        if known is not None:
            self._diagnostics.report(
                "E106",
                name.span,
                f"'{name.text}' is not a channel",
                related=(known.span, "declared here"),
            )
        elif channel is None and name.text not in self._unread:
            self._diagnostics.report("E101", name.span, f"unknown channel '{name.text}'")
        return channel

    def link_bases(self) -> None:
        """Resolve the names behind the colons, refusing circles and endless chains."""
        colons: dict[str, Name] = {}
        for declaration, channel in self._channels:
            if declaration.base is not None:
                colons[channel.type_name] = declaration.base
                channel.base = self._find(declaration.base)
        depths: dict[str, int] = {}
        for _, channel in self._channels:
            path: dict[str, Channel] = {}
            above: Channel | None = channel
            while above is not None and above.type_name not in depths:
                path[above.type_name] = above
                if above.base is not None and above.base.type_name in path:
                    self._diagnostics.report(
                        "E211",
                        colons[above.type_name].span,
                        f"channel '{above.base.type_name}' is its own base",
                    )
                    above.base = None
                above = above.base
            depth = depths[above.type_name] if above is not None else 0
            for name, each in reversed(path.items()):
                depth += 1
                if depth > MAX_NESTING:
                    self._diagnostics.report(
                        "E003",
                        colons[name].span,
                        f"'{name}' has more than {MAX_NESTING} bases above it",
                    )
                    each.base = None
                    depth = 1
                depths[name] = depth

    def number_channels(self, protocol: ProtocolDeclaration) -> None:
        """Read the protocol block: first number given or 1, then counting up."""
        number = 0
        numbers: dict[int, Channel] = {}
        names: dict[str, Channel] = {}
        for entry in protocol.entries:
            number = entry.number.value if entry.number else number + 1
            channel = self._find(entry.channel)
            if channel is None or not self._number_fits(entry, number):
                continue
            clash = numbers.get(number) or names.get(entry.name.text)
            if channel.number is not None:
                self._diagnostics.report(
                    "E212", entry.channel.span, f"'{entry.channel.text}' is listed twice"
                )
            elif clash is not None:
                same = f"number {number}" if clash.number == number else f"'{clash.name}'"
                self._diagnostics.report(
                    "E212",
                    entry.number.span if entry.number else entry.name.span,
                    f"{same} is taken by '{clash.type_name}'",
                )
            else:
                numbers[number] = names[entry.name.text] = channel
                channel.number = number
                channel.name = entry.name.text
                channel.doc = channel.doc or entry.doc

    def _number_fits(self, entry: ProtocolEntry, number: int) -> bool:
        if 1 <= number <= MAX_CHANNEL_NUMBER:
            return True
        self._diagnostics.report(
            "E212",
            entry.number.span if entry.number else entry.name.span,
            f"channel number {number} is outside 1..{MAX_CHANNEL_NUMBER}",
        )
        return False

    def add_messages(self) -> None:
        """Resolve the messages, bases before what derives from them."""
        done: set[str] = set()
        pending = deque(self._channels)
        while pending:
            declaration, channel = pending.popleft()
            if channel.base is not None and channel.base.type_name not in done:
                pending.append((declaration, channel))
                continue
            self._fill(declaration, channel)
            done.add(channel.type_name)

    def _fill(self, declaration: ChannelDeclaration, channel: Channel) -> None:
        counters: dict[Direction, int] = dict.fromkeys(DIRECTIONS, 0)
        for written in declaration.messages:
            direction: Direction = "client" if written.direction == "client" else "server"
            number = written.number.value if written.number else counters[direction] + 1
            message = self._message(channel, direction, written, number)
            if not self._number_fits_header(written, number):
                continue
            counters[direction] = number
            clash = self._clash(message)
            if clash is not None:
                self._report_clash(written, message, clash)
                continue
            taken = self._taken[channel.type_name, direction]
            taken.numbers[number] = taken.names[message.name] = message
            channel.own.append(message)

    def _clash(self, message: Message) -> Message | None:
        """The message of this channel or a base with the same number, else the same name."""
        taken = [
            self._taken[each.type_name, message.direction] for each in message.channel.lineage()
        ]
        same_number = [t.numbers[message.number] for t in taken if message.number in t.numbers]
        same_name = [t.names[message.name] for t in taken if message.name in t.names]
        return next(iter(same_number + same_name), None)

    def _number_fits_header(self, written: ChannelMessage, number: int) -> bool:
        if 1 <= number <= MAX_MESSAGE_NUMBER:
            return True
        self._diagnostics.report(
            "E209",
            written.number.span if written.number else written.name.span,
            f"message number {number} is outside 1..{MAX_MESSAGE_NUMBER}",
            hint="leave it out to count up from the message before" if number == 0 else "",
        )
        return False

    def _report_clash(self, written: ChannelMessage, message: Message, clash: Message) -> None:
        same_number = clash.number == message.number
        what = f"number {message.number}" if same_number else f"name '{message.name}'"
        span = written.number.span if same_number and written.number else written.name.span
        inherited = clash.channel is not message.channel
        self._diagnostics.report(
            "E210",
            span,
            f"{message.direction} message {what} is taken by "
            f"'{clash.channel.type_name}.{clash.name}'",
            hint="a derived channel cannot replace what it inherits" if inherited else "",
            related=(clash.span, "declared here"),
        )

    def _message(
        self, channel: Channel, direction: Direction, written: ChannelMessage, number: int
    ) -> Message:
        attributes = check_attributes(self._diagnostics, written.attributes, "message")
        return Message(
            written.name.text,
            number,
            direction,
            channel,
            self._body(channel, written),
            written.name.span,
            written.doc,
            feature=name_argument(attributes, "ifdef") or channel.feature,
        )

    def _body(self, channel: Channel, written: ChannelMessage) -> Struct:
        name = f"{channel.type_name}.{written.direction}.{written.name.text}"
        struct = Struct(name, [], written.name.span, is_message=True, doc=written.doc)
        if isinstance(written.body, Body):
            self._structs.fill(struct, written.body)
            return struct
        found = self._types.get(written.body.text)
        if isinstance(found, Struct) and found.is_message:
            return found
        channel_of_name = self._by_name.get(written.body.text)
        if channel_of_name is not None:
            self._diagnostics.report(
                "E106",
                written.body.span,
                f"'{written.body.text}' is a channel, not a message",
                related=(channel_of_name.span, "declared here"),
            )
        elif found is not None:
            self._diagnostics.report(
                "E106",
                written.body.span,
                f"'{written.body.text}' is not a message",
                hint="declare it as 'message Name {…};'",
                related=(found.span, "declared here"),
            )
        elif written.body.text not in self._unread:
            self._diagnostics.report(
                "E101", written.body.span, f"unknown message '{written.body.text}'"
            )
        return struct
