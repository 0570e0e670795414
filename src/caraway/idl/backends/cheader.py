"""The enums and numbers of a protocol as a C header.

Names are those of SPICE's own ``spice/enums.h``, so that the header can take
its place:

* An enum ``link_err`` is ``enum SpiceLinkErr``; its items begin with
  ``SPICE_LINK_ERR_`` or what ``@prefix`` says, and keep their spelling. It
  ends with ``SPICE_LINK_ERR_ENUM_END``, one above the largest value; flags end
  with ``SPICE_…_MASK``, all bits together. These two are named for the type,
  whatever ``@prefix`` says.
* Channel numbers are ``SPICE_CHANNEL_MAIN``, then ``SPICE_END_CHANNEL``. They
  are always there: a program has to know the channels it does not serve.
* Message numbers are ``SPICE_MSG_MAIN_INIT`` from the server and
  ``SPICE_MSGC_…`` from the client, ended by ``SPICE_MSG_END_MAIN``, for the
  channel that declares them; derived channels do not repeat them. Those of
  BaseChannel have no channel in their name, and no end.
* Messages under ``@ifdef`` are inside ``#ifdef``.

What has no name there: a channel that is neither listed nor a base is a view
of bytes inside messages; its numbers are those of the enum that selects the
layout. The channels and messages of a protocol that is not called Spice begin
with its own name instead of ``SPICE``, since all protocols would otherwise
share ``SPICE_END_CHANNEL``.

An enumerator of C99 is an int, so a value above 2147483647 becomes a macro.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Final

from caraway.errors import DescriptionError, UsageError
from caraway.idl.backends.prose import summary
from caraway.idl.model import DIRECTIONS, Channel, Description, Enumeration, Message
from caraway.idl.naming import c_message, camel

_MAX_ENUMERATOR: Final = 0x7FFFFFFF
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_DEPRECATED: Final = """\
#ifndef CARAWAY_DEPRECATED
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 6)
#define CARAWAY_DEPRECATED __attribute__((__deprecated__))
#else
#define CARAWAY_DEPRECATED
#endif
#endif
"""


def render(description: Description, *, guard: str | None = None, prefix: str = "") -> str:
    """A header that compiles alone, as C99 and as C++11.

    Names that two headers declare, as ``link_err`` of spice.proto and of
    link.proto, let one of them stand in a translation unit only; a prefix
    keeps them apart.

    Args:
        guard: The macro that keeps it from being included twice. The default
            is upstream's own for SPICE without a prefix: of this header and
            ``<spice/enums.h>`` whichever comes first counts. Otherwise it is
            made of the prefix and the protocol's name.
        prefix: Put in front of every constant, and in its own spelling of
            every type: ``MY_`` gives ``MY_SPICE_LINK_ERR_OK`` and ``MySpiceLinkErr``.

    Raises:
        UsageError: ``guard`` or ``prefix`` is not an identifier of C.
        DescriptionError: Two constants have the same name.
    """
    guard = _default_guard(description, prefix) if guard is None else guard
    for what, name in (("prefix", prefix or "_"), ("guard", guard)):
        if not _IDENTIFIER.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot be the {what} of a C header",
                hint="use letters, digits and underscores, and no digit first",
            )
    return _Header(description, prefix).text(guard)


def has_constants(channel: Channel, description: Description) -> bool:
    """Whether the messages of a channel have constants: not those of a view."""
    is_base = any(each.base is channel for each in description.channels)
    return channel.number is not None or is_base


def message_constant(message: Message, description: Description) -> str:
    """The constant of a message's number, without any prefix."""
    return _family(description) + c_message(message).removeprefix("SPICE")


def _family(description: Description) -> str:
    return description.name.upper()


def _default_guard(description: Description, prefix: str) -> str:
    version = "1" if description.dialect == 1 else ""
    if not prefix and not version and _family(description) == "SPICE":
        return "_H_SPICE_ENUMS"
    return f"{prefix}{_family(description)}{version}_ENUMS_H"


