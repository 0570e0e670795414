# Made by 'caraway proto build' from spice.proto; do not edit.
"""A USB device of the client, redirected to the guest: the usbredir protocol, as bytes."""

from __future__ import annotations

from caraway.wire.record import Message
from caraway.messages._generated.spice import spicevmc



#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    **spicevmc.SERVER,
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    **spicevmc.CLIENT,
}
