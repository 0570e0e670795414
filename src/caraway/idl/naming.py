"""How names of the protocol become names of Python and C."""

from __future__ import annotations

import keyword
import re

from caraway.idl.model import Item, Message

#: Names that generated message classes use themselves.
_TAKEN = frozenset(
    {"parse", "write", "write_buffers", "CHANNEL", "DIRECTION", "FIELDS", "NAME", "NUMBER", "self"}
)


def camel(name: str) -> str:
    """``draw_fill`` → ``DrawFill``; capitals inside are kept (``VscATR``).

    >>> camel("gl_scanout_unix"), camel("QMask"), camel("fixed28_4")
    ('GlScanoutUnix', 'QMask', 'Fixed28_4')
    """
    words = [word for word in name.split("_") if word]
    joined = words[0][:1].upper() + words[0][1:] if words else ""
    for word in words[1:]:
        # Two numbers side by side would read as another number.
        joined += "_" if word[0].isdigit() and joined[-1].isdigit() else ""
        joined += word[:1].upper() + word[1:]
    return joined


#: Names that generated modules import; a type called so gets an underscore.
_RUNTIME = frozenset(
    {"Any", "Buffer", "ClassVar", "Extent", "IntEnum", "IntFlag", "Limits", "Message", "Queue"}
    | {"Record", "Refused", "SMALL", "Struct", "UNSENDABLE"}
)


def python_class(name: str) -> str:
    """The class that stands for a declared type.

    >>> python_class("image_type"), python_class("Record")
    ('ImageType', 'Record_')
    """
    made = camel(name)
    return f"{made}_" if made in _RUNTIME else made


def python_attribute(name: str) -> str:
    """A member's name as an attribute; what Python reserves gets an underscore."""
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name


def python_item(item: Item) -> str:
    """An enum item's name: upper case, never beginning with a digit.

    Python gives names with several underscores at the ends a meaning of its own.

    >>> from caraway.idl.source import Span
    >>> python_item(Item("1BIT_LE", 1, Span(0, 0))), python_item(Item("ReaderAdd", 3, Span(0, 0)))
    ('_1BIT_LE', 'READER_ADD')
    """
    name = item.name
    if "_" not in name:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    name = name.upper()
    return f"_{name.strip('_')}" if name[0].isdigit() or name[0] == "_" else name


def message_class(message: Message) -> str:
    """``ServerDrawCopy``, ``ClientMouseMotion``: who sends it comes first."""
    return camel(f"{message.direction}_{message.name}")


def c_message(message: Message) -> str:
    """The C constant of a message number, as in ``SPICE_MSGC_INPUTS_KEY_DOWN``.

    Messages of the channel called Base have no channel in their name.
    """
    kind = "MSG" if message.direction == "server" else "MSGC"
    channel = message.channel.type_name.removesuffix("Channel").upper()
    middle = "" if channel == "BASE" else f"{channel}_"
    return f"SPICE_{kind}_{middle}{message.name.upper()}"
