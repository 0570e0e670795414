# Made by 'caraway proto build' from spice.proto; do not edit.
"""The network tunnel of 2010. Its messages are gone; only its number stays taken."""

from __future__ import annotations

from caraway.wire.record import Message



#: Messages the server sends, by number.
SERVER: dict[int, type[Message]] = {
    # none
}
#: Messages the client sends, by number.
CLIENT: dict[int, type[Message]] = {
    # none
}
