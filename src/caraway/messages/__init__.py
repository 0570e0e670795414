"""Every SPICE message as a Python class, made from ``descriptions/spice.proto``.

One module a channel, with the messages it declares: ``ServerX`` is sent by
the server, ``ClientX`` by the client. What channels share is in ``base`` and
``spicevmc``, structs are in ``structs``, named numbers in ``enums``.

>>> from caraway.messages import SPICE, inputs
>>> inputs.ClientMouseMotion(dx=-5, dy=7, buttons_state=1).write().hex()
'fbffffff070000000100'
>>> kind = SPICE.message("inputs", "client", 111)
>>> kind.parse(bytes.fromhex("fbffffff070000000100"))
ClientMouseMotion(dx=-5, dy=7, buttons_state=MouseButtonMask.LEFT)

The old protocol and what surrounds the channels are modules of their own:
``caraway.messages.spice1``, ``.link``, ``.agent`` and ``.mux``.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from caraway.messages._generated.spice import PROTOCOL as SPICE
from caraway.wire.fields import from_fields, to_fields
from caraway.wire.limits import Limits
from caraway.wire.record import Buffer, Message, Record
from caraway.wire.registry import Registry

if TYPE_CHECKING:
    from caraway.messages._generated.spice import (
        base,
        cursor,
        display,
        enums,
        inputs,
        main,
        playback,
        port,
        record,
        smartcard,
        spicevmc,
        structs,
        usbredir,
        vscpayload,
        webdav,
    )

__all__ = [
    "SPICE",
    "Buffer",
    "Limits",
    "Message",
    "Record",
    "Registry",
    "base",
    "cursor",
    "display",
    "enums",
    "from_fields",
    "inputs",
    "main",
    "playback",
    "port",
    "record",
    "smartcard",
    "spicevmc",
    "structs",
    "to_fields",
    "usbredir",
    "vscpayload",
    "webdav",
]


def __getattr__(name: str) -> ModuleType:
    """Import a channel's module when it is first used: who shares a folder draws nothing."""
    if name in __all__:
        return import_module(f"caraway.messages._generated.spice.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