class _Header:
    def __init__(self, description: Description, prefix: str) -> None:
        self._description = description
        self._prefix = prefix
        self._type_prefix = camel(prefix.lower())
        self._meanings: dict[str, str] = {}

    def text(self, guard: str) -> str:
        name = re.split(r"[/\\]", self._description.source.name)[-1]
        lines = [
            f"/* Constants of the {self._description.name} protocol.",
            f" * Made by 'caraway proto enums' from {_comment(name)}; do not edit. */",
            "",
            f"#ifndef {guard}",
            f"#define {guard}",
            "",
        ]
        if any(item.deprecated for each in self._description.enums for item in each.items):
            lines += [_DEPRECATED]
        for enumeration in self._description.enums:
            lines += [*self._enum(enumeration), ""]
        if self._description.listed:
            lines += [*self._channels(), ""]
        for channel in self._description.channels:
            if has_constants(channel, self._description):
                lines += self._messages(channel)
        lines += [f"#endif /* {guard} */", ""]
        return "\n".join(lines)

    # Blocks

    def _enum(self, enumeration: Enumeration) -> Iterator[str]:
        show = hex if enumeration.is_flags else str
        constants = []
        for item in enumeration.items:
            name = self._claim(enumeration.prefix + item.name, f"{enumeration.name}.{item.name}")
            mark = " CARAWAY_DEPRECATED" if item.deprecated else ""
            constants.append((name, mark, item.value, _remark(item.doc)))
        end, value = _end(enumeration)
        constants.append((self._claim(end, f"the end of {enumeration.name}"), "", value, ""))
        constants.sort(key=lambda constant: constant[2] > _MAX_ENUMERATOR)
        type_name = self._claim_type(f"Spice{camel(enumeration.name)}", enumeration.name)
        yield from _doc(enumeration.doc)
        small = [constant for constant in constants if constant[2] <= _MAX_ENUMERATOR]
        if small:
            yield f"typedef enum {type_name} {{"
            for name, mark, value, remark in small:
                yield f"    {name}{mark} = {show(value)},{remark}"
            yield f"}} {type_name};"
        else:
            yield f"typedef unsigned int {type_name};"
        for name, _, value, remark in constants[len(small) :]:
            yield f"#define {name} {show(value)}u{remark}"

    def _channels(self) -> Iterator[str]:
        family = _family(self._description)
        type_name = self._claim_type(
            f"{camel(self._description.name)}ChannelType", "the channel numbers"
        )
        yield f"typedef enum {type_name} {{"
        number = 0
        for channel in self._description.listed:
            number = channel.number or 0
            name = self._claim(f"{family}_CHANNEL_{channel.name.upper()}", channel.type_name)
            yield f"    {name} = {number},{_remark(summary(channel.doc))}"
        end = self._claim(f"{family}_END_CHANNEL", "the end of the channels")
        yield f"    {end} = {number + 1},"
        yield f"}} {type_name};"

    def _messages(self, channel: Channel) -> Iterator[str]:
        for direction in DIRECTIONS:
            own = [message for message in channel.messages(direction) if message.channel is channel]
            features = {message.feature for message in own}
            end = self._messages_end(own) if own and channel.type_name != "BaseChannel" else None
            # The end does not depend on a feature, unless everything before it does.
            end_feature = None if len(features) != 1 else next(iter(features))
            if end is not None:
                features.add(end_feature)
            for feature in sorted(features, key=lambda name: name or ""):
                lines = [self._message(message) for message in own if message.feature == feature]
                if end is not None and feature == end_feature:
                    lines.append(end)
                block = [f"/* {channel.name}, from the {direction} */", "enum {", *lines, "};"]
                if feature is not None:
                    block = [f"#ifdef {feature}", *block, f"#endif /* {feature} */"]
                yield from [*block, ""]

    def _message(self, message: Message) -> str:
        name = message_constant(message, self._description)
        claimed = self._claim(name, f"{message.channel.type_name}.{message.name}")
        return f"    {claimed} = {message.number},{_remark(summary(message.doc))}"

    def _messages_end(self, own: list[Message]) -> str:
        last = own[-1]
        kind = "MSG" if last.direction == "server" else "MSGC"
        channel = last.channel.type_name.removesuffix("Channel").upper()
        name = f"{_family(self._description)}_{kind}_END_{channel}"
        end = self._claim(name, f"the end of {last.channel.type_name}")
        return f"    {end} = {last.number + 1},"

    def _claim(self, name: str, meaning: str) -> str:
        """The name of a constant with the prefix, once nothing else has it."""
        other = self._meanings.setdefault(name, meaning)
        if other != meaning:
            raise DescriptionError(
                f"the C name {name} would be both {other} and {meaning}",
                hint="rename one of them, or give its enum another '@prefix(…)'",
            )
        return self._prefix + name

    def _claim_type(self, name: str, meaning: str) -> str:
        """The same for a type, which C keeps in one name space with constants."""
        return self._claim(name, meaning).replace(self._prefix, self._type_prefix, 1)


def _end(enumeration: Enumeration) -> tuple[str, int]:
    """The constant behind the items: one above the largest, or all bits."""
    stem = f"SPICE_{enumeration.name.upper()}"
    if enumeration.is_flags:
        return f"{stem}_MASK", reduce(or_, (item.value for item in enumeration.items), 0)
    return f"{stem}_ENUM_END", max((item.value for item in enumeration.items), default=-1) + 1


def _comment(text: str) -> str:
    """``text`` without what would end a comment, or begin one inside it."""
    return text.replace("*/", "* /").replace("/*", "/ *")


def _remark(doc: str) -> str:
    return f" /* {_comment(' '.join(doc.split()))} */" if doc.strip() else ""


def _doc(doc: str) -> Iterable[str]:
    lines = _comment(doc.strip()).split("\n")
    if lines == [""]:
        return []
    if len(lines) == 1:
        return [f"/* {lines[0]} */"]
    return ["/*", *(f" * {line}".rstrip() for line in lines), " */"]
